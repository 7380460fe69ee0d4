"""What others wrote, one format a file: a file in this folder is found by itself."""
