"""Everything that knows data: partner files, public data, indicators, secrecy. Never imports a screen library."""
