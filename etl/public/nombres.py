"""Numbers as French producers print them, read without ever turning a mask into a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

VALEUR, SECRET, NON_DISPONIBLE = "valeur", "secret", "non_disponible"


def to_numbers(textes: pandas.Series) -> pandas.Series:
    """Float64 from text: narrow or plain spaces between thousands, decimal comma; anything else is missing."""
    import pandas

    nus = textes.str.replace(r"[\u202f\u00a0 ]", "", regex=True).str.replace(",", ".", regex=False)
    return pandas.to_numeric(nus, errors="coerce").astype("Float64")


def states(valeurs: pandas.Series, notes: pandas.Series | None = None) -> pandas.Series:
    """State of each figure: valeur; secret when it alone is blank; non_disponible when its whole source is.

    `notes` is the producer's quality code of the source: any other code than 0 means that the source is not
    published for that neighbourhood.
    """
    import pandas

    etats = pandas.Series(VALEUR, index=valeurs.index, dtype="object").mask(valeurs.isna(), SECRET)
    if notes is not None:
        etats = etats.mask(valeurs.isna() & notes.ne("0").fillna(False), NON_DISPONIBLE)
    return etats
