"""What the adversary gathers over releases: each published value with those who were behind it, by his own count.

He knows everybody's attributes and dates, so the base of every cell; the answers alone are hidden from him. Nothing
here reads the private base of the build, nor shares a line with its audit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

# Indicator: the facts it is about and the condition of its base, read from its published definition.
BASES = {
    "part_rsa": ("fait_suivi", "rsa <> 'non_renseigne'"),
    "taux_sortie_emploi": ("fait_sortie", "TRUE"),
    "confiance_reprise": ("fait_confiance", "TRUE"),
    "personnes_frein_leve": ("fait_frein", "TRUE"),
    "parcours_solution": ("fait_reperage", "TRUE"),
}
# Answers that come one day: a barrier lifted in the period counted; a solution found by the day of reading.
EN_PERIODE, DEPUIS = ("personnes_frein_leve",), ("parcours_solution",)
# The others are given once for all: all time is one.
UNE_FOIS = ("part_rsa", "taux_sortie_emploi", "confiance_reprise")
TOUJOURS = (0, 0)
_LIEUX = {"total": "'total'", "qpv": "qpv", "commune": "commune", "tous_qpv": "ensemble", "hors_qpv": "qpv",
          "inconnu": "qpv"}  # fmt: skip


@dataclass(frozen=True)
class Ligne:
    """One published value: between `bas` and `haut` of these persons count, for an answer given in these days."""

    quoi: tuple
    bas: int
    haut: int
    membres: frozenset[int]
    jours: tuple[int, int] = TOUJOURS


# Who found a job is the base of this rate too, among those who left six months ago at least.
AUSSI = {"taux_sortie_emploi": ("taux_reponse_6_mois", "sorties_emploi_mures_6", "fait_sortie", "mur_6_mois")}


def read(con: duckdb.DuckDBPyConnection, indicateur: str, nouvelles: bool = True) -> list[Ligne]:
    """Return the published counts of one answer; with `nouvelles` those shown for the first time only."""
    case = "maille, periode, type_territoire, territoire, axe, modalite"
    sans = f"ANTI JOIN diffusion.gel_mesure USING (indicateur, {case})" if nouvelles else ""
    lues = f"""SELECT {case}, numerateur, arrondi FROM diffusion.mesure {sans}
        WHERE indicateur = '{indicateur}' AND numerateur IS NOT NULL ORDER BY ALL"""
    lignes = _lines(con, *BASES[indicateur], lues, indicateur)
    if indicateur in AUSSI:
        taux, nom, fait, base = AUSSI[indicateur]
        sans = f"ANTI JOIN (FROM diffusion.gel_denominateur WHERE nom = '{nom}') USING ({case})" if nouvelles else ""
        # Nothing says which of the two is exact: what is rounded divides by five.
        lues = f"""SELECT {case}, denominateur, CASE WHEN NOT exact AND denominateur % 5 = 0 THEN 5 END
            FROM diffusion.mesure {sans} WHERE indicateur = '{taux}' AND denominateur IS NOT NULL ORDER BY ALL"""
        lignes += _lines(con, fait, base, lues)
    return lignes


def _days(con: duckdb.DuckDBPyConnection, indicateur: str, maille: str, periode: str) -> tuple[int, int]:
    """The days on which an answer counts in a period as read now: its own so far, or all until now."""
    if indicateur not in EN_PERIODE + DEPUIS:
        return TOUJOURS
    ((debut, fin, jour),) = con.execute(
        """SELECT p.debut, p.fin, date_donnees FROM core.periode AS p, contrat.parametre
        WHERE maille = ? AND periode = ?""",
        [maille, periode],
    ).fetchall()
    if indicateur in DEPUIS:
        return 1, jour.toordinal()
    return debut.toordinal(), fin.toordinal()


def _lines(con: duckdb.DuckDBPyConnection, fait: str, base: str, lues: str, indicateur: str = "") -> list[Ligne]:
    con.execute(f"""CREATE OR REPLACE TEMP TABLE _connus AS
        SELECT DISTINCT faits.maille, faits.periode, faits.personne, qpv, commune, ensemble, sexe, tranche_age,
            niveau_formation, situation_entree
        FROM mart.{fait} AS faits ASOF JOIN core.personne_etat AS etats
            ON faits.personne = etats.personne AND faits.fin >= etats.depuis WHERE {base}""")
    cellules = con.execute(lues).fetchall()
    lignes = []
    for maille, periode, type_, territoire, axe, modalite, valeur, b in cellules:
        membres = frozenset(
            p for (p,) in con.execute(
                f"""SELECT personne FROM _connus WHERE maille = ? AND periode = ? AND {_LIEUX[type_]} = ?
                AND {axe or "''"} = ?""",
                [maille, periode, territoire, modalite],
            ).fetchall()
        )  # fmt: skip
        jeu = (b or 1) - 1
        bas, haut = max(int(valeur) - jeu, 0), min(int(valeur) + jeu, len(membres))
        if b and valeur == b * (len(membres) // b):  # clamped: more may count than is shown
            haut = len(membres)
        jours = _days(con, indicateur, maille, periode)
        lignes.append(Ligne((maille, periode, territoire, axe, modalite), bas, haut, membres, jours))
    return lignes


def differences(lignes: list[Ligne], au_plus: int = 60) -> set[int]:
    """Return the persons certain after comparing every two values: those who make the difference all count, or none.

    Of two values that speak of other days, the one that speaks of more may count more for that.
    """
    surs: set[int] = set()
    uniques = list(dict.fromkeys((ligne.bas, ligne.haut, ligne.membres, ligne.jours) for ligne in lignes))
    for bas, haut, membres, _ in uniques:
        if membres and (bas >= len(membres) or haut <= 0):
            surs |= membres
    for un in uniques:
        for deux in uniques:
            venus, partis = un[2] - deux[2], deux[2] - un[2]
            if not venus and not partis or len(venus) + len(partis) > au_plus:
                continue
            # Who counts in the shorter counts in the longer: what the shorter lacks, the newcomers of the longer have.
            moins = un[3][0] >= deux[3][0] and un[3][1] <= deux[3][1]
            plus = un[3][0] <= deux[3][0] and un[3][1] >= deux[3][1]
            if (moins and un[0] - deux[1] == len(venus)) or (plus and un[1] - deux[0] == -len(partis)):
                surs |= venus | partis
    return surs


Presents = dict[int, set[date]]


def months(con: duckdb.DuckDBPyConnection, indicateur: str) -> Presents:
    """Return the first day of each month in which each person is known to be concerned."""
    fait, base = BASES[indicateur]
    presents: Presents = {}
    for personne, debut in con.execute(f"""SELECT DISTINCT personne, debut FROM mart.{fait} AS faits
            INNER JOIN core.periode AS periodes USING (maille, periode) WHERE maille = 'mois' AND {base}""").fetchall():
        presents.setdefault(personne, set()).add(debut)
    return presents


class Programme:
    """All that the values say together: an answer per person and slice of time, the count of each value, the limits."""

    def __init__(self, lignes: list[Ligne], presents: Presents | None = None) -> None:
        """`presents`: the months in which each person may have answered; all of them when not told."""
        self.lignes = list({(x.bas, x.haut, x.membres, x.jours): x for x in lignes}.values())
        bords = sorted({d for x in lignes for d in (x.jours[0], x.jours[1] + 1)})
        self.tranches = list(zip(bords, (b - 1 for b in bords[1:]), strict=False))
        self.presents = presents
        self.reponses: dict[tuple[int, int], int] = {}
        self.vues: dict[tuple[int, tuple[int, int]], int] = {}
        self.egales: list[tuple[int, list[int]]] = []  # a view, and the answers one of which makes it true
        for ligne in self.lignes:
            for personne in sorted(ligne.membres):
                self._see(personne, ligne.jours)

    def _see(self, personne: int, jours: tuple[int, int]) -> None:
        if (personne, jours) in self.vues:
            return
        siennes = [self._answer(personne, t) for t in self.tranches if jours[0] <= t[0] and t[1] <= jours[1]]
        siennes = [r for r in siennes if r >= 0]
        if len(siennes) == 1:
            self.vues[personne, jours] = siennes[0]
        else:
            self.vues[personne, jours] = self._new()
            self.egales.append((self.vues[personne, jours], siennes))

    def _answer(self, personne: int, tranche: tuple[int, int]) -> int:
        """The unknown of a person's answer in a slice of time, -1 when he was not concerned then."""
        if self.presents is not None and not any(
            tranche[0] <= jour.toordinal() <= tranche[1] for jour in self.presents.get(personne, ())
        ):
            return -1
        if (personne, tranche[0]) not in self.reponses:
            self.reponses[personne, tranche[0]] = self._new()
        return self.reponses[personne, tranche[0]]

    def _new(self) -> int:
        self.nombre = getattr(self, "nombre", 0) + 1
        return self.nombre - 1

    def limits(self):
        """The inequalities a @ x <= b."""
        from scipy.sparse import csr_matrix

        places: list[tuple[int, int, float]] = []
        bornes: list[float] = []

        def add(termes, borne):
            places.extend((len(bornes), colonne, signe) for colonne, signe in termes)
            bornes.append(borne)

        for ligne in self.lignes:
            colonnes = [self.vues[p, ligne.jours] for p in ligne.membres]
            add([(c, 1.0) for c in colonnes], ligne.haut)
            add([(c, -1.0) for c in colonnes], -ligne.bas)
        for vue, siennes in self.egales:
            add([(vue, 1.0), *((r, -1.0) for r in siennes)], 0)
            for r in siennes:
                add([(r, 1.0), (vue, -1.0)], 0)
        rangs, colonnes, signes = zip(*places, strict=True)
        return csr_matrix((signes, (rangs, colonnes)), shape=(len(bornes), self.nombre)), np.array(bornes)


def certain_by_lp(lignes: list[Ligne], seules: Collection[int] = (), presents: Presents | None = None) -> set[int]:
    """Return the persons who have one possible answer only, all values together (linear relaxation).

    All are put to the test, or `seules` when given, in each span of days that a value speaks of.
    """
    from scipy.optimize import linprog

    programme = Programme(lignes, presents)
    a, b = programme.limits()
    sans_objet = {vue for vue, siennes in programme.egales if not siennes}
    a_tester = {
        (p, vue) for (p, _), vue in programme.vues.items() if (not seules or p in seules) and vue not in sans_objet
    }
    surs = set()
    for personne, vue in sorted(a_tester):
        c = np.zeros(programme.nombre)
        c[vue] = 1
        moins, plus = (linprog(s * c, A_ub=a, b_ub=b, bounds=(0, 1), method="highs") for s in (1, -1))
        assert moins.status == plus.status == 0, "the true answers themselves are a solution"
        if moins.fun > 1 - 1e-6 or -plus.fun < 1e-6:
            surs.add(personne)
    return surs
