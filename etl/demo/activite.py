"""Companies, projects, meetings and money: what surrounds the pathways."""

from __future__ import annotations

import csv

import numpy as np

from etl.demo import noms
from etl.demo.monde import Monde
from etl.demo.table import JOUR, NAT, Table, Vecteur, blank, count, draw, first, pick, plus, take, words, worked

_ENGAGEMENTS = {
    "recrutement": 0.38, "maintien": 0.2, "parrainage": 0.12, "immersion": 0.16, "presentation_metier": 0.08,
    "formation_discrimination": 0.06,
}  # fmt: skip
_NAF = words("4120A", "4711D", "4941B", "5520Z", "5610A", "6820A", "7820Z", "8121Z", "8130Z", "8810A", "8891A", "2511Z")
_SECTEURS = ("Restauration", "Services à la personne", "Commerce", "Bâtiment", "Numérique", "Artisanat", "Réemploi")
# type_rencontre: how many a year, people present on average
_RENCONTRES = {
    "coordination": (10, 14),
    "parrainage_collectif": (11, 18),
    "branche": (3, 25),
    "rencontre_emploi": (4, 70),
    "formation_aller_vers": (6, 12),
    "formation_discrimination": (2, 15),
}
_FINANCEURS = ("État", "Métropole", "Région", "Département", "Ville", "FSE+", "Caisse d'allocations familiales")
_DISPOSITIFS = {
    "aap": 0.36, "ami_o2r": 0.1, "fse_plus": 0.12, "droit_commun_valorise": 0.14, "adulte_relais": 0.12, "fonjep": 0.06,
    "subvention": 0.1,
}  # fmt: skip
_ACTIONS = words(
    "Aller vers les habitants", "Café de l'emploi", "Ateliers confiance", "Aide à la mobilité", "Langue et emploi",
    "Gardes d'enfants à horaires décalés", "Médiation numérique", "Accompagnement renforcé", "Création d'activité",
    "Forum des métiers", "Chantier éducatif", "Parrainage vers l'emploi",
)  # fmt: skip


def read_fiches(monde: Monde) -> Vecteur:
    """Numbers of the contract's sheets, as its objectives declare them, else invented ones."""
    invente = words("1.1.1", "1.1.2", "1.2.1")
    chemin = monde.contrat.dossier / "objectifs.csv"
    if not chemin.exists():
        return invente
    with chemin.open(encoding="utf-8-sig", newline="") as flux:
        debut = flux.readline()
        lignes = csv.DictReader([debut, *flux], delimiter=";" if debut.count(";") > debut.count(",") else ",")
        fiches = dict.fromkeys(ligne["fiche"].strip() for ligne in lignes if ligne.get("fiche"))
    return words(*fiches) if fiches else invente


def make_entreprises(monde: Monde) -> Table:
    """Engagements of about a hundred companies a year."""
    rng = monde.rng("entreprises")
    societes = [f"{a} {b}" for a in noms.ENTREPRISES for b in noms.STRUCTURES[::3]]
    societes = [societes[rang] for rang in rng.permutation(len(societes))[:170].tolist()]
    sirets = noms.make_siret(rng, len(societes))
    jours = _spread(monde, rng, 120)
    qui = (rng.beta(0.8, 1.6, len(jours)) * len(societes)).astype(int)
    communes = words(*(commune.code for commune in monde.contrat.communes))
    partenaires = monde.delivers("entreprises")
    table: Table = {
        "entreprise_id": np.array([f"ENT{rang + 1:03d}" for rang in qui.tolist()], dtype=object),
        "type_engagement": pick(rng, _ENGAGEMENTS, len(jours)),
        "date": jours,
        "siret": blank(rng, np.array(sirets, dtype=object)[qui], 0.15),
        "nom": np.array(societes, dtype=object)[qui],
        "code_naf": _NAF[qui % len(_NAF)],
        "code_insee": communes[qui % len(communes)],
        "nombre": rng.integers(1, 5, len(jours)).astype(str).astype(object),
        "_partenaire": partenaires[qui % len(partenaires)],
        "_maj": jours,
    }
    return first(table, ("entreprise_id", "type_engagement", "date"))


def make_projets(monde: Monde, acteurs: Table, tranche: int, facteur: float) -> Table:
    """About thirty-five people a year with a project; some create, most creations are still alive a year later."""
    rng = monde.rng("projets", tranche)
    jours = _spread(monde, rng, 35 * facteur)
    nombre = len(jours)
    creation = worked(plus(jours, 60 + rng.gamma(2, 70, nombre)))
    creation = np.where((rng.random(nombre) < 0.46) & (creation <= monde.fin), creation, NAT).astype(JOUR)
    partenaires = monde.delivers("projets")
    qui = partenaires[rng.integers(0, len(partenaires), nombre)]
    foyers = {int(p): acteurs["acteur_id"][acteurs["_foyer"] == p][0] for p in np.unique(qui)}
    statuts = [_survive(rng, creation, monde.fin, delai, actif) for delai, actif in ((365, 0.8), (1095, 0.6))]
    premier = tranche * 100_000 + 1
    codes = np.append(monde.codes, "inconnu")
    return {
        "projet_id": np.array([f"PRJ-{premier + rang:05d}" for rang in range(nombre)], dtype=object),
        "date_accompagnement": jours,
        "acteur_id": np.array([foyers[p] for p in qui.tolist()], dtype=object),
        "code_qpv": codes[
            draw(rng, np.append([qpv.population or 2500 for qpv in monde.contrat.qpv], [3000, 500]), nombre)
        ],
        "secteur": words(*_SECTEURS)[rng.integers(0, len(_SECTEURS), nombre)],
        "ess": np.where(rng.random(nombre) < 0.4, "oui", "non").astype(object),
        "date_creation": creation,
        "statut_12_mois": statuts[0],
        "statut_36_mois": np.where((statuts[0] == "cessee") & (statuts[1] == "active"), "cessee", statuts[1]),
        "_partenaire": qui,
        "_maj": np.fmax(jours, np.where(statuts[0] != "", plus(creation, np.full(nombre, 365)), creation)).astype(JOUR),
    }


def _survive(rng: np.random.Generator, creation: Vecteur, fin: np.datetime64, delai: int, actif: float) -> Vecteur:
    """State of each creation some months later, when that day has come."""
    echu = plus(creation, np.full(len(creation), delai)) <= fin
    etat = pick(rng, {"active": actif, "cessee": 0.9 - actif, "inconnu": 0.1}, len(creation))
    return np.where(echu, etat, "").astype(object)


def make_rencontres(monde: Monde, acteurs: Table) -> Table:
    """Meetings and trainings of professionals, spread over the years."""
    rng = monde.rng("rencontres")
    annees = monde.jours / 365.25
    nombres = [max(1, round(par_an * annees)) for par_an, _ in _RENCONTRES.values()]
    natures = np.repeat(words(*_RENCONTRES), nombres)
    moyennes = np.repeat([moyenne for _, moyenne in _RENCONTRES.values()], nombres)
    rangs = np.concatenate([(np.arange(n) + rng.random(n)) / n for n in nombres])
    jours = worked(monde.debut + (rangs * (monde.jours - 3)).astype(int))
    presents = rng.permuted(np.tile(np.arange(count(acteurs)), (len(natures), 1)), axis=1)[:, :5]
    partenaires = monde.delivers("rencontres")
    entreprises = np.isin(natures, ("parrainage_collectif", "branche", "rencontre_emploi"))
    table: Table = {
        "rencontre_id": np.array([f"RENC-{rang + 1:04d}" for rang in range(len(natures))], dtype=object),
        "date": jours.astype(JOUR),
        "type_rencontre": natures,
        "nombre_participants": np.maximum(3, rng.poisson(moyennes)).astype(str).astype(object),
        "acteurs_presents": np.array(["|".join(acteurs["acteur_id"][ligne]) for ligne in presents], dtype=object),
        "_partenaire": np.where(entreprises, partenaires[-1], partenaires[0]),
        "_maj": jours.astype(JOUR),
    }
    return take(table, np.argsort(jours, kind="stable"))


def make_financements(monde: Monde, acteurs: Table, fiches: Vecteur) -> Table:
    """About forty funded actions a year, one or two funders each."""
    rng = monde.rng("financements")
    annees = np.arange(monde.debut.astype("datetime64[Y]"), monde.fin.astype("datetime64[Y]") + 1)
    nombre = 40 * len(annees)
    annee = np.repeat(annees, 40)
    action = np.array(
        [f"ACTION-{1970 + int(a.astype(int))}-{rang % 40 + 1:02d}" for rang, a in enumerate(annee)], dtype=object
    )
    demande = 1000 * np.maximum(3, rng.gamma(2.2, 8, nombre)).astype(int)
    accorde = (demande * rng.uniform(0.5, 1.0, nombre) / 500).astype(int) * 500
    fiche, code = fiches[draw(rng, 1 / (1.0 + np.arange(len(fiches))), nombre)], monde.codes[:-2]
    vises = np.array(["|".join(code[rng.random(len(code)) < 0.35]) for _ in range(nombre)], dtype=object)
    table: Table = {
        "action_id": action,
        "financeur": words(*_FINANCEURS)[rng.integers(0, len(_FINANCEURS), nombre)],
        "annee": np.array([str(1970 + int(a.astype(int))) for a in annee], dtype=object),
        "intitule": _ACTIONS[rng.integers(0, len(_ACTIONS), nombre)],
        "acteur_id": acteurs["acteur_id"][rng.integers(0, count(acteurs), nombre)],
        "fiche": fiche,
        "dispositif": pick(rng, _DISPOSITIFS, nombre),
        "montant_demande": demande.astype(str).astype(object),
        "montant_accorde": accorde.astype(str).astype(object),
        "qpv_vises": vises,
        "_partenaire": np.full(nombre, monde.delivers("financements")[0]),
        "_maj": np.minimum(annee.astype(JOUR) + 120, monde.fin),
    }
    second = take(table, rng.random(nombre) < 0.4)
    rangs = np.array([_FINANCEURS.index(f) for f in second["financeur"].tolist()])
    second["financeur"] = words(*_FINANCEURS)[(rangs + 1) % len(_FINANCEURS)]
    return {nom: np.concatenate([table[nom], second[nom]]) for nom in table}


def _spread(monde: Monde, rng: np.random.Generator, par_an: float) -> Vecteur:
    """Working days, so many a year."""
    jours = worked(monde.debut + rng.integers(0, monde.jours, round(par_an * monde.jours / 365.25)))
    return np.sort(np.minimum(jours, monde.fin))
