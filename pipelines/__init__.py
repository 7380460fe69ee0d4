"""Video in, measured and captioned clips out. Knows no database and no screen."""
