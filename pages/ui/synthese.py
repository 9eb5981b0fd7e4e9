"""What the Synthèse alone needs: the cells it reads, their change over a year, its three sentences."""

from dataclasses import replace
from typing import Any

import pandas as pd

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE, Indicateur
from etl.targets import STATUTS
from pages.ui import chiffres, comite, contexte, donnees, formats, quartier, textes
from pages.ui.chiffres import Lecture
from pages.ui.filtres import Filtres, Referentiel

FAMILLES = {
    "realisation": ("Ce qui a été fait", "Réalisation : les moyens engagés et les rencontres tenues."),
    "resultat": ("Ce que cela change dans les parcours", "Résultat : ce qui avance pour les personnes suivies."),
    "impact": ("Ce qui dure", "Impact : l'emploi retrouvé, la confiance regagnée."),
    "contexte": ("Le territoire", "Contexte : chiffres publics, hors action du contrat."),
}
LIGNES_VISIBLES = 8
QUARTIERS_CITES = 4
EN_DESSOUS = ("retard", "surveiller")
AILLEURS = ("parcours_",)  # the steps of the pathway have their own page


def indicateurs() -> tuple[Indicateur, ...]:
    """Those of the page that the published version holds, the fiche's five first."""
    disponibles = donnees.table("indicateur").query("disponible")["id"]
    ordre = (*CINQ_DE_LA_FICHE, *(i for i in CATALOGUE if i not in CINQ_DE_LA_FICHE and not i.startswith(AILLEURS)))
    presents = set(disponibles)
    return tuple(CATALOGUE[i] for i in ordre if i in presents and not _par_quartier_seulement(CATALOGUE[i]))


def _par_quartier_seulement(indicateur: Indicateur) -> bool:
    """Public figures of each quartier have no total: their producer publishes none, and we never make one up."""
    return indicateur.classe == "contexte" and indicateur.territoires


def lire(filtres: Filtres, ref: Referentiel) -> list[Lecture]:
    """Every indicator of the page under the current filters; one query per period read."""
    choisis = indicateurs()
    ids = tuple(i.id for i in choisis)
    maintenant, avant = periodes_comparees(filtres.periode, ref)
    cellules = _par_indicateur(_cellules(ids, filtres)) | _contexte(choisis, filtres)
    recentes = _par_indicateur(_cellules(ids, replace(filtres, periode=maintenant)))
    anciennes = _par_indicateur(_cellules(ids, replace(filtres, periode=avant)))
    progres = avancements(filtres)
    mots = f"{formats.periode(maintenant)} contre {formats.periode(avant)}"
    return [
        Lecture(
            i,
            cellules.get(i.id) or _absente(i, filtres),
            progres.get(i.id),
            chiffres.evolution(recentes.get(i.id, {}), anciennes.get(i.id, {}), i, mots),
        )
        for i in choisis
    ]


def _cellules(ids: tuple[str, ...], filtres: Filtres) -> pd.DataFrame:
    """With an acteur or a fiche chosen, only the indicators that have this breakdown answer."""
    concernes = tuple(i for i in ids if all(axe in CATALOGUE[i].axes for axe, _ in filtres.axes))
    if not concernes:
        return pd.DataFrame(columns=["indicateur"])
    return donnees.selon_filtres(concernes, filtres=filtres)


def _contexte(choisis: tuple[Indicateur, ...], filtres: Filtres) -> dict[str, dict[str, Any]]:
    """Public figures have their own years: the latest vintage of each, whatever the period of the contract."""
    ids = tuple(i.id for i in choisis if i.classe == "contexte")
    return _par_indicateur(_cellules(ids, replace(filtres, periode="depuis_debut"))) if ids else {}


def _par_indicateur(cellules: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {str(c["indicateur"]): c for c in formats.lignes(cellules)}


def _absente(indicateur: Indicateur, filtres: Filtres) -> dict[str, Any]:
    """A cell that is not published: hidden where it would tell about persons, else without object."""
    descend = (indicateur.territoires or not filtres.territoires) and all(
        axe in indicateur.axes for axe, _ in filtres.axes
    )
    sans_total = indicateur.calcul == "couverture" and not filtres.territoires  # read in a neighbourhood only
    protegee = indicateur.sur_personnes and descend and not sans_total
    return {"etat": donnees.etat_hors_catalogue() if protegee else "non_applicable"}


def periodes_comparees(periode: str, ref: Referentiel) -> tuple[str, str]:
    """The period and the same one a year before; a period still open gives way to the last closed quarter."""
    fin = pd.Timestamp(ref.date_donnees)
    grain = formats.maille(periode)
    if grain in ("annee", "trimestre") and formats.fin_periode(periode, fin.date().replace(year=9999)) <= fin.date():
        return periode, f"{int(periode[:4]) - 1}{periode[4:]}"
    clos = pd.Period(fin, "Q") if (fin + pd.Timedelta(days=1)).is_quarter_start else pd.Period(fin, "Q") - 1
    return f"{clos.year}-T{clos.quarter}", f"{clos.year - 1}-T{clos.quarter}"


def note_des_statuts(filtres: Filtres, ref: Referentiel) -> str:
    """Said when the figures are of another period than the statuses, which are always those of the data date."""
    if filtres.periode == str(ref.date_donnees.year):
        return ""
    jour = formats.date_longue(ref.date_donnees)
    return f"Statuts, attendus et cibles : situation au {jour}, quelle que soit la période choisie."


def avancements(filtres: Filtres) -> dict[str, dict[str, Any]]:
    """Progress of the territory chosen, by indicator; none for several territories, an acteur or a fiche."""
    if len(filtres.territoires) > 1 or filtres.axes:
        return {}
    territoire = filtres.territoires[0] if filtres.territoires else "total"
    table = donnees.table("avancement")
    return {str(a["indicateur"]): a for a in formats.lignes(table[table["territoire"] == territoire])}


def partager(lectures: list[Lecture]) -> tuple[list[Lecture], list[Lecture], list[Lecture]]:
    """Figures to show at once (those with a target first), figures one click away, and those that have no value."""
    avec = [x for x in lectures if x.cellule.get("etat") == "valeur"]
    avec.sort(key=lambda x: x.avancement is None)
    sans = [x for x in lectures if x.cellule.get("etat") != "valeur"]
    return avec[:LIGNES_VISIBLES], avec[LIGNES_VISIBLES:], sans


def sans_valeur(lectures: list[Lecture]) -> str:
    """`Secret : A, B. Non renseigné : C.`: what has no figure under this choice, and why, never as a zero."""
    raisons: dict[str, list[str]] = {}
    for x in lectures:
        raisons.setdefault(chiffres.texte_valeur(x.cellule, x.indicateur), []).append(x.indicateur.libelle)
    return " ".join(f"{raison.capitalize()} : {', '.join(noms)}." for raison, noms in sorted(raisons.items()))


def origine(famille: str, lectures: list[Lecture], lieu: str) -> None:
    """The line under a family's figures: partners' files, or the public sources with their vintage."""
    if famille == "contexte":
        textes.source_publique(contexte.cites([x.indicateur.id for x in lectures if x.cellule.get("etat") == "valeur"]))
    else:
        textes.source(champ=lieu)


def phrases(lectures: list[Lecture], filtres: Filtres, ref: Referentiel) -> list[str]:
    """Three sentences built from the figures; one that would need a hidden or missing figure is left out."""
    trois = (_bilan(lectures), _plus_en_retard(lectures), _ou_agir(filtres, ref))
    return [p for p in (*trois, comite.phrase(lectures, filtres, ref)) if p]


def _bilan(lectures: list[Lecture]) -> str:
    suivis = [x for x in lectures if x.avancement and x.avancement["statut"] != "non_calcule"]
    if not suivis:
        return ""
    comptes = {code: sum(x.avancement["statut"] == code for x in suivis if x.avancement) for code in STATUTS}
    details = [f"**{n} {STATUTS[code].mot}{_pluriel(code, n)}**" for code, n in comptes.items() if n]
    debut = "Sur " + formats.accord(len(suivis), "indicateur suivi par une cible", "indicateurs suivis par une cible")
    return f"{debut} : {formats.enumeration(details)}."


def _pluriel(code: str, n: int) -> str:
    return "s" if code == "atteint" and n > 1 else ""


def _plus_en_retard(lectures: list[Lecture]) -> str:
    mesures = [x for x in lectures if x.avancement and not formats.est_absent(x.avancement["taux_a_date"])]
    if not mesures:
        return ""
    dernier = min(mesures, key=lambda x: x.avancement["taux_a_date"] if x.avancement else 0)
    assert dernier.avancement is not None
    part = f"**{chiffres.part_attendue(dernier.avancement, dernier.indicateur)}**"
    if dernier.avancement["statut"] in ("atteint", "trajectoire"):
        return f"Aucun n'est en retard ; le moins avancé est « {dernier.indicateur.libelle} » : {part}."
    return f"Le point d'attention est « {dernier.indicateur.libelle} » : {part}."


def _ou_agir(filtres: Filtres, ref: Referentiel) -> str:
    """Where: the neighbourhoods behind on a target of their own, then those nobody visited lately."""
    if filtres.territoires or filtres.axes:
        return ""
    table = donnees.table("avancement")
    derriere = table[table["statut"].isin(EN_DESSOUS) & table["territoire"].isin([t.code for t in ref.qpv])]
    comptes = derriere.groupby("territoire").size().nlargest(QUARTIERS_CITES)
    en_dessous = [
        f"**{formats.sans_markdown(ref.libelle(str(code)))}** ({formats.accord(n, 'indicateur')})"
        for code, n in comptes.items()
    ]
    oublies = [f"**{formats.sans_markdown(q.nom)}**" for q in quartier.sans_visite()]
    morceaux = [f"sous leur propre cible, {formats.enumeration(en_dessous)}"] if en_dessous else []
    if oublies:
        morceaux.append(f"sans intervention depuis {quartier.MOIS_SANS_VISITE} mois, {formats.enumeration(oublies)}")
    return f"Quartiers à regarder : {' ; '.join(morceaux)}." if morceaux else ""


def tableau(lectures: list[Lecture]) -> pd.DataFrame:
    """The figures of the page as text, for the table under them and the CSV."""
    return pd.DataFrame(
        [
            {
                "Indicateur": x.indicateur.libelle,
                "Valeur": chiffres.texte_valeur(x.cellule, x.indicateur, complet=True),
                "Sur un an": x.evolution.texte.removesuffix(" sur un an"),
                "Statut": chiffres.statut_en_mots(x.avancement["statut"], x.avancement.get("motif"))
                if x.avancement
                else "sans cible",
                "À date": formats.pourcentage(x.avancement["taux_a_date"]) if x.avancement else "",
                "Annuel": formats.pourcentage(x.avancement["taux_annuel"]) if x.avancement else "",
                "Global": formats.pourcentage(x.avancement["taux_global"]) if x.avancement else "",
            }
            for x in lectures
        ]
    )
