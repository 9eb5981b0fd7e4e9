"""Turns exact cells about persons into what anyone may see: closed catalogue, base threshold, keyed rounding.

The rules are those of the project's confidentiality page; `protect` fills `diffusion.mesure` from `mart.mesure`.
"""

from etl.secrecy.protection import protect

__all__ = ["protect"]
