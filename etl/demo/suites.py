"""What comes out of the pathways: exits and what became of them, and the trust people say they have in institutions."""

from __future__ import annotations

import numpy as np

from etl.demo.monde import Monde
from etl.demo.table import JOUR, NAT, Table, Vecteur, count, draw_rows, pick, plus, stack, take, words, worked

_DURABLES = {"cdi": 0.41, "cdd_6_mois_et_plus": 0.43, "creation_activite": 0.1, "fonction_publique": 0.06}
_TRANSITIONS = {"cdd_moins_6_mois": 0.54, "interim": 0.32, "contrat_aide": 0.14}
_POSITIVES = {
    "formation_qualifiante": 0.5, "alternance": 0.24, "autre_siae": 0.08, "service_civique": 0.1,
    "autre_positive": 0.08,
}  # fmt: skip
_NEUTRES = {"demenagement": 0.5, "sante": 0.32, "decede_ou_autre": 0.18}
_SANS_SUITE = {"abandon": 0.55, "sans_nouvelles": 0.45}
_FAMILLES = (_DURABLES, _TRANSITIONS, _POSITIVES, _NEUTRES, _SANS_SUITE)
_ISSUES = words("emploi_durable", "emploi_court", "formation", "creation_activite", "recherche_emploi", "autre")
# Situation found later, by family of exit (rows) and issue (columns): four weeks, then six and twelve months after.
_A_4_SEMAINES = np.array(
    [[86, 5, 1, 2, 5, 1], [8, 74, 3, 0, 13, 2], [1, 4, 84, 0, 7, 4], [6, 8, 6, 0, 25, 55], [2, 6, 3, 0, 66, 23]]
)
_A_6_MOIS = np.array(
    [[74, 8, 2, 2, 11, 3], [21, 42, 6, 1, 26, 4], [17, 16, 42, 1, 18, 6], [10, 12, 8, 0, 25, 45], [5, 12, 6, 1, 54, 22]]
)
_A_12_MOIS = np.array(
    [[67, 9, 3, 2, 14, 5], [28, 33, 6, 1, 26, 6], [31, 19, 20, 1, 21, 8], [12, 14, 7, 0, 25, 42], [8, 15, 7, 1, 47, 22]]
)
_ENQUETES = (
    ("situation_4_semaines", 28, 0.86, _A_4_SEMAINES),
    ("situation_6_mois", 183, 0.7, _A_6_MOIS),
    ("situation_12_mois", 365, 0.61, _A_12_MOIS),
)
_INSTITUTIONS = {
    "france_travail": 0.34, "mission_locale": 0.18, "caf": 0.16, "mairie": 0.16, "etat": 0.06, "ecole": 0.05,
    "police_justice": 0.05,
}  # fmt: skip


def end(monde: Monde, rng: np.random.Generator, suivis: Table) -> Table:
    """Add how each support ended: `famille` (position in the families of exits) and `type_sortie`, "" while open."""
    nombre = count(suivis)
    emploi = _chance_emploi(monde, suivis)
    durable = emploi * np.where(suivis["femme"], 0.55, 0.61)
    neutre = np.full(nombre, 0.06)
    reste = 1 - emploi - neutre
    parts = np.column_stack([durable, emploi - durable, reste * 0.72, neutre, reste * 0.28])
    parts[suivis["perdu"]] = (0.03, 0.04, 0.03, 0.14, 0.76)
    famille = draw_rows(rng, parts, np.arange(nombre))
    tirages = np.column_stack([pick(rng, poids, nombre) for poids in _FAMILLES])
    types = tirages[np.arange(nombre), famille].astype(object)
    sorti = ~np.isnat(suivis["sortie"])
    return suivis | {"famille": famille, "type_sortie": np.where(sorti, types, ""), "emploi": sorti & (famille <= 1)}


def _chance_emploi(monde: Monde, suivis: Table) -> Vecteur:
    """Chance of leaving to a job: fewer women, seniors and people without diploma; a little better each year."""
    taux = np.array(
        [qpv.taux_emploi if qpv.taux_emploi is not None else 47.0 for qpv in monde.contrat.qpv] + [52.0, 47.0]
    )
    annees = np.where(np.isnat(suivis["sortie"]), 0, (suivis["sortie"] - monde.debut).astype(float) / 365)
    chance = 0.755 + 0.02 * annees + 0.04 * suivis["motivation"] + (taux[suivis["q"]] - 47) / 150
    chance = chance - np.where(suivis["femme"], 0.075, 0) - np.where(suivis["age"] >= 50, 0.1, 0)
    return np.clip(chance - np.where(suivis["niveau_formation"] == "infra_cap", 0.07, 0), 0.2, 0.9)


def make_sorties(monde: Monde, rng: np.random.Generator, suivis: Table) -> Table:
    """One row per exit, with the situation found later when it is time to ask and somebody answered."""
    sortis = take(suivis, ~np.isnat(suivis["sortie"]))
    nombre = count(sortis)
    table: Table = {
        "support": sortis["support"],
        "date_sortie": sortis["sortie"],
        "type_sortie": sortis["type_sortie"],
        "_maj": sortis["sortie"].copy(),
    }
    for colonne, delai, reponse, parts in _ENQUETES:
        due = plus(sortis["sortie"], np.full(nombre, delai))
        demande = due <= monde.fin
        repond = rng.random(nombre) < reponse
        muet = np.where(rng.random(nombre) < 0.6, "sans_nouvelles", "")
        constat = np.where(repond, _ISSUES[draw_rows(rng, parts.astype(float), sortis["famille"])], muet)
        table[colonne] = np.where(demande, constat, "").astype(object)
        table["_maj"] = np.where(demande & (table[colonne] != ""), due, table["_maj"]).astype(JOUR)
    return table


def make_confiance(monde: Monde, rng: np.random.Generator, suivis: Table) -> Table:
    """Answers at entry, on the way and at exit: about half of those followed end up with a pair."""
    ouverts = take(suivis, ~np.isnat(suivis["entree"]))
    nombre = count(ouverts)
    depart = rng.normal(4.3, 1.9, nombre)
    progres = rng.normal(1.55, 1.7, nombre) + 0.3 * ouverts["motivation"] - np.where(ouverts["femme"], 0.1, 0)
    entree = np.where(rng.random(nombre) < 0.92, worked(plus(ouverts["entree"], rng.random(nombre) * 12)), NAT)
    milieu = worked(plus(ouverts["entree"], 105 + rng.random(nombre) * 60))
    milieu = np.where((rng.random(nombre) < 0.6) & (milieu < ouverts["actif"]), milieu, NAT)
    sortie = worked(plus(ouverts["sortie"], -10 * rng.random(nombre)))
    sortie = np.where((rng.random(nombre) < 0.86) & ~ouverts["perdu"] & (sortie > entree), sortie, NAT)
    vagues = (("entree", entree, 0.0), ("suivi", milieu, 0.6), ("sortie", sortie, 1.0))
    institutions = _ask_about(rng, nombre)
    morceaux = [
        _answers(rng, ouverts, jours.astype(JOUR), vague, depart + part * progres, institution)
        for vague, jours, part in vagues
        for institution in institutions
    ]
    table = stack(morceaux)
    return take(table, (table["date"] <= monde.fin) & (table["date"] >= monde.debut))


def _ask_about(rng: np.random.Generator, nombre: int) -> tuple[Vecteur, Vecteur]:
    """Institutions each person is asked about: all together, or two by name ("" for no second question)."""
    ensemble = rng.random(nombre) < 0.6
    premiere = np.where(ensemble, "ensemble", pick(rng, _INSTITUTIONS, nombre)).astype(object)
    seconde = np.where(ensemble, "", pick(rng, _INSTITUTIONS, nombre)).astype(object)
    seconde[seconde == premiere] = ""
    return premiere, seconde


def _answers(
    rng: np.random.Generator, ouverts: Table, jours: Vecteur, vague: str, niveau: Vecteur, institution: Vecteur
) -> Table:
    """Rows of one wave: whole scores from 0 to 10."""
    garde = ~np.isnat(jours) & (institution != "")
    scores = np.clip(np.rint(niveau + rng.normal(0, 0.6, len(niveau))), 0, 10).astype(int)
    return {
        "support": ouverts["support"][garde],
        "date": jours[garde],
        "vague": np.full(int(garde.sum()), vague, dtype=object),
        "institution": institution[garde],
        "score": scores[garde].astype(str).astype(object),
        "_maj": jours[garde],
    }
