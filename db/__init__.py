"""Rows: what is known, who decided what, what is still to do. Knows no screen."""
