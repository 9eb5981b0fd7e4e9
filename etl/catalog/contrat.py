"""Loads the folder that describes one contrat de ville: its territory, years, thresholds, partners and legal texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from types import MappingProxyType

from etl.catalog import nomenclatures, schemas, sorties
from etl.catalog.contrat_territoire import Commune, Quartier, read_alias, read_communes, read_quartiers
from etl.catalog.lecture_toml import ContratInvalide, Table, read

__all__ = ["Commune", "Contrat", "ContratInvalide", "Livraison", "Partenaire", "Quartier", "load"]

PERIODICITES = ("mois", "trimestre", "semestre", "annee")
MODES = ("incremental", "complet")


@dataclass(frozen=True)
class Livraison:
    """A delivery a partner owes: one contract of data, each period, at most `delai_jours` after its end."""

    schema: str
    periodicite: str
    delai_jours: int
    mode: str


@dataclass(frozen=True)
class Partenaire:
    """A partner: the name of its drop folder, the name shown, what it delivers."""

    dossier: str
    nom: str
    livraisons: tuple[Livraison, ...]


@dataclass(frozen=True)
class Secret:
    """Thresholds of statistical secrecy: minimal bases, rounding bases, minimal denominators of rates."""

    seuil_population: int
    seuil_resultat: int
    seuil_sensible: int
    base: int
    base_sensible: int
    taux_min: int
    taux_min_comparaison: int
    # Persons who entered or left a base, from which a value already shown may change.
    gel: int = 5
    gel_sensible: int = 11


@dataclass(frozen=True)
class Statuts:
    """Progress to date, in percent, from which a target is on its way, or to be watched."""

    dans_trajectoire: float
    surveiller: float


@dataclass(frozen=True)
class Carte:
    """Background tiles of the map: an XYZ address and its attribution, both empty for none."""

    tuiles: str
    attribution: str


@dataclass(frozen=True)
class Responsable:
    """Legal texts of the pages about personal data and accessibility; "à compléter" until the operator fills them."""

    responsable_traitement: str
    adresse: str
    directeur_publication: str
    hebergeur: str
    contact: str
    delegue_protection_donnees: str
    base_legale: str
    analyse_impact: str
    duree_conservation: str
    exercice_droits: str
    referent_accessibilite: str


@dataclass(frozen=True)
class Contrat:
    """One contrat de ville, as its folder declares it."""

    dossier: Path
    nom: str
    nom_court: str
    epci: str
    epci_nom: str
    code_anct: str
    departement: str
    zone_emploi: str
    bassin_emploi: str
    debut: date
    fin: date
    communes: tuple[Commune, ...]
    qpv: tuple[Quartier, ...]
    faits_qpv_source: str
    faits_qpv_remarque: str
    alias_qpv: tuple[tuple[str, str], ...]  # (code, spelling)
    partenaires: tuple[Partenaire, ...]
    secret: Secret
    statuts: Statuts
    definitions_sortie: Mapping[str, tuple[str, ...]]  # fse is not here: it reads situation_4_semaines
    seuil_refus: float
    tolerance_qpv_m: float
    conservation_jours: int
    demonstration_debut: date
    demonstration_fin: date
    carte: Carte
    responsable: Responsable


def load(dossier: Path) -> Contrat:
    """The contract described by a folder; raises ContratInvalide with one French sentence."""
    racine = read(Path(dossier) / "contrat.toml")
    debut, fin = _period(racine)
    demonstration = racine.table("demonstration", obligatoire=False)
    demo_debut, demo_fin = _period(demonstration) if demonstration.cles() else (debut, fin)
    demonstration.finish()
    communes = read_communes(racine.table("territoire"))
    faits = racine.table("faits_qpv", obligatoire=False)
    quartiers = read_quartiers(racine, communes)
    contrat = Contrat(
        dossier=Path(dossier),
        **{cle: racine.texte(cle) for cle in ("nom", "nom_court", "epci", "epci_nom", "departement")},
        **{cle: racine.texte_ou_vide(cle) for cle in ("code_anct", "zone_emploi", "bassin_emploi")},
        debut=debut,
        fin=fin,
        communes=communes,
        qpv=quartiers,
        faits_qpv_source=faits.texte_ou_vide("source"),
        faits_qpv_remarque=faits.texte_ou_vide("remarque"),
        alias_qpv=read_alias(Path(dossier) / "nomenclatures" / "qpv.csv", quartiers),
        partenaires=_partenaires(racine.tables("partenaires", obligatoire=False)),
        secret=_secret(racine.table("secret", obligatoire=False)),
        statuts=_statuts(racine.table("statuts", obligatoire=False)),
        definitions_sortie=_definitions(racine.table("definitions_sortie", obligatoire=False)),
        seuil_refus=racine.nombre("seuil_refus", 0, 1, 0.20),
        tolerance_qpv_m=racine.nombre("tolerance_qpv_m", 0, 1000, 0),
        conservation_jours=racine.entier("conservation_jours", 0, 3650, 90),
        demonstration_debut=demo_debut,
        demonstration_fin=demo_fin,
        carte=_carte(racine.table("carte", obligatoire=False)),
        responsable=_responsable(racine.table("responsable", obligatoire=False)),
    )
    faits.finish()
    racine.finish()
    return contrat


def _period(table: Table) -> tuple[date, date]:
    debut, fin = table.jour("debut"), table.jour("fin")
    if fin < debut:
        raise table.erreur("fin", f"{fin} est avant le début, {debut}")
    return debut, fin


def _partenaires(tables: tuple[Table, ...]) -> tuple[Partenaire, ...]:
    lus: dict[str, Partenaire] = {}
    for table in tables:
        dossier = table.code("dossier", r"[a-z0-9][a-z0-9_-]{0,63}", "mission_locale")
        table.refuse_double("dossier", dossier, lus)
        lus[dossier] = Partenaire(dossier, table.texte("nom"), _livraisons(table))
        table.finish()
    return tuple(lus.values())


def _livraisons(partenaire: Table) -> tuple[Livraison, ...]:
    lues: dict[str, Livraison] = {}
    for table in partenaire.tables("livraisons"):
        schema = table.choix("schema", schemas.names())
        table.refuse_double("schema", schema, lues)
        periodicite = table.choix("periodicite", PERIODICITES)
        lues[schema] = Livraison(schema, periodicite, table.entier("delai_jours", 0, 366), table.choix("mode", MODES))
        table.finish()
    return tuple(lues.values())


def _secret(table: Table) -> Secret:
    seuils = {"seuil_population": 5, "seuil_resultat": 11, "seuil_sensible": 30}
    autres = {"base": 5, "base_sensible": 10, "taux_min": 50, "taux_min_comparaison": 100, "gel": 5, "gel_sensible": 11}
    secret = Secret(**{cle: table.entier(cle, 1, 1000, defaut) for cle, defaut in (seuils | autres).items()})
    table.finish()
    return secret


def _statuts(table: Table) -> Statuts:
    statuts = Statuts(table.nombre("dans_trajectoire", 0, 100, 95), table.nombre("surveiller", 0, 100, 75))
    if statuts.surveiller >= statuts.dans_trajectoire:
        raise table.erreur("surveiller", "ce seuil doit être inférieur à « dans_trajectoire »")
    table.finish()
    return statuts


def _definitions(table: Table) -> Mapping[str, tuple[str, ...]]:
    definitions = dict(sorties.DEFINITIONS)
    connus = nomenclatures.load("type_sortie").codes
    for nom in table.cles():
        if nom in definitions or nom == "fse":
            raise table.erreur(nom, "cette définition est celle de l'application ; choisissez un autre nom")
        definitions[nom] = table.textes(nom)
        inconnus = [code for code in definitions[nom] if code not in connus]
        if inconnus:
            raise table.erreur(nom, f"« {inconnus[0]} » n'est pas un type de sortie")
    return MappingProxyType(definitions)


def _carte(table: Table) -> Carte:
    carte = Carte(table.texte_ou_vide("tuiles"), table.texte_ou_vide("attribution"))
    table.finish()
    return carte


def _responsable(table: Table) -> Responsable:
    responsable = Responsable(**{c.name: table.texte_ou_vide(c.name) or "à compléter" for c in fields(Responsable)})
    table.finish()
    return responsable
