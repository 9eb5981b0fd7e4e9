"""The dictionary in the repository is the one the schemas give."""

from pathlib import Path

from etl.catalog import dictionnaire, nomenclatures, schemas

FICHIER = Path(__file__).parents[3] / "docs" / "dictionnaire.md"


def test_the_committed_dictionary_is_fresh():
    assert FICHIER.read_text(encoding="utf-8") == dictionnaire.render(), (
        "relancez : python -m etl.catalog.dictionnaire > docs/dictionnaire.md"
    )


def test_each_contract_column_and_list_has_its_line():
    texte = dictionnaire.render()
    for nom in (*schemas.names(), *schemas.steering_names()):
        assert f"\n### {nom}\n" in texte
        for colonne in schemas.load(nom).fields:
            assert f"| `{colonne.name}` | {colonne.title} |" in texte
    for liste in nomenclatures.names():
        assert f"\n### {liste}\n" in texte


def test_titles_are_unique_so_that_links_lead_somewhere():
    titres = [ligne for ligne in dictionnaire.render().splitlines() if ligne.startswith("### ")]
    assert len(titres) == len(set(titres))
