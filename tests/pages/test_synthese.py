"""The Synthèse shows the published figures, and says nothing they do not."""

import re
from datetime import date

import pandas as pd
import pytest

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE
from pages.ui import chiffres, synthese
from pages.ui.filtres import Referentiel
from tests.pages.conftest import nombre

ETATS = {"secret": "secret", "non_renseigne": "non renseigné", "non_applicable": "sans objet"}


def attendus(base, ids, periode, territoires=None):
    lignes = base.mesures(ids, periode=periode, territoires=territoires).to_dict("records")
    return {c["indicateur"]: c for c in lignes}


def montres(app) -> dict[str, str]:
    return {re.split(r" :\w+-badge", m.label)[0]: m.value for m in app.metric}


def verifier(montre: str, cellule: dict | None) -> None:
    """A displayed figure is the published one: same digits, or the same state."""
    if cellule is None or cellule["etat"] != "valeur":
        assert montre in ETATS.values()
    elif not cellule["exact"] and cellule["valeur"] == 0 and pd.notna(cellule["arrondi"]):
        assert montre.startswith("moins de")
    else:
        indicateur = CATALOGUE[cellule["indicateur"]]
        decimales = 0 if indicateur.unite == "%" and not cellule["exact"] else indicateur.decimales
        assert nombre(montre) == pytest.approx(cellule["valeur"], abs=0.5000001 * 10**-decimales)


@pytest.mark.parametrize("periode", ["2026", "2025", "2025-T2", "depuis_debut"])
def test_every_figure_is_the_published_one(ouvrir, base, periode):
    app = ouvrir()
    app.selectbox(key="periode").set_value(periode).run()
    figures = montres(app)
    publiees = attendus(base, tuple(CATALOGUE), periode)
    assert list(figures)[:5] == [CATALOGUE[i].libelle for i in CINQ_DE_LA_FICHE]
    absents = " ".join(c.value for c in app.caption if c.value.startswith("Sans chiffre pour ce choix"))
    for indicateur in synthese_indicateurs(base):
        libelle = CATALOGUE[indicateur].libelle
        if libelle in figures:
            verifier(figures[libelle], publiees.get(indicateur))
        else:
            assert publiees.get(indicateur, {"etat": "secret"})["etat"] != "valeur"
            assert libelle in absents


def synthese_indicateurs(base) -> list[str]:
    disponibles = set(base.table("indicateur").query("disponible and famille != 'contexte'")["id"])
    return [i for i in CATALOGUE if i in disponibles and not i.startswith(synthese.AILLEURS)]


def test_figures_of_one_quartier_are_its_own(ouvrir, base):
    app = ouvrir()
    libelle = app.multiselect(key="quartiers").options[0]
    lieux = base.table("territoire").query("type == 'qpv'").set_index("nom")["code"]
    app = ouvrir(quartiers=libelle, periode="2025")
    publiees = attendus(base, CINQ_DE_LA_FICHE, "2025", (lieux[libelle],))
    for identifiant in CINQ_DE_LA_FICHE:
        verifier(montres(app)[CATALOGUE[identifiant].libelle], publiees.get(identifiant))


def test_the_status_is_a_symbol_and_a_word(ouvrir, base):
    table = base.table("avancement")
    totaux = table[table["territoire"] == "total"].set_index("indicateur")["statut"]
    badges = " ".join(m.value for m in ouvrir().markdown)
    for identifiant in CINQ_DE_LA_FICHE:
        assert chiffres.statut_en_mots(totaux[identifiant]) in badges


def test_the_sentences_come_from_the_data(ouvrir, base):
    table = base.table("avancement")
    suivis = table[(table["territoire"] == "total") & (table["statut"] != "non_calcule")]
    essentiel = next(m.value for m in ouvrir().markdown if m.value.startswith("- Sur "))
    assert essentiel.startswith(f"- Sur {len(suivis)} indicateurs suivis par une cible")
    pire = suivis.loc[suivis["taux_a_date"].idxmin()]
    assert CATALOGUE[pire["indicateur"]].libelle in essentiel


def test_the_sentences_say_where(ouvrir, base):
    noms = base.table("territoire").query("type == 'qpv'").set_index("code")["nom"]
    derriere = base.table("avancement").query("statut in ('retard', 'surveiller')")
    essentiel = next(m.value for m in ouvrir().markdown if m.value.startswith("- Sur "))
    cites = derriere[derriere["territoire"].isin(noms.index)].groupby("territoire").size().nlargest(4)
    assert len(cites) > 0
    for code, n in cites.items():
        assert f"**{noms[code]}** ({n} indicateur{'s' if n > 1 else ''})" in essentiel


def test_a_status_of_another_date_than_the_figures_is_said(ouvrir):
    note = "Statuts, attendus et cibles : situation au 30 septembre 2026"
    assert not any(c.value.startswith(note) for c in ouvrir().caption)
    assert any(c.value.startswith(note) for c in ouvrir(periode="2024").caption)


REF = Referentiel(("2026", "2025"), (), (), (), date(2024, 1, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("periode", "fin", "attendu"),
    [
        ("2025", date(2026, 9, 30), ("2025", "2024")),
        ("2026", date(2026, 9, 30), ("2026-T3", "2025-T3")),
        ("2026", date(2026, 8, 31), ("2026-T2", "2025-T2")),
        ("2026-T3", date(2026, 9, 30), ("2026-T3", "2025-T3")),
        ("depuis_debut", date(2026, 3, 31), ("2026-T1", "2025-T1")),
        ("depuis_debut", date(2026, 2, 28), ("2025-T4", "2024-T4")),
    ],
)
def test_only_closed_periods_are_compared(periode, fin, attendu):
    ref = Referentiel(("2026",), (), (), (), date(2024, 1, 1), fin)
    assert synthese.periodes_comparees(periode, ref) == attendu


PERSONNES, TAUX = CATALOGUE["participants_suivis"], CATALOGUE["taux_sortie_emploi"]


def cellule(valeur, exact=False, arrondi=5, etat="valeur"):
    return {"valeur": valeur, "etat": etat, "exact": exact, "arrondi": arrondi}


@pytest.mark.parametrize(
    ("indicateur", "maintenant", "avant", "texte", "sens"),
    [
        (PERSONNES, cellule(220.0), cellule(200.0), "+10\u202f% sur un an", 1),
        (PERSONNES, cellule(205.0), cellule(200.0), "stable sur un an", 0),
        (PERSONNES, cellule(202.0, exact=True), cellule(200.0, exact=True), "+1\u202f% sur un an", 1),
        (PERSONNES, cellule(1001.0, exact=True), cellule(1000.0, exact=True), "stable sur un an", 0),
        (PERSONNES, cellule(10.0, exact=True), cellule(12.0, exact=True), "−2 sur un an", -1),
        (TAUX, cellule(50.0), cellule(45.0), "+5\u202fpts sur un an", 1),
        (TAUX, cellule(46.0), cellule(45.0), "stable sur un an", 0),
        (PERSONNES, cellule(None, etat="secret"), cellule(45.0), "évolution non calculée", None),
    ],
)
def test_a_change_that_rounding_can_make_is_no_change(indicateur, maintenant, avant, texte, sens):
    e = chiffres.evolution(maintenant, avant, indicateur, "")
    assert (e.texte, e.sens) == (texte, sens)
