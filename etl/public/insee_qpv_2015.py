"""Jobseekers, employment, poverty and population of the 2015 neighbourhoods (INSEE), edition by edition."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.nombres import states, to_numbers

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "insee_qpv_2015"


@dataclass(frozen=True)
class _Variable:
    """A column kept, under our name; `retard` is edition − data year, None when the file does not say."""

    nom: str
    note: str | None = None
    retard: int | None = None


def _defm(nom: str) -> _Variable:
    """Registered jobseekers: edition N counts them on 31 December N − 1."""
    return _Variable(nom, "NOTE_PE", 1)


# The same letter names different things from one file to the other (A: category A, then family-benefit claimants).
_VARIABLES: dict[str, dict[str, _Variable]] = {
    "IPRO": {
        "TX_TOT_EMPL": _Variable("taux_emploi"),
        "TX_F_EMPL": _Variable("taux_emploi_femmes"),
        # Precarious jobs, then limited-duration jobs: another definition, so another name (a series break).
        "TX_TOT_EPREC": _Variable("taux_emplois_precaires"),
        "TX_TOT_EDLIM": _Variable("taux_emplois_duree_limitee"),
        "ABCDE": _defm("demandeurs_emploi_abcde"),
        "ABC": _defm("demandeurs_emploi_abc"),
        "ABC_F": _defm("demandeurs_emploi_abc_femmes"),
        "ABC_H": _defm("demandeurs_emploi_abc_hommes"),
        "A": _defm("demandeurs_emploi_a"),
        "ABC_25": _defm("demandeurs_emploi_abc_moins_26"),
        "ABC_2649": _defm("demandeurs_emploi_abc_26_49"),
        "ABC_50": _defm("demandeurs_emploi_abc_50_et_plus"),
        "ABC_RSA": _defm("demandeurs_emploi_abc_rsa"),
        "ABC_E": _defm("demandeurs_emploi_abc_etrangers"),
        "ABC_INFCAPBEP": _defm("demandeurs_emploi_abc_infra_cap"),
        "ABC_CAPBEP": _defm("demandeurs_emploi_abc_cap_bep"),
        "ABC_BAC": _defm("demandeurs_emploi_abc_bac"),
        "ABC_SUPBAC": _defm("demandeurs_emploi_abc_bac_2_et_plus"),
        # The cut points of the four durations are not in the files.
        **{f"ABC_DUR{rang}": _defm(f"demandeurs_emploi_abc_duree_{rang}") for rang in range(1, 5)},
    },
    "DEMO": {
        "POP_MUN": _Variable("population", "NOTE_RP"),
        "TX_F": _Variable("part_femmes", "NOTE_RP"),
        "IND_JEUNE": _Variable("indice_jeunesse", "NOTE_RP"),
        "A": _Variable("allocataires_caf", "NOTE_CNAF"),
    },
    "REVN": {
        "TP60": _Variable("taux_pauvrete", "NOTE_FILO"),
        "DISP_Q2": _Variable("revenu_median", "NOTE_FILO"),
        "PMIMP": _Variable("part_menages_imposes", "NOTE_FILO"),
        "ARSAS": _Variable("allocataires_rsa", "NOTE_CNAF"),
    },
}
_NOM = re.compile(r"(?P<theme>[A-Z]+)_(?P<edition>\d{4})\.csv$")


def load(dossier: Path, codes: Collection[str] | None = None) -> pandas.DataFrame:
    """Columns code, nom, edition, annee, variable, valeur, etat, note: one row per figure, files present only.

    `annee` is the year of the data when the file says it, else missing. Rates in percent, income in euros, the
    rest counted. `etat`: valeur, secret or non_disponible; a mask never becomes a figure. The text row that sums
    all the neighbourhoods is left out. Raises FileNotFoundError when no file is there.
    """
    import pandas

    fichiers = [dossier / fichier.nom for fichier in sources.get(ID).fichiers]
    presents = [chemin for chemin in fichiers if chemin.is_file()]
    if not presents:
        raise FileNotFoundError(fichiers[0])
    return pandas.concat([_read(chemin, codes) for chemin in presents], ignore_index=True)


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The figures of the contract's neighbourhoods, under their 2015 codes."""
    return load(dossier, {quartier.code_2015 for quartier in contrat.qpv if quartier.code_2015})


def _read(chemin: Path, codes: Collection[str] | None) -> pandas.DataFrame:
    import pandas

    nom = _NOM.search(chemin.name)
    assert nom is not None
    edition = int(nom["edition"])
    variables = _VARIABLES[nom["theme"]]
    utiles = {"CODGEO", "LIBGEO", *variables, *(variable.note for variable in variables.values())}
    # Up to a thousand nameless columns end these files; a header may carry a trailing space, or come twice.
    table = pandas.read_csv(
        chemin, sep=";", dtype="string", encoding="utf-8-sig", usecols=lambda n: n.strip() in utiles
    )
    table.columns = table.columns.str.strip()
    table = table[table["CODGEO"].str.match(r"QP\w{6}$") & (table["CODGEO"].isin(codes) if codes is not None else True)]
    morceaux = []
    for colonne, variable in variables.items():
        if colonne not in table:
            continue
        notes = table.get(variable.note)
        valeurs = to_numbers(table[colonne])
        morceaux.append(
            pandas.DataFrame(
                {
                    "code": table["CODGEO"],
                    "nom": table["LIBGEO"],
                    "edition": edition,
                    "annee": pandas.NA if variable.retard is None else edition - variable.retard,
                    "variable": variable.nom,
                    "valeur": valeurs,
                    "etat": states(valeurs, notes),
                    "note": notes if notes is not None else pandas.NA,
                }
            ).astype({"annee": "Int64", "note": "string"})
        )
    return pandas.concat(morceaux, ignore_index=True)
