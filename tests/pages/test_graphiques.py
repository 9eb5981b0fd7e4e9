"""Charts say what the frame holds: holes stay holes, the target is where it should be, French separators."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from pages.ui import formats, gabarit, graphiques, identite

ANNEES = pd.DataFrame(
    {
        "annee": [2024, 2025, 2026],
        "valeur": [100.0, None, 90.0],
        "texte": ["100", "secret", "90"],
        "en_cours": [False, False, True],
    }
)
TRIMESTRES = pd.DataFrame(
    {
        "debut": [date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1)],
        "valeur": [10.0, None, 12.0],
        "texte": ["10", "secret", "12"],
    }
)
JALONS = [(2024, 100.0), (2027, 130.0), (2030, 160.0)]


def test_counts_are_bars_the_open_year_is_hatched_and_the_path_dashed():
    figure = graphiques.trajectoire(ANNEES, JALONS, "personnes")
    clos, ouvert, chemin = figure.data
    assert (list(clos.x), list(clos.y)) == ([2024, 2025], [100.0, None])
    assert (list(ouvert.x), list(ouvert.y), ouvert.marker.pattern.shape) == ([2026], [90.0], "/")
    assert (list(chemin.x), list(chemin.y)) == ([2024, 2027, 2030], [100.0, 130.0, 160.0])
    assert (chemin.line.dash, chemin.marker.symbol, chemin.text[-1]) == ("dash", "diamond", "cible 2030 : 160")


def test_each_year_carries_its_value_or_its_state():
    axe = graphiques.trajectoire(ANNEES, JALONS, "personnes").layout.xaxis
    assert list(axe.tickvals) == list(range(2024, 2031))
    assert axe.ticktext[:4] == ("2024<br><b>100</b>", "2025<br><b>secret</b>", "2026<br><b>90</b>", "2027")


def test_rates_are_a_line():
    figure = graphiques.trajectoire(ANNEES, [], "%", cumulable=False)
    assert [t.type for t in figure.data] == ["scatter"]


def test_a_hidden_quarter_is_a_hole_never_bridged():
    (ligne,) = graphiques.chronique(TRIMESTRES, "personnes").data
    assert list(ligne.y) == [10.0, None, 12.0]
    assert ligne.connectgaps is False


SUITE = pd.DataFrame({"debut": [date(2026, 1, 1)], "valeur": [13.0], "bas": [9.0], "haut": [17.0], "texte": ["13"]})
RECUS = pd.DataFrame({"debut": [date(2025, 1, 1)], "part": [80.0], "texte": ["8 sur 10"]})


def test_the_projection_is_dashed_inside_its_interval_and_apart_from_the_facts():
    figure = graphiques.chronique(TRIMESTRES, "personnes", projection=SUITE)
    faits, haut, bas, suite = figure.data
    assert list(faits.y) == [10.0, None, 12.0]
    assert (list(haut.y), list(bas.y), bas.fill) == ([17.0], [9.0], "tonexty")
    assert (suite.name, list(suite.y), suite.line.dash) == ("Projection", [13.0], "dash")
    assert figure.layout.yaxis.range[1] >= 17


def test_what_was_received_is_a_strip_of_its_own():
    figure = graphiques.chronique(TRIMESTRES, "personnes", completude=RECUS)
    assert (figure.data[1].yaxis, list(figure.data[1].y)) == ("y2", [80.0])
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


def test_events_are_numbered_on_the_axis():
    figure = graphiques.trajectoire(ANNEES, JALONS, "personnes", evenements=[(date(2024, 7, 1), "Signature")])
    assert figure.layout.shapes[0].x0 == pytest.approx(2024, abs=0.01)
    assert [a.text for a in figure.layout.annotations] == ["(1)"]


def test_bars_keep_their_order_and_mark_the_reference():
    lignes = pd.DataFrame({"libelle": ["Nord", "Sud"], "valeur": [3.0, None], "texte": ["3", "secret"]})
    figure = graphiques.barres(lignes, "personnes", reference=("contrat", 5.0))
    assert list(figure.data[0].y) == ["Nord", "Sud"]
    assert list(figure.data[0].text) == ["3", "secret"]
    assert figure.layout.shapes[0].x0 == 5.0
    assert figure.layout.yaxis.autorange == "reversed"


@pytest.mark.parametrize("valeurs", [[4.0, 6.0], [40.0, None]])
def test_small_multiples_share_one_scale(valeurs):
    serie = pd.DataFrame({"abscisse": ["T1 2025", "T2 2025"], "valeur": valeurs, "texte": ["a", "b"]})
    assert graphiques.panneau(serie, 50.0).layout.yaxis.range == pytest.approx((0, 55.0))


def test_one_template_for_all():
    for figure in (graphiques.trajectoire(ANNEES, JALONS, "personnes"), graphiques.chronique(TRIMESTRES, "jours")):
        assert figure.layout.separators == f",{formats.FINE}"
        assert figure.layout.xaxis.tickfont.color == identite.ENCRE_PALE
        assert figure.layout.yaxis.title.text in ("personnes", "jours")
        assert figure.layout.xaxis.fixedrange


def test_plotly_speaks_french():
    francais = gabarit.CONFIG["locales"]["fr"]["format"]
    assert francais["months"][0] == "Janvier"
    assert francais["decimal"] == "," and francais["thousands"] == formats.FINE
    assert gabarit.CONFIG["modeBarButtons"] == [["toImage"]]


def _contraste(a: str, b: str) -> float:
    def luminance(couleur: str) -> float:
        canaux = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        lineaires = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux]
        return 0.2126 * lineaires[0] + 0.7152 * lineaires[1] + 0.0722 * lineaires[2]

    clair, sombre = sorted((luminance(a), luminance(b)), reverse=True)
    return (clair + 0.05) / (sombre + 0.05)


def test_every_series_can_be_seen_and_every_text_read():
    fond = identite.couleur("backgroundColor")
    assert min(_contraste(c, fond) for c in identite.categories()) >= 3
    assert _contraste(identite.ENCRE_PALE, identite.couleur("secondaryBackgroundColor")) >= 4.5
    for nom in ("blue", "green", "orange", "red", "gray"):
        assert _contraste(identite.couleur(f"{nom}TextColor"), identite.couleur(f"{nom}BackgroundColor")) >= 4.5


def test_status_colours_of_the_theme_are_those_of_the_targets():
    from etl.targets import STATUTS
    from pages.ui.chiffres import COULEURS

    for code, statut in STATUTS.items():
        assert identite.couleur(f"{COULEURS[code]}Color") == statut.couleur


def test_figures_are_valid_for_plotly():
    """The template skips Plotly's validation at run time; here every chart goes through it."""
    lignes = pd.DataFrame({"libelle": ["Nord"], "valeur": [3.0], "texte": ["3"]})
    serie = pd.DataFrame({"abscisse": ["T1"], "valeur": [4.0], "texte": ["4"]})
    for figure in (
        graphiques.trajectoire(ANNEES, JALONS, "personnes", evenements=[(date(2024, 7, 1), "Signature")]),
        graphiques.trajectoire(ANNEES, JALONS, "%", cumulable=False),
        graphiques.chronique(TRIMESTRES, "jours", projection=SUITE, completude=RECUS),
        graphiques.barres(lignes, "personnes", reference=("contrat", 5.0)),
        graphiques.panneau(serie, 50.0, reference=serie),
    ):
        go.Figure(figure.to_dict())
