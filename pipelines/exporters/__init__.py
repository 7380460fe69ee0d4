"""Samples → files: one format a file."""
