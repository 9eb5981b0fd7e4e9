"""Reads one cell at a time: what each kind of column accepts, and the French words for what it refuses."""
