"""Public sources: one module per source, one downloader, one manifest."""
