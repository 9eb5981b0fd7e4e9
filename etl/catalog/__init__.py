"""Declarations only: schemas, nomenclatures, contract, indicators, sources. Imports nothing of the project."""
