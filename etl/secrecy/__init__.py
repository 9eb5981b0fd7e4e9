"""Turns exact cells about persons into what anyone may see: closed catalogue, base threshold, keyed rounding, freeze.

The rules are those of the project's confidentiality page; `protect` fills `diffusion.*` from `mart.*`.
"""

import duckdb

from etl.catalog.contrat import Secret


def protect(con: duckdb.DuckDBPyConnection, secret: Secret, cle: bytes, sera_gardee: bool = True) -> None:
    """Fill `diffusion.*` with what may be shown. Reads mart.*, core.periode, contrat.* and the releases kept.

    `sera_gardee`: whether this version will be kept as a release that the next one looks back at.
    """
    # The counts read the catalogue of this package: its rules may load before what applies them.
    from etl.secrecy import protection

    protection.protect(con, secret, cle, sera_gardee)
