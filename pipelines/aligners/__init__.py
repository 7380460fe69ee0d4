"""Caption and frames → how well they fit: one aligner a file."""
