"""What pages are made of: a .py, a .html, a .js and a .css side by side."""
