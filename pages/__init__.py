"""One file a page; here only so that the import contracts can see them."""
