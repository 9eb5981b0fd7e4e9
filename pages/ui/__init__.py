"""The kit of the pages: frame, filters, data door, formats, figures, charts, words."""
