"""What the command line adds to the cells of a public figure: why there are none, and the gap to wider zones."""

from collections.abc import Sequence
from typing import Any

from etl import read
from etl.axes import MAILLES, indicateur_de
from etl.catalog.indicateurs.contexte import SANS_ANNEE, SANS_COMPARATEUR, SANS_QUARTIER

_COLONNES = (
    *("type_territoire", "territoire", "code_qpv", "comparateur", "code_comparateur", "nom_comparateur", "valeur"),
    *("valeur_comparateur", "ecart", "unite_ecart", "etat", "millesime", "millesime_comparateur", "motif"),
)


def why_empty(indicateur: str, par: Sequence[str], cellules: list[dict[str, Any]]) -> str | None:
    """Why none of these cells of a public figure has a value; None when one has, and for other indicators."""
    if indicateur_de(indicateur).classe != "contexte" or any(c["etat"] != "non_applicable" for c in cellules):
        return None
    if "qpv" in par and indicateur in SANS_QUARTIER:
        return SANS_QUARTIER[indicateur]
    return SANS_ANNEE if set(par) & set(MAILLES) else "La source ne publie pas ce chiffre sous cette forme."


def comparisons(base: read.Base, indicateur: str) -> dict[str, Any]:
    """The gaps of a public figure to commune, EPCI or France, or why it has none; nothing for another indicator."""
    if indicateur_de(indicateur).classe != "contexte":
        return {}
    tous = base.table("comparaison")
    siens = tous[tous["indicateur"] == indicateur].sort_values(["type_territoire", "territoire", "comparateur"])
    siens = siens[list(_COLONNES)].astype(object)
    ecarts = siens.where(siens.notna(), None).to_dict("records")
    if any(ecart["ecart"] is not None for ecart in ecarts):
        return {"comparaisons": ecarts}
    motifs = sorted({str(ecart["motif"]) for ecart in ecarts if ecart["motif"]})
    return {"comparaisons": [], "sans_comparateur": SANS_COMPARATEUR.get(indicateur) or " ".join(motifs)}


def sentence(ecart: dict[str, Any]) -> str:
    """One comparison in French, for the terminal."""
    qui = f"{ecart['territoire']} et {ecart['nom_comparateur'] or ecart['code_comparateur']}"
    if ecart["ecart"] is None:
        return f"{qui} : {ecart['motif']}"
    return f"{qui} : {round(ecart['ecart'], 1):+} {ecart['unite_ecart']}"
