"""From received bytes to text rows: what a partner sent, identities consumed before anything is written."""
