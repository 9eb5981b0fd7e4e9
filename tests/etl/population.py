"""An invented population for the secrecy tests: persons, supports, barriers, exits and trust, drawn from a seed."""

import random
from datetime import date, timedelta

import duckdb

from tests.etl import monde

QUARTIERS = (monde.Q1, monde.Q2, monde.Q3, "hors_qpv", "inconnu")


def fill(
    con: duckdb.DuckDBPyConnection,
    personnes: int = 400,
    graine: int = 1,
    biais: float = 0.5,
    par_quartier: bool = False,
) -> None:
    """Add `personnes` persons entering over 2024-2025; `biais` is the share of good answers, bases do not move.

    With `par_quartier` nearly everybody in the first quarter draws the RSA, and nearly nobody elsewhere.
    """
    hasard = random.Random(graine)
    reponses = random.Random(graine + 1_000)
    lignes: dict[str, list[dict]] = {n: [] for n in ("participants", "freins", "sorties", "confiance", "orientations")}
    for numero in range(personnes):
        cle = {"acteur_id": hasard.choice(("ML", "PLIE")), "participant_ref": str(numero)}
        entree = date(2024, 1, 1) + timedelta(days=hasard.randrange(700))
        participant = _participant(hasard, reponses, biais, cle, entree, numero)
        if par_quartier:
            rare = reponses.random() < 0.03
            participant["rsa"] = "oui" if (participant["code_qpv"] == monde.Q1) != rare else "non"
        lignes["participants"].append(participant)
        for type_ in hasard.sample(("mobilite", "numerique", "sante", "logement"), hasard.randrange(1, 4)):
            levee = entree + timedelta(days=60) if reponses.random() < biais else None
            lignes["freins"].append({**cle, "type_frein": type_, "date_identification": entree, "date_levee": levee})
        if hasard.random() < 0.6:
            bon = reponses.random() < biais
            sortie = {"date_sortie": entree + timedelta(days=150), "type_sortie": "cdi" if bon else "abandon"}
            lignes["sorties"].append({**cle, **sortie})
        if hasard.random() < 0.5:
            score = 8 if reponses.random() < biais else 3
            for vague, jour, note in (("entree", entree, 4), ("sortie", entree + timedelta(days=150), score)):
                lignes["confiance"].append(
                    {**cle, "date": jour, "vague": vague, "institution": "ensemble", "score": note}
                )
    for nom, contenu in lignes.items():
        monde.add(con, nom, *contenu)


def _participant(hasard, reponses, biais, cle, entree, numero) -> dict:
    return {
        **cle,
        "personne": f"p{numero}",
        "code_qpv": hasard.choices(QUARTIERS, (30, 20, 8, 5, 2))[0],
        "sexe": hasard.choice(("femme", "homme")),
        "annee_naissance": hasard.randrange(1960, 2007),
        "niveau_formation": hasard.choice(("infra_cap", "cap_bep", "bac")),
        "situation_entree": hasard.choice(("inactif", "neet")),
        "rsa": "oui" if reponses.random() < biais else "non",
        "rqth": "oui" if reponses.random() < biais / 5 else "non",
        "date_reperage": entree - timedelta(days=10),
        "date_entree": entree,
    }
