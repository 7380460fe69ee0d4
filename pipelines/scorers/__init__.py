"""Clip → numbers and facts: one scorer a file."""
