"""Readers of cells: any text is a value, nothing, or a fault told in French; never another error."""

from datetime import date

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etl.catalog import schemas
from etl.validate.natures import SEPARATEUR, TYPES, Lecteur
from etl.validate.valeurs import dates, nombres, points, textes
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.defaut import Defaut, quote
from etl.validate.valeurs.quartiers import Quartiers
from tests.etl.validate.depot_essai import JOUR, contrat

CONTEXTE = Contexte(contrat(), JOUR)
LECTEURS = [Lecteur(schemas.load(nom), CONTEXTE, Quartiers(contrat())) for nom in schemas.names()]
# One column of each kind that is read differently.
COLONNES = {
    (champ.nature, champ.nomenclature, champ.element, champ.pattern): (lecteur, champ)
    for lecteur in LECTEURS
    for champ in lecteur.schema.stored_fields
}
CELLULES = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789/-.,: hHTZ+€kE|;'\u00a0\u202f()", max_size=24),
    st.sampled_from(
        ["QN99901N", "Les Lilas", "lundi, mardi", "1er mars 2025", "0612345678", "31/12/9999", "+", "-", "'"]
    ),
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(COLONNES, key=str)), CELLULES)
@example(("date", None, None, None), "2025-03-02T25:61:00Z")
@example(("date", None, None, None), "²²/02/2025")
@example(("entier", None, None, None), "٣")
@example(("montant", None, None, None), "9" * 400)
@example(("entier", None, None, None), "9" * 400)
def test_any_text_is_read_or_refused_and_what_is_read_can_be_cast(colonne, texte):
    lecteur, champ = COLONNES[colonne]
    try:
        lu = lecteur.read(champ, texte)
    except Defaut as defaut:
        assert defaut.texte.endswith(".") and defaut.correction.endswith((".", "…"))
        return
    valeur = SEPARATEUR.join(lu) if isinstance(lu, list) else lu
    genre = TYPES.get(champ.nature, "VARCHAR")
    if valeur and genre != "VARCHAR[]":
        duckdb.execute(f"SELECT CAST($1 AS {genre})", [valeur])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=200))
def test_a_quoted_value_fits_on_one_line(texte):
    cite = quote(texte)
    assert len(cite) <= 64 and cite[0] == cite[-1] == '"' and cite.count('"') == 2
    assert cite.isprintable()


def test_canonical_spellings_read_alike_in_sql_and_in_python():
    """What SQL recognises by itself has the value the Python reader gives it."""
    exemples = {
        "date": "05/09/2025", "entier": "12", "annee": "1990", "montant": "12,5", "heure": "09:30",
        "identifiant": "p-001", "texte": "Café du marché", "qpv": "QN99901N",
    }  # fmt: skip
    for nature, exemple in exemples.items():
        lecteur, champ = next((le, c) for (n, _, _, motif), (le, c) in COLONNES.items()
                              if n == nature and (motif is None or n == "heure"))  # fmt: skip
        lu = duckdb.execute(f"SELECT {lecteur.canonical_sql(champ, 'x')} FROM (SELECT $1 AS x)", [exemple]).fetchall()
        attendu = lecteur.read(champ, exemple)
        genre = TYPES.get(nature, "VARCHAR")
        assert lu == duckdb.execute(f"SELECT CAST($1 AS {genre})", [attendu]).fetchall(), nature


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("9h30", "09:30"),
        ("9 h", "09:00"),
        ("14:05:59", "14:05"),
        ("9", "09:00"),
        ("0,395833", "09:30"),
        ("0.5", "12:00"),
    ],
)
def test_times(texte, attendu):
    assert dates.read_time(texte) == attendu


@pytest.mark.parametrize("texte", ["24:00", "9h75", "matin", "9:3", "1230"])
def test_what_is_no_time(texte):
    with pytest.raises(Defaut):
        dates.read_time(texte)


def test_birth_dates_never_guess_a_century():
    with pytest.raises(Defaut, match="deux chiffres"):
        dates.read_date("05/09/90", JOUR, naissance=True)
    with pytest.raises(Defaut, match="calendrier"):
        dates.read_date("32756", JOUR, naissance=True)
    assert dates.read_date("5 septembre 1990", JOUR, naissance=True) == date(1990, 9, 5)


@pytest.mark.parametrize(
    ("texte", "attendu"), [("12", "12"), ("12,0", "12"), ("1 234", "1234"), ("+3", "3"), ("-0", "0")]
)
def test_integers(texte, attendu):
    assert nombres.read_integer(texte) == attendu


@pytest.mark.parametrize("siret", ["35600000000048", "73282932000074", "  732829320 00074"])
def test_siret_keys(siret):
    assert len(textes.read_siret(siret)) == 14


@pytest.mark.parametrize(("x", "y"), [(652469.02, 6862035.26), (1220000.0, 6100000.0), (100000.0, 6900000.0)])
def test_lambert_93_agrees_with_the_reference_library(x, y):
    import pyproj

    longitude, latitude = pyproj.Transformer.from_crs(2154, 4326, always_xy=True).transform(x, y)
    assert points.from_lambert93(x, y) == pytest.approx((latitude, longitude), abs=1e-7)
