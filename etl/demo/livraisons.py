"""Cuts the rows into the files each partner delivers, period by period, and has them dressed, spoiled and written."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from etl.catalog import schemas
from etl.demo.defauts import name_people, spoil
from etl.demo.dialectes import Dialecte, Feuille, choose, dress, filled, spell_impossible
from etl.demo.ecriture import Fichier
from etl.demo.monde import PARCOURS, Livraison, Monde
from etl.demo.table import JOUR, Table, Vecteur, count, take
from etl.demo.versions import unfold

_REMARQUES = ("RDV manqué", "à rappeler", "dossier complet", "relance envoyée", "voir avec le référent")
_CORRIGEES = 6
_PEU_DE_GENS = 250


class Depot:
    """The drop folder being filled."""

    def __init__(self, monde: Monde, vers: Path) -> None:
        self.monde = monde
        self.vers = vers
        self._fichiers: dict[tuple[int, str, str], Fichier] = {}
        self._colonnes: dict[tuple[int, str], list[str]] = {}
        self._retardataires = _late(monde)
        self._refuse = _doomed(monde)

    def deliver(self, nom: str, table: Table, tranche: int, perdus: Vecteur | None = None) -> Vecteur:
        """Write one slice of a contract's rows; `perdus` flags rows about a person already refused.

        Returns the mask of the rows refused for their own fault.
        """
        refusees = np.zeros(count(table), dtype=bool)
        perdus = np.zeros(count(table), dtype=bool) if perdus is None else perdus
        for partenaire in self.monde.partenaires:
            livraison = self._livraison(nom, partenaire.rang)
            choix = np.flatnonzero(table["_partenaire"] == partenaire.rang)
            if livraison is not None and len(choix):
                fautes = self._deliver_one(nom, take(table, choix), partenaire.rang, livraison, tranche, perdus[choix])
                refusees[choix] = fautes
        return refusees

    def close(self) -> list[Path]:
        """Finish every file; their paths, sorted."""
        return sorted(fichier.close() for fichier in self._fichiers.values())

    def _livraison(self, nom: str, rang: int) -> Livraison | None:
        """How a partner delivers a contract: as declared, yearly when nobody declares it, else not at all."""
        if any(nom in p.livraisons for p in self.monde.partenaires):
            return self.monde.partenaires[rang].livraisons.get(nom)
        return Livraison("annee", nom in ("acteurs", "permanences"))

    def _deliver_one(
        self, nom: str, table: Table, rang: int, livraison: Livraison, tranche: int, perdus: Vecteur
    ) -> Vecteur:
        """Write one partner's rows of one contract into its files."""
        rng = self.monde.rng(f"defauts/{nom}/{rang}", tranche)
        # One person refused weighs too much in the other files of a partner who follows few.
        menager = nom == "participants" and count(table) < _PEU_DE_GENS
        dialecte = choose(rang)
        refusees = np.zeros(count(table), dtype=bool)
        table, morceaux, origine = split(nom, table, self.monde, livraison)
        schema = schemas.load(nom)
        # The columns of the first slice are those of all: a file has one heading.
        colonnes = self._colonnes.setdefault((rang, nom), filled(table, schema))
        feuille = _annotate(rng, dress(table, schema, dialecte, colonnes), dialecte)
        report: Feuille | None = None
        for place, (periode, lignes) in enumerate(morceaux):
            dernier = place == len(morceaux) - 1
            if dernier and (rang, nom) in self._retardataires:
                continue
            morceau = feuille.take(lignes)
            if dernier and (rang, nom) == self._refuse:
                morceau = name_people(rng, morceau)
            else:
                morceau, fautives = spoil(rng, nom, morceau, dialecte, perdus[origine[lignes]] | menager)
                refusees[origine[lignes[fautives]]] = not livraison.complet
            if report is not None:
                morceau, report = _join(morceau, report), None
            if tranche == 0 and nom == "participants" and place == len(morceaux) - 3 and len(lignes) > 60:
                report = _mistake(morceau, feuille.take(lignes[:_CORRIGEES]), dialecte)
            self._file(rang, nom, periode, dialecte).add(morceau)
        return refusees

    def _file(self, rang: int, nom: str, periode: str, dialecte: Dialecte) -> Fichier:
        """The file of one partner, contract and period, opened once."""
        cle = (rang, nom, periode)
        if cle not in self._fichiers:
            partenaire = self.monde.partenaires[rang]
            suffixe = "xlsx" if dialecte.sends_workbook(nom) else "csv"
            texte = periode.replace("-T", "T") if dialecte.periode_collee else periode
            chemin = self.vers / partenaire.dossier / f"{nom}_{texte}.{suffixe}"
            intitule = f"{schemas.load(nom).title} : {partenaire.nom}, {periode}"
            self._fichiers[cle] = Fichier(chemin, nom, intitule, dialecte)
        return self._fichiers[cle]


def split(
    nom: str, table: Table, monde: Monde, livraison: Livraison
) -> tuple[Table, list[tuple[str, Vecteur]], Vecteur]:
    """Share rows between files by the day of their last news; a complete delivery repeats all the rows so far.

    Returns the rows (first versions added), (period as written in the file's name, rows) in order, and the position
    of the row each comes from.
    """
    livraisons = _deliveries(monde, {"mois": 1, "trimestre": 3, "semestre": 6, "annee": 12}[livraison.periodicite])
    fins = np.array([(rang + 1) * pas for rang, pas in livraisons]).astype("datetime64[M]").astype(JOUR) - 1
    rangs = np.clip(np.searchsorted(fins, table["_maj"]), 0, len(livraisons) - 1)
    origine = np.arange(count(table))
    if not livraison.complet:
        table, rangs, origine = unfold(nom, table, rangs, fins)
    ordre = np.lexsort((table["_maj"].astype(int), rangs))
    limites = np.searchsorted(rangs[ordre], np.arange(len(livraisons) + 1))
    morceaux = []
    for place, (rang, pas) in enumerate(livraisons):
        lignes = ordre[: limites[place + 1]] if livraison.complet else ordre[limites[place] : limites[place + 1]]
        if len(lignes):
            morceaux.append((_spell_period(rang, pas), lignes))
    return table, morceaux, origine


def _deliveries(monde: Monde, pas: int) -> list[tuple[int, int]]:
    """Rank and length in months of each file: past years come whole, as when a partner joins, then at its own pace."""
    debut, fin = _month(monde.debut), _month(monde.fin)
    annee = fin // 12
    passees = [(rang, 12) for rang in range(debut // 12, annee)]
    return passees + [(rang, pas) for rang in range(max(debut, annee * 12) // pas, fin // pas + 1)]


def _month(jour: np.datetime64) -> int:
    return int(jour.astype("datetime64[M]").astype(int))


def _spell_period(borne: int, pas: int) -> str:
    """2026-09, 2026-T3, 2026-S2 or 2026."""
    annee, rang = 1970 + borne * pas // 12, borne % (12 // pas) + 1
    return {1: f"{annee}-{rang:02d}", 3: f"{annee}-T{rang}", 6: f"{annee}-S{rang}", 12: f"{annee}"}[pas]


def _annotate(rng: np.random.Generator, feuille: Feuille, dialecte: Dialecte) -> Feuille:
    """Add the free-text column some partners keep, mostly empty."""
    if not dialecte.observations:
        return feuille
    remarques = np.array(["", *_REMARQUES], dtype=object)[rng.integers(0, 6, len(feuille))]
    remarques[rng.random(len(feuille)) < 0.93] = ""
    return Feuille(
        [*feuille.colonnes, "observations"], [*feuille.entetes, "Observations"], [*feuille.cellules, remarques]
    )


def _mistake(envoyee: Feuille, juste: Feuille, dialecte: Dialecte) -> Feuille:
    """Make the first rows wrong in the file sent now; the right ones will follow in the next delivery."""
    envoyee.cells("date_reperage")[:2] = spell_impossible(dialecte, 2026)
    for colonne, valeur in (("niveau_formation", "non_renseigne"), ("situation_entree", "non_renseigne")):
        if colonne in envoyee.colonnes:
            envoyee.cells(colonne)[: len(juste)] = valeur
    return juste


def _join(premiere: Feuille, seconde: Feuille) -> Feuille:
    cellules = [np.concatenate(paire) for paire in zip(premiere.cellules, seconde.cellules, strict=True)]
    return Feuille(premiere.colonnes, premiere.entetes, cellules)


def _late(monde: Monde) -> set[tuple[int, str]]:
    """Deliveries whose last file has not come yet: those, during the year, of a partner who follows nobody then."""
    candidats = []
    for partenaire in monde.partenaires:
        cours = {nom for nom, livraison in partenaire.livraisons.items() if livraison.periodicite != "annee"}
        if cours and not cours & {"acteurs", "interventions", *PARCOURS}:
            candidats.append({(partenaire.rang, nom) for nom in cours})
    return candidats[-1] if len(candidats) > 1 else set()


def _doomed(monde: Monde) -> tuple[int, str]:
    """The delivery whose last file holds names where references should be."""
    return int(monde.delivers("confiance")[-1]), "confiance"
