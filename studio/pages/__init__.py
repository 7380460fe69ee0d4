"""One file a page, each ending in `PAGE = Page(…)`."""
