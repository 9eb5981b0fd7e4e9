"""Measurements (`make bench`): ratios within one run, printed as a table; never assertions."""
