"""What fell behind since the last committee: indicators that were not below the year before, and now are."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import chiffres, donnees, formats
from pages.ui.chiffres import Lecture
from pages.ui.filtres import Filtres, Referentiel

NOMMES = 4  # indicators named in the sentence; the others are counted


def dernier(ref: Referentiel) -> date | None:
    """Date of the latest committee held by the data date, None when no decision was written yet."""
    dates = pd.to_datetime(donnees.table("decision")["date_comite"])
    passees = dates[dates <= pd.Timestamp(ref.date_donnees)]
    return None if passees.empty else passees.max().date()


def trimestre_clos(jour: date) -> str:
    """The last quarter closed before that day."""
    fin = date(jour.year, 3 * ((jour.month - 1) // 3) + 1, 1) - timedelta(days=1)
    return f"{fin.year}-T{(fin.month + 2) // 3}"


def phrase(lectures: list[Lecture], filtres: Filtres, ref: Referentiel) -> str:
    """One sentence, empty without a committee or when no quarter was closed since.

    Quarters are read against the same quarter a year earlier, so that a season never passes for a change.
    """
    jour = dernier(ref)
    alors, depuis = trimestre_clos(jour) if jour else "", trimestre_clos(ref.date_donnees + timedelta(days=1))
    if jour is None or alors >= depuis:
        return ""
    maintenant, avant = _sens(lectures, filtres, depuis), _sens(lectures, filtres, alors)
    recules = [
        x.indicateur.libelle
        for x in lectures
        if maintenant.get(x.indicateur.id) == "red" and avant.get(x.indicateur.id) in ("green", "gray")
    ]
    debut = f"Depuis le comité du {formats.date_longue(jour)}"
    if not recules:
        return f"{debut}, aucun indicateur n'est passé en recul sur un an."
    noms = formats.enumeration([f"« {nom} »" for nom in recules[:NOMMES]])
    reste = len(recules) - NOMMES
    suite = f", et {formats.accord(reste, 'autre', 'autres')}" if reste > 0 else ""
    verbe = "est passé" if len(recules) == 1 else "sont passés"
    return f"{debut}, {verbe} **en recul sur un an** : {noms}{suite} ({formats.periode(depuis)})."


def _sens(lectures: list[Lecture], filtres: Filtres, trimestre: str) -> dict[str, str]:
    """Wanted (green), unwanted (red) or no (gray) change of each indicator over the year that ends with the quarter."""
    choisis = [x.indicateur for x in lectures if x.indicateur.classe != "contexte"]
    ids = tuple(i.id for i in choisis if all(axe in i.axes for axe, _ in filtres.axes))
    if not ids:
        return {}
    il_y_a_un_an = f"{int(trimestre[:4]) - 1}{trimestre[4:]}"
    ici, avant = (
        {str(c["indicateur"]): c for c in formats.lignes(donnees.selon_filtres(ids, (), replace(filtres, periode=p)))}
        for p in (trimestre, il_y_a_un_an)
    )
    lus = {i: chiffres.evolution(ici.get(i, {}), avant.get(i, {}), CATALOGUE[i], "") for i in ids}
    return {i: chiffres.teinte(e, CATALOGUE[i]) for i, e in lus.items() if e.sens is not None}
