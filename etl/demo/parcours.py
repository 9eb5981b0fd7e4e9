"""The pathways: from spotting to exit, with breaks and returns, and the dated steps they leave in partners' files."""

from __future__ import annotations

import numpy as np

from etl.demo.monde import Monde
from etl.demo.table import JOUR, NAT, Table, Vecteur, count, gap, plus, stack, take, worked

# Days between two appointments, by kind of partner.
_RYTHME = {"mission_locale": 8.0, "service_public_emploi": 10.5, "cite_emploi": 7.0, "plie": 7.5, "mediation": 12.0}
# How many of those spotted are reached, assessed, then supported; and how long it takes (gamma: shape, scale in days).
_CONTACT, _DIAGNOSTIC, _ACCOMPAGNEMENT = 0.92, 0.87, 0.91
_DELAI_CONTACT, _DELAI_DIAGNOSTIC, _DELAI_ENTREE = (1.1, 8.0), (2.0, 8.5), (2.0, 5.5)
_DUREE = (2.4, 73.0)
_RUPTURE, _REPRISE, _SANS_SORTIE = 0.2, 0.58, 0.04


def walk(monde: Monde, rng: np.random.Generator, gens: Table) -> Table:
    """Add the days of each support: contact, diagnostic, entree, rupture, reprise, sortie, `actif` (last activity)."""
    nombre = count(gens)
    contact = _next(monde, rng, gens["reperage"], _DELAI_CONTACT, _CONTACT)
    diagnostic = _next(monde, rng, contact, _DELAI_DIAGNOSTIC, _DIAGNOSTIC)
    entree = _next(monde, rng, diagnostic, _DELAI_ENTREE, _ACCOMPAGNEMENT)
    duree = np.maximum(25, rng.gamma(*_DUREE, nombre) * np.where(gens["femme"], 1.06, 0.96))
    terme = worked(plus(entree, duree))
    rompt = rng.random(nombre) < _RUPTURE - 0.03 * gens["motivation"]
    rupture = np.where(rompt, worked(plus(entree, duree * rng.uniform(0.15, 0.75, nombre))), NAT).astype(JOUR)
    reprise = worked(plus(rupture, 12 + rng.gamma(2.0, 15.0, nombre)))
    reprise = np.where((rng.random(nombre) < _REPRISE) & (reprise < terme), reprise, NAT).astype(JOUR)
    perdu = ~np.isnat(rupture) & np.isnat(reprise)
    sortie = np.where(perdu, worked(plus(rupture, 35 + 70 * rng.random(nombre))), terme).astype(JOUR)
    jamais = np.where(perdu, rng.random(nombre) < 0.35, rng.random(nombre) < _SANS_SORTIE)
    actif = np.where(perdu, rupture, terme).astype(JOUR)
    return gens | {
        "contact": contact,
        "diagnostic": diagnostic,
        "entree": entree,
        "rupture": _until(monde, rupture),
        "reprise": _until(monde, reprise),
        "sortie": _until(monde, np.where(jamais, NAT, sortie).astype(JOUR)),
        "actif": np.where(np.isnat(entree), NAT, np.minimum(actif, monde.fin)).astype(JOUR),
        "perdu": perdu & (rupture <= monde.fin),
    }


def _next(monde: Monde, rng: np.random.Generator, avant: Vecteur, delai: tuple[float, float], part: float) -> Vecteur:
    """The day of the next stage: reached by a share of those at the former one, if it falls before the end."""
    jours = worked(plus(avant, rng.gamma(*delai, len(avant))))
    return _until(monde, np.where(rng.random(len(avant)) < part, jours, NAT).astype(JOUR))


def _until(monde: Monde, jours: Vecteur) -> Vecteur:
    """The same days, those after the last day shown emptied: they have not happened yet."""
    return np.where(jours <= monde.fin, jours, NAT).astype(JOUR)


def make_etapes(monde: Monde, rng: np.random.Generator, suivis: Table) -> Table:
    """Every dated step, about 23 per person supported."""
    morceaux = [
        _step(suivis, suivis["reperage"], "reperage"),
        _step(suivis, suivis["contact"], "premier_contact"),
        _step(suivis, suivis["diagnostic"], "diagnostic"),
        _step(suivis, _shifted(rng, suivis["entree"]), "accompagnement"),
        _step(suivis, suivis["rupture"], "rupture"),
        _step(suivis, suivis["reprise"], "reprise"),
        _appointments(monde, rng, suivis),
        _step(suivis, _within(rng, suivis, 0.36), "formation"),
        _step(suivis, _within(rng, suivis, 0.2), "immersion"),
        _step(
            suivis, np.where(suivis["emploi"], plus(suivis["sortie"], -8 * rng.random(count(suivis))), NAT), "emploi"
        ),
    ]
    etapes = stack(morceaux)
    etapes["_maj"] = etapes["date"]
    return _unique(etapes)


def _shifted(rng: np.random.Generator, entree: Vecteur) -> Vecteur:
    """The first appointment falls on the day of entry, save a few files where the two disagree."""
    ecart = np.where(rng.random(len(entree)) < 0.02, rng.integers(8, 30, len(entree)), 0)
    return worked(plus(entree, ecart))


def _within(rng: np.random.Generator, suivis: Table, part: float) -> Vecteur:
    """A working day inside the support, for a share of the people supported at least two months."""
    duree = np.where(np.isnat(suivis["entree"]), 0, gap(suivis["entree"], suivis["actif"]))
    concernes = (duree > 60) & (rng.random(len(duree)) < part)
    jours = worked(plus(suivis["entree"], 20 + rng.random(len(duree)) * np.maximum(duree - 30, 0)))
    return np.where(concernes, jours, NAT).astype(JOUR)


def _appointments(monde: Monde, rng: np.random.Generator, suivis: Table) -> Table:
    """Appointments at each partner's pace, fewer in August, none between a break and the return."""
    ouverts = np.flatnonzero(~np.isnat(suivis["entree"]))
    entree, actif = suivis["entree"][ouverts], suivis["actif"][ouverts]
    rythme = np.array([_RYTHME.get(role, 9.0) for role in suivis["role"][ouverts].tolist()])
    combien = np.maximum(1, gap(entree, actif) / rythme * rng.uniform(0.75, 1.25, len(ouverts))).astype(int)
    qui = np.repeat(np.arange(len(ouverts)), combien)
    rang = np.arange(len(qui)) - np.repeat(np.cumsum(combien) - combien, combien)
    pas = (gap(entree, actif) / combien)[qui]
    jours = worked(plus(entree[qui], (rang + 0.1 + 0.8 * rng.random(len(qui))) * pas))
    aout = jours.astype("datetime64[M]").astype(int) % 12 == 7
    rupture, reprise = suivis["rupture"][ouverts][qui], suivis["reprise"][ouverts][qui]
    absent = (jours > rupture) & (np.isnat(reprise) | (jours < reprise))
    garde = ~absent & (jours <= actif[qui]) & (~aout | (rng.random(len(qui)) < 0.5))
    return _step(take(suivis, ouverts[qui[garde]]), jours[garde], "accompagnement")


def _step(suivis: Table, jours: Vecteur, type_etape: str) -> Table:
    """Rows of one kind of step, for the supports where it has a day."""
    garde = ~np.isnat(jours)
    return {
        "support": suivis["support"][garde],
        "date": jours[garde].astype(JOUR),
        "type_etape": np.full(int(garde.sum()), type_etape, dtype=object),
    }


def _unique(etapes: Table) -> Table:
    """One row per support, day and kind, in order of day."""
    types, genre = np.unique(etapes["type_etape"].astype(str), return_inverse=True)
    cle = (etapes["support"].astype(np.int64) * 100_000 + etapes["date"].astype(int)) * len(types) + genre
    _, premiers = np.unique(cle, return_index=True)
    choisis = take(etapes, premiers)
    return take(choisis, np.argsort(choisis["date"], kind="stable"))
