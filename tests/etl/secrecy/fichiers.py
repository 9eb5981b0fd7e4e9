"""A small population delivered as files, published for good, and what the adversary makes of the file anyone may open.

He knows all that the files say of everybody but the answers: quarters, ages, levels, dates. He works the bases out
himself, from the rows as delivered: nothing here reads the private base, nor shares a line with the protection.
"""

import csv
import hashlib
import json
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

from etl import build
from etl.catalog import contrat
from tests.etl import monde
from tests.etl.secrecy.parutions import Ligne

JOUR = date(2026, 6, 30)
CLE = hashlib.sha256(b"the adversary's publications").digest()
ACTEURS = ("ML", "PLIE", "ASSO")
QUARTIERS = {monde.Q1: 30, monde.Q2: 20, monde.Q3: 8, "hors_qpv": 5, "inconnu": 2}
COMMUNES = {monde.Q1: "99001", monde.Q2: "99001", monde.Q3: "99002"}
_TYPES = {"hors_qpv": "hors_qpv", "inconnu": "inconnu", "total": "total", "tous_qpv": "tous_qpv", "99001": "commune",
          "99002": "commune"}  # fmt: skip


@dataclass
class Personne:
    """What the adversary knows of one person (first), and what he is after (answers)."""

    ref: str
    acteur: str
    qpv: str
    sexe: str
    naissance: int
    niveau_formation: str
    situation_entree: str
    reperage: date
    entree: date | None
    sortie: date | None
    seconde_mesure: date | None
    orientation: date | None
    reponses: dict[str, object] = field(default_factory=dict)

    @property
    def tranche_age(self) -> str:
        """Age band at the opening of the support."""
        age = (self.entree or self.reperage).year - self.naissance
        return "moins_26" if age < 26 else "26_49" if age < 50 else "50_et_plus"

    @property
    def fin(self) -> date | None:
        """Day the support ended: the exit, or twelve months after the last dated fact."""
        faits = [j for j in (self.reperage, self.entree, self.seconde_mesure, self.orientation) if j]
        dernier = max(faits)
        presumee = dernier.replace(year=dernier.year + 1)
        return self.sortie or (presumee if presumee <= JOUR else None)


def invent(personnes: int, graine: int, bonnes: float = 0.5, par_quartier: bool = False) -> list[Personne]:
    """Draw a population; `bonnes` is the share of good answers, `par_quartier` makes them depend on the quarter."""
    hasard = random.Random(graine)
    tous = []
    for numero in range(personnes):
        reperage = date(2024, 1, 1) + timedelta(days=hasard.randrange(700))
        entree = reperage + timedelta(days=10) if hasard.random() < 0.9 else None
        p = Personne(
            str(numero), hasard.choice(ACTEURS), hasard.choices(list(QUARTIERS), list(QUARTIERS.values()))[0],
            hasard.choice(("femme", "homme")), hasard.randrange(1960, 2007),
            hasard.choice(("infra_cap", "cap_bep", "bac")), hasard.choice(("inactif", "neet")), reperage, entree,
            entree + timedelta(days=150) if entree and hasard.random() < 0.6 else None,
            entree + timedelta(days=150) if entree and hasard.random() < 0.5 else None,
            entree + timedelta(days=20) if entree and hasard.random() < 0.7 else None,
        )  # fmt: skip
        p.reponses = _answer(hasard, p, bonnes if not par_quartier else 0.96 if p.qpv == monde.Q1 else 0.04)
        tous.append(p)
    return tous


def _answer(hasard: random.Random, p: Personne, bonnes: float) -> dict[str, object]:
    bon = {nom: hasard.random() < bonnes for nom in ("rsa", "sortie", "confiance", "invisible", "diagnostic")}
    return {
        **bon,
        "rqth": hasard.random() < bonnes / 4,
        "maintien": hasard.random() < bonnes,
        "cible": hasard.choice([a for a in ACTEURS if a != p.acteur]),
        "etape": hasard.choice(("formation", "emploi", "rupture", None)),
    }


def rows(personnes: list[Personne]) -> dict[str, list[dict[str, object]]]:
    """Return the rows of each file, answers included."""
    tables: dict[str, list[dict[str, object]]] = {
        "acteurs": [{"acteur_id": a, "nom": a, "type_acteur": "association", "champ": "mixte"} for a in ACTEURS],
        "participants": [], "sorties": [], "confiance": [], "orientations": [], "etapes": [],
    }  # fmt: skip
    for p in personnes:
        cle, r = {"acteur_id": p.acteur, "participant_ref": p.ref}, p.reponses
        oui = {nom: "oui" if r[nom] else "non" for nom in ("rsa", "rqth", "invisible")}
        tables["participants"].append({
            **cle, **oui, "date_reperage": p.reperage, "date_entree": p.entree, "sexe": p.sexe,
            "annee_naissance": p.naissance, "code_qpv": p.qpv, "niveau_formation": p.niveau_formation,
            "situation_entree": p.situation_entree,
        })  # fmt: skip
        if p.sortie:
            suite = {"situation_6_mois": "emploi_durable" if r["maintien"] else "recherche_emploi"}
            type_ = "cdi" if r["sortie"] else "abandon"
            tables["sorties"].append({**cle, "date_sortie": p.sortie, "type_sortie": type_, **suite})
        if p.seconde_mesure:
            note_fin = 8 if r["confiance"] else 3
            for vague, jour, note in (("entree", p.entree, 4), ("sortie", p.seconde_mesure, note_fin)):
                tables["confiance"].append({**cle, "date": jour, "vague": vague, "score": note})
        if p.orientation:
            tables["orientations"].append({
                "participant_ref": p.ref, "acteur_source": p.acteur, "acteur_cible": r["cible"], "dispositif": "autre",
                "date": p.orientation, "nature": "droit_commun", "statut": "prescrite",
            })  # fmt: skip
            if r["etape"]:
                tables["etapes"].append({**cle, "date": p.orientation, "type_etape": r["etape"]})
        elif not p.entree and r["diagnostic"]:
            tables["etapes"].append({**cle, "date": p.reperage, "type_etape": "diagnostic"})
    return tables


def deliver(personnes: list[Personne], dossier: Path) -> None:
    """Write the files of one partner, answers included."""
    for nom, lignes in rows(personnes).items():
        with (dossier / f"{nom}_2026.csv").open("w", encoding="utf-8", newline="") as sortie:
            ecrivain = csv.DictWriter(sortie, list(lignes[0]), delimiter=";")
            ecrivain.writeheader()
            ecrivain.writerows(lignes)


def publish(personnes: list[Personne], dossier: Path) -> tuple[Path, dict]:
    """Deliver, build and publish for good; return the file anyone may open, and the report."""
    (dossier / "depot" / "p").mkdir(parents=True)
    deliver(personnes, dossier / "depot" / "p")
    rapport = build.build(
        contrat.load(monde.CONTRAT), build.Chemins(dossier / "depot", dossier / "public", dossier / "base"), CLE, JOUR
    )
    publie = dossier / "base" / "publie"
    pointeur = json.loads((publie / "COURANT").read_text(encoding="utf-8"))
    return publie / pointeur["fichiers"]["diffusion"]["nom"], rapport


def days(periode: str) -> tuple[date, date]:
    """First and last day of a period."""
    if periode == "depuis_debut":
        return date(2024, 1, 1), JOUR
    annee = int(periode[:4])
    premier, dernier = 1, 12
    if "T" in periode:
        premier, dernier = 3 * int(periode[-1]) - 2, 3 * int(periode[-1])
    elif "-" in periode:
        premier = dernier = int(periode[5:])
    suivant = date(annee + dernier // 12, dernier % 12 + 1, 1)
    return date(annee, premier, 1), min(suivant - timedelta(days=1), JOUR)


def _in(jour: date | None, periode: str) -> bool:
    debut, fin = days(periode)
    return jour is not None and debut <= jour <= fin


def followed(p: Personne, periode: str) -> bool:
    """Whether a support was open in the period."""
    debut, fin = days(periode)
    return p.entree is not None and p.entree <= fin and (p.fin is None or p.fin >= debut)


def settled(p: Personne, periode: str) -> bool:
    """Whether a person left in the period and six months ago at least."""
    return _in(p.sortie, periode) and p.sortie <= date(2025, 12, 30)


# Indicator: who is known to be concerned in a period, and the answers of those who count among them.
BASES = {
    "part_rsa": (followed, "rsa"),
    "part_rqth": (followed, "rqth"),
    "taux_sortie_emploi": (lambda p, periode: _in(p.sortie, periode), "sortie"),
    "taux_sortie_durable_ou_formation": (lambda p, periode: _in(p.sortie, periode), "sortie"),
    "maintien_6_mois": (settled, "sortie maintien"),
    "taux_reponse_6_mois": (settled, "sortie"),
    "confiance_reprise": (lambda p, periode: _in(p.seconde_mesure, periode), "confiance"),
    "invisibles_reperes": (lambda p, periode: _in(p.reperage, periode), "invisible"),
}


def lives(p: Personne, territoire: str) -> bool:
    """Whether a territory of the published file is, or holds, where a person lives."""
    en_qpv = p.qpv in COMMUNES
    return territoire in ("total", p.qpv, COMMUNES.get(p.qpv)) or (territoire == "tous_qpv" and en_qpv)


def line(quoi: tuple, valeur: float, arrondi: int | None, membres: frozenset[int]) -> Ligne:
    """How many of these persons count, at least and at most, from one published number."""
    jeu = (arrondi or 1) - 1
    haut = min(int(valeur) + jeu, len(membres))
    if arrondi and valeur == arrondi * (len(membres) // arrondi):  # clamped: more may count than is shown
        haut = len(membres)
    return Ligne(quoi, max(int(valeur) - jeu, 0), haut, membres)


def read(
    fichier: Path, personnes: list[Personne], indicateur: str, terme: str = "numerateur", arrondi: str = "arrondi"
) -> list[Ligne]:
    """Return what the file says of one indicator, with who stands behind each number."""
    concerne = BASES[indicateur][0]
    with duckdb.connect(str(fichier), read_only=True) as con:
        cellules = con.execute(f"""SELECT periode, territoire, axe, modalite, {terme}, {arrondi} FROM mesure
            WHERE indicateur = ? AND {terme} IS NOT NULL ORDER BY ALL""", [indicateur]).fetchall()  # fmt: skip
    return [
        line(
            (periode, territoire, axe, modalite), valeur, arrondi,
            frozenset(
                rang for rang, p in enumerate(personnes)
                if concerne(p, periode) and lives(p, territoire) and (not axe or getattr(p, axe) == modalite)
            ),
        )
        for periode, territoire, axe, modalite, valeur, arrondi in cellules
    ]  # fmt: skip


def read_bases(fichier: Path, personnes: list[Personne], indicateur: str) -> list[Ligne]:
    """Return what the file says of the base of a rate, when being in it is an answer: what is rounded divides by 5."""
    return read(
        fichier, personnes, indicateur, "denominateur", "CASE WHEN NOT exact AND denominateur % 5 = 0 THEN 5 END"
    )


def read_links(fichier: Path, personnes: list[Personne]) -> dict[str, list[Ligne]]:
    """Return what the file says of each link between stages, and of each pair of actors."""
    with duckdb.connect(str(fichier), read_only=True) as con:
        liens = con.execute("""SELECT rang_de || '|' || de || '>' || vers, periode, territoire, valeur, arrondi
            FROM flux WHERE valeur IS NOT NULL ORDER BY ALL""").fetchall()  # fmt: skip
        paires = con.execute("""SELECT source, cible, periode, valeur, arrondi FROM matrice_orientation
            WHERE valeur IS NOT NULL ORDER BY ALL""").fetchall()  # fmt: skip
    lus: dict[str, list[Ligne]] = {}
    for lien, periode, territoire, valeur, arrondi in liens:
        membres = frozenset(r for r, p in enumerate(personnes) if _in(p.reperage, periode) and lives(p, territoire))
        lus.setdefault(lien, []).append(line((lien, periode, territoire), valeur, arrondi, membres))
    for source, cible, periode, valeur, arrondi in paires:
        membres = frozenset(r for r, p in enumerate(personnes) if p.acteur == source and _in(p.orientation, periode))
        lus.setdefault(f"vers {cible}", []).append(line((source, cible, periode), valeur, arrondi, membres))
    return lus
