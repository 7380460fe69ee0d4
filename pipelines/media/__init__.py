"""Reading and writing video files: probe, cut, proxy."""
