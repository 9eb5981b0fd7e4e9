"""The invented structures of the territory: the directory partners fill in, more or less completely."""

from __future__ import annotations

from typing import Any

import numpy as np

from etl.catalog import nomenclatures
from etl.demo import noms
from etl.demo.lieux import near
from etl.demo.monde import Monde, fold
from etl.demo.table import JOUR, NAT, Table, blank

# type_acteur: label, champ, how many, families of services offered
_TYPES: dict[str, tuple[str, str, int, tuple[str, ...]]] = {
    "service_public_emploi": ("Agence pour l'emploi", "droit_commun", 3, ("trouver-un-emploi", "preparer-sa")),
    "mission_locale": ("Mission locale", "droit_commun", 2, ("trouver-un-emploi", "choisir-un-metier", "mobilite")),
    "cap_emploi": ("Cap emploi", "droit_commun", 1, ("trouver-un-emploi", "sante")),
    "plie": ("Plan local pour l'insertion et l'emploi", "mixte", 1, ("trouver-un-emploi", "preparer-sa")),
    "cite_emploi": ("Cité de l'emploi", "specifique_qpv", 1, ("trouver-un-emploi", "choisir-un-metier")),
    "collectivite": (
        "Service insertion",
        "droit_commun",
        2,
        ("difficultes-administratives", "difficultes-financieres"),
    ),
    "etat": ("Service de l'État", "droit_commun", 1, ("difficultes-administratives",)),
    "centre_social": ("Centre social", "mixte", 5, ("famille", "numerique", "lecture-ecriture-calcul")),
    "association": ("Association", "specifique_qpv", 5, ("numerique", "lecture-ecriture-calcul", "creer-une")),
    "mediation": ("Médiation", "specifique_qpv", 2, ("difficultes-administratives", "numerique")),
    "siae": ("Chantier d'insertion", "mixte", 3, ("trouver-un-emploi", "logement")),
    "organisme_formation": ("Organisme de formation", "droit_commun", 2, ("se-former", "lecture-ecriture-calcul")),
    "bailleur": ("Bailleur", "droit_commun", 1, ("logement",)),
    "structure_petite_enfance": ("Crèche", "droit_commun", 3, ("famille",)),
    "mobilite": ("Plateforme mobilité", "mixte", 2, ("mobilite",)),
    "autre": ("Espace santé", "droit_commun", 1, ("sante",)),
}
_LOCAUX = ("centre_social", "association", "mediation", "siae", "structure_petite_enfance")
_PUBLICS = (
    "jeunes",
    "demandeurs",
    "femmes",
    "seniors",
    "personnes-en-situation-de-handicap",
    "tous-publics",
    "familles",
)


def make_acteurs(monde: Monde) -> Table:
    """The directory: one row per structure, with `_foyer` (the partner it belongs to, -1 for none)."""
    rng = monde.rng("acteurs")
    lignes = [_describe(monde, rng, rang, *quoi) for rang, quoi in enumerate(_cast(monde))]
    table: Table = {nom: np.array([ligne[nom] for ligne in lignes], dtype=object) for nom in lignes[0]}
    for colonne in ("date_debut", "date_fin", "_maj"):
        table[colonne] = table[colonne].astype(JOUR)
    table["_foyer"] = table["_foyer"].astype(int)
    livreurs = monde.delivers("acteurs")
    table["_partenaire"] = np.where(np.isin(table["_foyer"], livreurs), table["_foyer"], livreurs[0])
    table["siret"] = blank(rng, np.array(noms.make_siret(rng, len(lignes)), dtype=object), 0.3)
    for colonne, part in (
        ("telephone", 0.2),
        ("courriel", 0.25),
        ("site_web", 0.4),
        ("thematiques", 0.15),
        ("publics", 0.25),
    ):
        table[colonne] = blank(rng, table[colonne], part)
    return table


def _cast(monde: Monde) -> list[tuple[str, int, str]]:
    """(type, partner or -1, name) of every structure: each partner plays at least one."""
    freres: dict[str, list[int]] = {}
    for partenaire in monde.partenaires:
        freres.setdefault(partenaire.role, []).append(partenaire.rang)
    reserve = iter(noms.STRUCTURES)
    distribution = []
    for type_acteur, (libelle, _, nombre, _) in _TYPES.items():
        porteurs = freres.get(type_acteur, [])
        for rang in range(max(nombre, len(porteurs))):
            foyer = porteurs[rang % len(porteurs)] if porteurs else -1
            nom = monde.partenaires[foyer].nom if rang < len(porteurs) else f"{libelle} {next(reserve)}"
            distribution.append((type_acteur, foyer, nom))
    return distribution


def _describe(
    monde: Monde, rng: np.random.Generator, rang: int, type_acteur: str, foyer: int, nom: str
) -> dict[str, object]:
    """One structure's sheet, in its neighbourhood when its kind is local."""
    contrat = monde.contrat
    qpv = contrat.qpv[rang % len(contrat.qpv)]
    _, champ, _, familles = _TYPES[type_acteur]
    local = type_acteur in _LOCAUX
    latitude, longitude = near(rng, qpv, 250.0 if local else 1500.0) if rng.random() < 0.9 else ("", "")
    couverts = _cover(monde, rng, rang, local)
    domaine = fold(nom).replace(" ", "-").replace("'", "-").replace("(", "").replace(")", "").replace(",", "")[:40]
    telephone = f"06 39 98 {rng.integers(10, 99)} {rng.integers(10, 99)}"
    debut = _start(monde, rng, foyer)
    return {
        "acteur_id": f"ACT{rang + 1:03d}",
        "nom": nom,
        "siret": "",
        "type_acteur": type_acteur,
        "champ": champ,
        "adresse": noms.make_adresse(rng) if rng.random() < 0.85 else "",
        "code_postal": contrat.departement[:2].replace("A", "0").replace("B", "0").ljust(5, "0"),
        "code_insee": qpv.commune,
        "latitude": latitude,
        "longitude": longitude,
        "site_web": f"https://{domaine}.example",
        "telephone": telephone,
        "courriel": f"contact@{domaine}.example",
        "thematiques": "|".join(_search("thematiques", familles, 4)),
        "publics": "|".join(_search("publics", tuple(rng.choice(_PUBLICS, 3, replace=False)), 4)),
        "qpv_couverts": "|".join(couverts),
        "date_debut": debut,
        "date_fin": NAT,
        "_maj": max(monde.debut, debut) if not np.isnat(debut) else monde.debut,
        "_foyer": foyer,
    }


def _start(monde: Monde, rng: np.random.Generator, foyer: int) -> Any:
    """Day a structure began: unsaid, well before the contract, or, for a few nobody depends on, on the way."""
    if foyer < 0 and rng.random() < 0.12:
        return monde.debut + int(rng.integers(120, max(121, monde.jours - 200)))
    return np.datetime64("2019-01-01", "D") + int(rng.integers(0, 1500)) if rng.random() < 0.6 else NAT


def _cover(monde: Monde, rng: np.random.Generator, rang: int, local: bool) -> list[str]:
    """The neighbourhoods a structure says it covers: three for a local one, all or unsaid for the others."""
    codes = list(monde.codes[:-2])
    if not local:
        return codes if rng.random() < 0.6 else []
    return [codes[(rang + pas) % len(codes)] for pas in range(min(3, len(codes)))]


def _search(liste: str, debuts: tuple[str, ...], combien: int) -> list[str]:
    """Codes of a list that start with the wanted words, two per word at most."""
    codes = nomenclatures.load(liste).codes
    return [code for debut in debuts for code in [c for c in codes if c.startswith(debut)][:2]][:combien]
