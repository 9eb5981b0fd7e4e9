"""Draws the invented people slice by slice, so that a hundred times more of them take no more memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etl.demo import acteurs as structures
from etl.demo import activite, freins, parcours, permanences, personnes, suites, terrain
from etl.demo.livraisons import Depot
from etl.demo.monde import Monde, build_monde
from etl.demo.table import Table, Vecteur, count, draw, take, words
from etl.intake.depot import MARQUE_DEMONSTRATION

if TYPE_CHECKING:
    from etl.catalog.contrat import Contrat

_AVIS = "Données de démonstration (fictives) : personne, structure ni chiffre de ce dossier n'existe.\n"


def write_all(contrat: Contrat, vers: Path, facteur: float, graine: int, perimetres: dict[str, Any]) -> list[Path]:
    """Write every file of the demonstration; see `etl.demo.write`."""
    if facteur <= 0:
        raise ValueError(f"Le facteur doit être un nombre positif ({facteur} reçu).")
    vers.mkdir(parents=True, exist_ok=True)
    (vers / MARQUE_DEMONSTRATION).write_text(_AVIS, encoding="utf-8")
    monde = build_monde(contrat, graine, perimetres)
    depot = Depot(monde, vers)
    annuaire = structures.make_acteurs(monde)
    fiches = activite.read_fiches(monde)
    societes = activite.make_entreprises(monde)
    depot.deliver("acteurs", annuaire, 0)
    depot.deliver("permanences", permanences.make_permanences(monde, annuaire), 0)
    depot.deliver("entreprises", societes, 0)
    depot.deliver("rencontres", activite.make_rencontres(monde, annuaire), 0)
    depot.deliver("frequentation", terrain.make_frequentation(monde, annuaire), 0)
    depot.deliver("financements", activite.make_financements(monde, annuaire, fiches), 0)
    for tranche, part in enumerate(_slices(facteur)):
        _write_slice(monde, depot, annuaire, societes, fiches, tranche, part)
    return depot.close()


def _slices(facteur: float) -> list[float]:
    """Whole slices of one, then what remains."""
    entiers = int(facteur)
    reste = facteur - entiers
    return [1.0] * entiers + ([reste] if reste > 1e-9 else [])


def _write_slice(
    monde: Monde, depot: Depot, annuaire: Table, societes: Table, fiches: Vecteur, tranche: int, part: float
) -> None:
    """Write one slice: outings, people, pathways and all that follows from them."""
    sorties_rue = terrain.make_interventions(monde, annuaire, fiches, tranche, part)
    sorties_rue = take(sorties_rue, ~depot.deliver("interventions", sorties_rue, tranche))
    depot.deliver("projets", activite.make_projets(monde, annuaire, tranche, part), tranche)
    suivis = _follow(monde, annuaire, sorties_rue, tranche, part)
    rng = monde.rng("tables", tranche)
    refuses = depot.deliver("participants", _participants(monde, rng, suivis, fiches), tranche)
    references = {
        "acteur_id": annuaire["acteur_id"][suivis["acteur"]],
        "participant_ref": suivis["participant_ref"],
        "_partenaire": suivis["partenaire"],
    }
    tables = {
        "etapes": parcours.make_etapes(monde, monde.rng("etapes", tranche), suivis),
        "freins": freins.make_freins(monde, monde.rng("freins", tranche), suivis),
        "orientations": freins.make_orientations(monde, monde.rng("orientations", tranche), suivis, annuaire),
        "sorties": suites.make_sorties(monde, monde.rng("sorties", tranche), suivis),
        "confiance": suites.make_confiance(monde, monde.rng("confiance", tranche), suivis),
        "parrainages": terrain.make_parrainages(monde, monde.rng("parrainages", tranche), suivis, societes),
    }
    for nom, table in tables.items():
        rangs = table.pop("support")
        table = {colonne: valeurs[rangs] for colonne, valeurs in references.items()} | table
        if nom == "orientations":
            table["acteur_source"] = table.pop("acteur_id")
        depot.deliver(nom, table, tranche, refuses[rangs])


def _follow(monde: Monde, annuaire: Table, sorties_rue: Table, tranche: int, part: float) -> Table:
    """Supports of one slice, dated from spotting to exit, returns and second supports included."""
    gens = personnes.draw_people(monde, annuaire, tranche, part)
    gens = terrain.meet(monde, gens, sorties_rue)
    suivis = parcours.walk(monde, monde.rng("parcours", tranche), gens)
    seconds = personnes.draw_returns(monde, annuaire, suivis, tranche, part)
    seconds = terrain.meet(monde, seconds, sorties_rue)
    suivis = personnes.join(suivis, parcours.walk(monde, monde.rng("parcours bis", tranche), seconds))
    suivis["support"] = np.arange(count(suivis))
    suivis["participant_ref"] = personnes.number(monde, suivis, tranche * 100_000 + 1)
    return suites.end(monde, monde.rng("issues", tranche), suivis)


def _participants(monde: Monde, rng: np.random.Generator, suivis: Table, fiches: Vecteur) -> Table:
    """The participants' contract: identities for some partners, the year of birth or an age band for the others."""
    nombre = count(suivis)
    annuaire = structures.make_acteurs(monde)["acteur_id"]
    identite = np.array([p.identite for p in monde.partenaires])[suivis["partenaire"]]
    bande = ~identite & (suivis["partenaire"] % 3 == 2)
    entree = suivis["entree"]
    annee = suivis["naissance"].astype("datetime64[Y]").astype(int) + 1970
    reference = np.where(np.isnat(entree), suivis["reperage"], entree).astype("datetime64[Y]").astype(int) + 1970
    age = reference - annee
    tranche_age = np.where(age < 26, "moins_26", np.where(age < 50, "26_49", "50_et_plus"))
    table: Table = {
        "acteur_id": annuaire[suivis["acteur"]],
        "participant_ref": suivis["participant_ref"],
        "date_reperage": suivis["reperage"],
        "date_entree": entree,
        "sexe": suivis["sexe"],
        "annee_naissance": np.where(identite | bande, "", annee.astype(str)).astype(object),
        "tranche_age": np.where(bande, tranche_age, "").astype(object),
        "code_qpv": _name_places(monde, rng, suivis["q"], nombre),
        "fiche": np.where(rng.random(nombre) < 0.8, fiches[0], "").astype(object),
        "nom": np.where(identite, suivis["nom"], ""),
        "prenom": np.where(identite, suivis["prenom"], ""),
        "date_naissance": np.where(identite, suivis["naissance"], np.datetime64("NaT")),
        "_partenaire": suivis["partenaire"],
        "_maj": np.where(np.isnat(entree), suivis["reperage"], entree),
    }
    reponses = ("niveau_formation", "situation_entree", "rsa", "rqth", "allophone", "illettrisme", "invisible")
    return table | {nom: suivis[nom] for nom in (*reponses, "porteur_projet", "mode_reperage", "intervention_id")}


def _name_places(monde: Monde, rng: np.random.Generator, q: Vecteur, nombre: int) -> Vecteur:
    """Neighbourhoods as partners write them: code of 2024, a few of 2015, name, and no answer for some unknown."""
    qpv = monde.contrat.qpv
    anciens = words(*(quartier.code_2015 or quartier.code for quartier in qpv), "hors_qpv", "inconnu")
    noms = words(*(quartier.nom for quartier in qpv), "Hors QPV", "")
    longs = words(*(f"quartier {quartier.nom.upper()}" for quartier in qpv), "HORS QPV", "")
    forme = draw(rng, np.array([0.66, 0.02, 0.28, 0.04]), nombre)
    return np.choose(forme, [monde.codes[q], anciens[q], noms[q], longs[q]]).astype(object)
