"""Clip → caption: one captioner a file."""
