"""The invented people: how many, where, when they are spotted, who they are, who follows them."""

from __future__ import annotations

import numpy as np

from etl.demo import noms
from etl.demo.monde import Monde, weigh_partners
from etl.demo.table import (
    JOUR,
    Table,
    Vecteur,
    blank,
    count,
    draw,
    draw_rows,
    flags,
    pick,
    plus,
    stack,
    take,
    words,
    worked,
)

# Persons followed a year, as a share of the residents; nobody's neighbourhood is left under the floor.
_PART_SUIVIE = 0.058
_PLANCHER = 75
# Spottings a year per person followed a year: the first year also takes in those already known, then it grows.
_REPERAGES = (1.06, 0.77, 0.89)
_SAISON = np.array([1.15, 1.0, 1.1, 1.0, 0.95, 0.95, 0.7, 0.4, 1.35, 1.25, 1.05, 0.75])
_DEMARRAGE = np.array([1.5, 1.4, 1.2])
_MONTEE = 15  # months a new neighbourhood takes to reach its pace
_PLANCHER_PREMIERE_ANNEE = 88  # spottings: new neighbourhoods included, about 58 of them end up followed
_PART_HORS_QPV, _PART_INCONNU = 0.08, 0.02
_DOUBLES, _RETOURS = 125, 60  # persons of one slice followed by a second partner; back after their exit

_NIVEAUX = {
    "infra_cap": 0.32,
    "cap_bep": 0.24,
    "bac": 0.22,
    "bac_2": 0.09,
    "bac_3_et_plus": 0.08,
    "non_renseigne": 0.05,
}
_SITUATIONS_JEUNES = {
    "neet": 0.46, "demandeur_emploi_moins_12_mois": 0.27, "demandeur_emploi_12_23_mois": 0.09, "inactif": 0.05,
    "emploi_precaire": 0.07, "formation": 0.03, "non_renseigne": 0.03,
}  # fmt: skip
_SITUATIONS = {
    "demandeur_emploi_moins_12_mois": 0.27, "demandeur_emploi_12_23_mois": 0.22,
    "demandeur_emploi_24_mois_et_plus": 0.28, "inactif": 0.11, "emploi_precaire": 0.07, "formation": 0.02,
    "non_renseigne": 0.03,
}  # fmt: skip
# Share of the persons each kind of partner meets in the street rather than at a counter.
_ALLER_VERS = {"mediation": 0.8, "cite_emploi": 0.6, "centre_social": 0.6, "siae": 0.45, "association": 0.4}


def draw_people(monde: Monde, acteurs: Table, tranche: int, facteur: float) -> Table:
    """First supports of one slice: `q` (position of the territory), `reperage`, `acteur`, `partenaire`, attributes."""
    rng = monde.rng("personnes", tranche)
    q, reperage = _spread(monde, rng, facteur)
    nombre = len(q)
    partenaire = draw(rng, weigh_partners(monde), nombre)
    roles = words(*(p.role for p in monde.partenaires))[partenaire]
    gens: Table = {"q": q, "reperage": reperage, "partenaire": partenaire, "role": roles}
    gens["acteur"] = _choose_acteurs(monde, rng, acteurs, q, partenaire)
    gens |= _identify(monde, rng, nombre)
    gens |= _describe(rng, gens)
    gens["personne"] = np.arange(nombre)
    return gens


def draw_returns(monde: Monde, acteurs: Table, suivis: Table, tranche: int, facteur: float) -> Table:
    """Second supports of people already followed: by another partner at the same time, or by the same one later.

    Only partners who give identities are concerned: elsewhere nobody could tell that it is the same person.
    """
    rng = monde.rng("retours", tranche)
    porteurs = np.array([p.rang for p in monde.partenaires if p.identite])
    connus = np.flatnonzero(np.isin(suivis["partenaire"], porteurs) & ~np.isnat(suivis["entree"]))
    connus = rng.permutation(connus)
    doubles = connus[: round(_DOUBLES * facteur)] if len(porteurs) > 1 else connus[:0]
    sortis = connus[len(doubles) :]
    sortis = sortis[~np.isnat(suivis["sortie"][sortis])]
    sortis = sortis[suivis["sortie"][sortis] < monde.fin - 90][: round(_RETOURS * facteur)]
    gens = take(suivis, np.concatenate([doubles, sortis]))
    debut = np.concatenate([suivis["entree"][doubles], suivis["sortie"][sortis]])
    gens["reperage"] = worked(plus(debut, 15 + rng.random(len(debut)) * 70))
    rangs = {porteur: rang for rang, porteur in enumerate(porteurs.tolist())}
    for place in range(len(doubles)):
        gens["partenaire"][place] = porteurs[(rangs[int(gens["partenaire"][place])] + 1) % len(porteurs)]
    gens["role"] = words(*(p.role for p in monde.partenaires))[gens["partenaire"]]
    gens["acteur"] = _choose_acteurs(monde, rng, acteurs, gens["q"], gens["partenaire"])
    gens["nom"] = _misspell(rng, gens["nom"])
    return take(gens, gens["reperage"] <= monde.fin)


def number(monde: Monde, supports: Table, premier: int) -> Vecteur:
    """References of the supports, in each partner's own style; `premier` is the first number of the slice."""
    prefixes = [p.prefixe for p in monde.partenaires]
    rangs = range(premier, premier + count(supports))
    qui = supports["partenaire"].tolist()
    return np.array([f"{prefixes[p]}-{rang:06d}" for p, rang in zip(qui, rangs, strict=True)], dtype=object)


def _spread(monde: Monde, rng: np.random.Generator, facteur: float) -> tuple[Vecteur, Vecteur]:
    """Territories and days of the spottings, in no particular order of territory."""
    mois = np.arange(monde.debut.astype("datetime64[M]"), monde.fin.astype("datetime64[M]") + 1)
    attendus = np.array(
        [_month_by_month(qpv.population, qpv.contour == "nouveau", mois, facteur) for qpv in monde.contrat.qpv]
    )
    total = attendus.sum(axis=0) / (1 - _PART_HORS_QPV - _PART_INCONNU)
    attendus = np.vstack([attendus, total * _PART_HORS_QPV, total * _PART_INCONNU])
    nombres = (attendus + rng.random(attendus.shape)).astype(int)
    q = np.repeat(np.repeat(np.arange(len(attendus)), len(mois)), nombres.ravel())
    debuts = np.repeat(np.tile(mois.astype(JOUR), len(attendus)), nombres.ravel())
    longueurs = np.repeat(np.tile((mois + 1).astype(JOUR) - mois.astype(JOUR), len(attendus)), nombres.ravel()).astype(
        int
    )
    jours = worked(plus(debuts, rng.random(len(q)) * longueurs))
    garde = jours <= monde.fin
    ordre = np.argsort(jours[garde], kind="stable")
    return q[garde][ordre], jours[garde][ordre]


def _month_by_month(population: int | None, nouveau: bool, mois: Vecteur, facteur: float) -> Vecteur:
    """Spottings expected each month in one neighbourhood: season, first intake, slow start of the new ones."""
    suivis = max(_PLANCHER, _PART_SUIVIE * (population or 2500)) * facteur
    annee = (mois - mois[0]).astype(int) // 12
    poids = _SAISON[mois.astype(int) % 12] / 12
    rang = np.arange(len(mois))
    if nouveau:
        poids = poids * np.minimum(1, (rang + 1) / _MONTEE)
    else:
        poids[: len(_DEMARRAGE)] *= _DEMARRAGE[: len(mois)]
    attendus = poids * np.array(_REPERAGES)[np.minimum(annee, 2)] * suivis
    plancher = min(1.0, facteur) * _PLANCHER_PREMIERE_ANNEE
    premiere = attendus[annee == 0].sum()
    if premiere < plancher and len(mois) >= 12:
        attendus[annee == 0] *= plancher / premiere
    return attendus


def _choose_acteurs(monde: Monde, rng: np.random.Generator, acteurs: Table, q: Vecteur, partenaire: Vecteur) -> Vecteur:
    """The structure that supports each person: one of its partner's, rather one that covers the neighbourhood."""
    codes = monde.codes
    choix = np.zeros(len(q), dtype=int)
    for rang in np.unique(partenaire):
        siens = np.flatnonzero(acteurs["_foyer"] == rang)
        poids = np.array(
            [[4.0 if code in couverts else 1.0 for couverts in acteurs["qpv_couverts"][siens]] for code in codes]
        )
        lignes = np.flatnonzero(partenaire == rang)
        choix[lignes] = siens[draw_rows(rng, poids, q[lignes])]
    return choix


def _identify(monde: Monde, rng: np.random.Generator, nombre: int) -> Table:
    """Sex and an invented name (women and men alike in number)."""
    femme = rng.random(nombre) < 0.505
    prenoms_femme, prenoms_homme = words(*noms.PRENOMS_FEMME), words(*noms.PRENOMS_HOMME)
    prenom = np.where(
        femme,
        prenoms_femme[rng.integers(0, len(prenoms_femme), nombre)],
        prenoms_homme[rng.integers(0, len(prenoms_homme), nombre)],
    )
    patronymes = noms.make_surnames()
    sexe = np.where(femme, "femme", "homme").astype(object)
    sexe[rng.random(nombre) < 0.008] = "non_renseigne"
    nom = patronymes[rng.integers(0, len(patronymes), nombre)]
    return {"sexe": sexe, "femme": femme, "prenom": prenom.astype(object), "nom": nom}


def _describe(rng: np.random.Generator, gens: Table) -> Table:
    """Age, level, situation and the other answers asked at the first meeting, some of them missing."""
    role, nombre = gens["role"], count(gens)
    jeune = np.where(role == "mission_locale", 1.0, np.where(role == "plie", 0.08, 0.27)) > rng.random(nombre)
    age = np.where(jeune, 16 + rng.random(nombre) * 9.8, 26 + 37 * rng.beta(1.1, 1.35, nombre))
    naissance = plus(gens["reperage"], -age * 365.25)
    situation = np.where(jeune, pick(rng, _SITUATIONS_JEUNES, nombre), pick(rng, _SITUATIONS, nombre))
    rue = np.array([_ALLER_VERS.get(r, 0.14) for r in role.tolist()]) > rng.random(nombre)
    guichet = pick(rng, {"orientation": 0.44, "spontane": 0.36, "autre": 0.1, "non_renseigne": 0.1}, nombre)
    return {
        "jeune": jeune,
        "age": age,
        "naissance": naissance.astype(JOUR),
        "niveau_formation": pick(rng, _NIVEAUX, nombre),
        "situation_entree": situation.astype(object),
        "rsa": flags(rng, np.where(jeune, 0.04, 0.43), 0.07, nombre),
        "rqth": flags(rng, np.where(role == "cap_emploi", 0.96, 0.08), 0.12, nombre),
        "allophone": flags(rng, 0.16, 0.08, nombre),
        "illettrisme": flags(rng, 0.17, 0.16, nombre),
        "invisible": flags(rng, np.where(rue, 0.46, 0.13), 0.1, nombre),
        "porteur_projet": flags(rng, np.where(jeune, 0.03, 0.07), 0.1, nombre),
        "mode_reperage": np.where(rue, "intervention", guichet).astype(object),
        "motivation": rng.normal(0, 1, nombre),
    }


def _misspell(rng: np.random.Generator, nom: Vecteur) -> Vecteur:
    """Surnames as a second partner types them: capitals, a hyphen lost, spaces around; still the same person."""
    formes = rng.integers(0, 4, len(nom)).tolist()
    ecrits = (
        (n, n.upper(), n.replace("-", " "), f" {n} ")[forme] for n, forme in zip(nom.tolist(), formes, strict=True)
    )
    return np.array(list(ecrits), dtype=object)


def join(premiers: Table, seconds: Table) -> Table:
    """First and second supports together (same columns)."""
    return stack([premiers, {nom: seconds[nom] for nom in premiers}]) if count(seconds) else premiers


def blank_answers(rng: np.random.Generator, table: Table, colonnes: tuple[str, ...], part: float) -> Table:
    """The same rows with a share of answers left empty."""
    return table | {nom: blank(rng, table[nom], part) for nom in colonnes}
