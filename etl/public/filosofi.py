"""Income and poverty of communes and EPCI (INSEE, Filosofi): what the neighbourhoods are compared with."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import decode
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
_PAUVRETE = {"TP6019": "taux_pauvrete"}


def load(dossier: Path, codes: Collection[str] | None = None) -> pandas.DataFrame:
    """Columns code, nom, type ('commune' or 'epci'), annee, variable, valeur, etat: one row per figure.

    Income in euros a year and per consumption unit, shares and poverty rate in percent. A blank is a `secret`. The
    poverty rates are files of their own, read when they are there. Raises FileNotFoundError.
    """
    import pandas

    morceaux = []
    for fichier, type_ in zip(sources.get(ID).fichiers, ("commune", "epci") * 2, strict=True):
        if not fichier.requis and not (dossier / fichier.nom).is_file():
            continue
        texte = decode((dossier / fichier.nom).read_bytes())
        table = pandas.read_csv(io.StringIO(texte), sep=";", dtype="string")
        table = table if codes is None else table[table["CODGEO"].isin(codes)]
        for colonne, variable in (_VARIABLES if fichier.requis else _PAUVRETE).items():
            valeurs = to_numbers(table[colonne])
            colonnes = {"code": table["CODGEO"], "nom": table["LIBGEO"], "type": type_, "annee": ANNEE}
            suite = {"variable": variable, "valeur": valeurs, "etat": states(valeurs)}
            morceaux.append(pandas.DataFrame(colonnes | suite))
    return pandas.concat(morceaux, ignore_index=True)


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The figures of the contract's communes and of its EPCI."""
    return load(dossier, {commune.code for commune in contrat.communes} | {contrat.epci})
