"""From received bytes to text rows: what a partner sent, read as text, identities consumed before anything is written."""
