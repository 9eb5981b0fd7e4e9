"""Income of communes and EPCI (INSEE, Filosofi): what the neighbourhoods are compared with."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.nombres import states, to_numbers

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "filosofi"
ANNEE = 2019
_VARIABLES = {
    "NBPERS19": "personnes_menages_fiscaux",
    "Q219": "revenu_median",
    "D119": "revenu_premier_decile",
    "D919": "revenu_neuvieme_decile",
    "RD": "rapport_interdecile",
    "PPSOC19": "part_prestations_sociales",
}


def load(dossier: Path, codes: Collection[str] | None = None) -> pandas.DataFrame:
    """Columns code, nom, type ('commune' or 'epci'), annee, variable, valeur, etat: one row per figure.

    Income in euros a year and per consumption unit, shares in percent. A blank is a `secret`. The poverty rate is
    not in these files. Raises FileNotFoundError.
    """
    import pandas

    morceaux = []
    for fichier, type_ in zip(sources.get(ID).fichiers, ("commune", "epci"), strict=True):
        table = pandas.read_csv(dossier / fichier.nom, sep=";", dtype="string", encoding="utf-8-sig")
        table = table if codes is None else table[table["CODGEO"].isin(codes)]
        for colonne, variable in _VARIABLES.items():
            valeurs = to_numbers(table[colonne])
            colonnes = {"code": table["CODGEO"], "nom": table["LIBGEO"], "type": type_, "annee": ANNEE}
            suite = {"variable": variable, "valeur": valeurs, "etat": states(valeurs)}
            morceaux.append(pandas.DataFrame(colonnes | suite))
    return pandas.concat(morceaux, ignore_index=True)


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The figures of the contract's communes and of its EPCI."""
    return load(dossier, {commune.code for commune in contrat.communes} | {contrat.epci})
