"""Caption → caption: one rewriter a file."""
