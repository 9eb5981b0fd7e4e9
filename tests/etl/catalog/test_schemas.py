"""Every Table Schema is well formed, complete, and refuses by its rules exactly what they say."""

import json
import re
from datetime import datetime

import duckdb
import pytest

from etl.catalog import nomenclatures, schemas
from etl.catalog.schemas import NATURES, Field, Schema

TOUS = (*schemas.names(), *schemas.steering_names())
QUINZE = {
    "acteurs", "permanences", "interventions", "participants", "etapes", "freins", "orientations", "sorties",
    "confiance", "entreprises", "parrainages", "projets", "rencontres", "frequentation", "financements",
}  # fmt: skip
CONTRAINTES = {"required", "unique", "minimum", "maximum", "minLength", "maxLength", "pattern", "enum"}
TYPES = {
    "date": "date", "entier": "integer", "annee": "integer", "decimal": "number", "montant": "number",
    "latitude": "number", "longitude": "number",
}  # fmt: skip

tous = pytest.mark.parametrize("schema", [schemas.load(nom) for nom in TOUS], ids=TOUS)


def _raw(nom: str) -> dict:
    return json.loads((schemas.DOSSIER / f"{nom}.json").read_text(encoding="utf-8"))


def test_the_fifteen_contracts_and_the_five_steering_tables_exist():
    assert set(schemas.names()) == QUINZE
    assert len(schemas.names()) == 15
    assert set(schemas.steering_names()) == {"cibles", "evenements", "commentaires", "decisions", "objectifs"}
    with pytest.raises(KeyError):
        schemas.load("inconnu")


def test_contracts_come_after_those_they_refer_to():
    rangs = {nom: rang for rang, nom in enumerate(schemas.names())}
    assert rangs["acteurs"] == 0
    for nom in rangs:
        schema = schemas.load(nom)
        cites = {cle.resource for cle in schema.foreign_keys} | {c.reference for c in schema.fields if c.reference}
        assert all(rangs[cite] < rangs[nom] for cite in cites)


@tous
def test_a_schema_is_valid_table_schema(schema: Schema):
    brut = _raw(schema.name)
    assert brut["name"] == schema.name
    assert all(isinstance(valeur, str) for valeur in brut["missingValues"])
    assert "" in brut["missingValues"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", schema.version)
    noms = [colonne["name"] for colonne in brut["fields"]]
    assert len(noms) == len(set(noms))
    for colonne in brut["fields"]:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", colonne["name"])
        assert set(colonne.get("constraints", {})) <= CONTRAINTES
    assert brut["primaryKey"]
    assert set(brut["primaryKey"]) <= set(noms)
    for cle in brut.get("foreignKeys", []):
        assert len(cle["fields"]) == len(cle["reference"]["fields"])


@tous
def test_a_schema_says_what_each_column_is(schema: Schema):
    assert schema.title.strip()
    assert schema.description.strip().endswith((".", "…"))
    for colonne in schema.fields:
        assert colonne.title.strip()
        assert len(colonne.title) <= 60
        assert colonne.description.strip().endswith((".", "?")), colonne.description
        assert str(colonne.example).strip()
        assert colonne.nature in NATURES
        assert colonne.type == TYPES.get(colonne.nature, "string")


@tous
def test_lists_and_references_point_to_something(schema: Schema):
    for colonne in schema.fields:
        if colonne.nature in ("enumeration", "booleen"):
            assert colonne.nomenclature
            assert colonne.enum == tuple(nomenclatures.load(colonne.nomenclature).codes)
        if colonne.nature == "liste":
            assert (colonne.nomenclature is None) != (colonne.element is None)
            assert colonne.nomenclature is None or nomenclatures.load(colonne.nomenclature)
            assert colonne.element in (None, "qpv", "identifiant")
            assert (colonne.element == "identifiant") == (colonne.reference is not None)
        if colonne.defaut:
            assert colonne.defaut in colonne.enum
    for cle in schema.foreign_keys:
        cible = schemas.load(cle.resource)
        assert set(cle.fields) <= {colonne.name for colonne in schema.fields}
        assert cle.cible_fields == cible.primary_key or set(cle.cible_fields) <= set(cible.primary_key)


@tous
def test_what_the_loader_needs_names_columns_that_exist(schema: Schema):
    noms = {colonne.name for colonne in schema.fields}
    assert schema.portee_cle in ("contrat", "dossier")
    assert schema.date_principale is None or schema.field(schema.date_principale).nature == "date"
    assert {nom for exigence in schema.au_moins_un for choix in exigence for nom in choix} <= noms
    assert set(schema.identite) <= noms
    assert schema.identite == (("nom", "prenom", "date_naissance") if schema.name == "participants" else ())
    assert [c.name for c in schema.stored_fields] == [c.name for c in schema.fields if c.name not in schema.identite]
    assert len({regle.code for regle in schema.regles}) == len(schema.regles)
    for regle in schema.regles:
        assert regle.colonnes
        assert set(regle.colonnes) <= noms - set(schema.identite)


@tous
def test_no_header_names_two_columns(schema: Schema):
    vus: dict[str, str] = {}
    for colonne in schema.fields:
        assert all(colonne.headers)
        for titre in colonne.headers:
            assert vus.setdefault(titre, colonne.name) == colonne.name, titre


@tous
def test_an_example_satisfies_its_own_column(schema: Schema):
    for colonne in schema.fields:
        assert _faults(colonne) == [], colonne.name


def _faults(colonne: Field) -> list[str]:
    texte, fautes = str(colonne.example), []
    if colonne.type == "date":
        datetime.strptime(texte, "%Y-%m-%d" if colonne.format == "default" else colonne.format)
    if colonne.type == "integer" and not isinstance(colonne.example, int):
        fautes.append("not an integer")
    if colonne.type in ("integer", "number"):
        mini, maxi = colonne.minimum, colonne.maximum
        if (mini is not None and colonne.example < mini) or (maxi is not None and colonne.example > maxi):
            fautes.append("out of bounds")
    if colonne.enum and texte not in colonne.enum:
        fautes.append("not in the list")
    if colonne.pattern and not re.fullmatch(colonne.pattern, texte):
        fautes.append("not of the pattern")
    if colonne.max_length and len(texte) > colonne.max_length:
        fautes.append("too long")
    if colonne.nature == "liste" and colonne.nomenclature:
        codes = nomenclatures.load(colonne.nomenclature).codes
        fautes += [item for item in texte.split("|") if item not in codes]
    if colonne.nature == "siret" and not _luhn(texte):
        fautes.append("false SIRET")
    return fautes


def _luhn(chiffres: str) -> bool:
    doubles = [int(c) * (1 + rang % 2) for rang, c in enumerate(reversed(chiffres))]
    return sum(d // 10 + d % 10 for d in doubles) % 10 == 0


SQL_TYPES = {"date": "DATE", "integer": "INTEGER", "number": "DOUBLE", "string": "VARCHAR"}

# For each rule of each contract: rows at fault, and rows just inside the limit.
CAS = {
    ("acteurs", "point_incomplet"): ([{"latitude": 46.6}, {"longitude": 1.9}], [{"latitude": 46.6, "longitude": 1.9}]),
    ("acteurs", "fin_avant_debut"): (
        [{"date_debut": "2025-01-02", "date_fin": "2025-01-01"}],
        [{"date_debut": "2025-01-01", "date_fin": "2025-01-01"}],
    ),
    ("permanences", "point_incomplet"): ([{"latitude": 46.6}], [{"latitude": 46.6, "longitude": 1.9}]),
    ("permanences", "fin_avant_debut"): (
        [{"date_debut": "2025-01-02", "date_fin": "2025-01-01"}],
        [{"date_debut": "2025-01-02"}],
    ),
    ("permanences", "heure_fin_avant_debut"): (
        [{"heure_debut": "14:00", "heure_fin": "09:30"}, {"heure_debut": "14:00", "heure_fin": "14:00"}],
        [{"heure_debut": "09:30", "heure_fin": "14:00"}, {"heure_debut": "09:30"}],
    ),
    ("interventions", "point_incomplet"): ([{"longitude": 1.9}], [{"latitude": 46.6, "longitude": 1.9}]),
    ("interventions", "premieres_rencontres_trop_nombreuses"): (
        [{"personnes_rencontrees": 4, "dont_premieres_rencontres": 5}],
        [{"personnes_rencontrees": 5, "dont_premieres_rencontres": 5}, {"personnes_rencontrees": 0}],
    ),
    ("interventions", "orientees_trop_nombreuses"): (
        [{"personnes_rencontrees": 4, "personnes_orientees": 5}],
        [{"personnes_rencontrees": 5, "personnes_orientees": 5}],
    ),
    ("participants", "entree_avant_reperage"): (
        [{"date_reperage": "2025-02-02", "date_entree": "2025-02-01"}],
        [{"date_reperage": "2025-02-02", "date_entree": "2025-02-02"}, {"date_entree": "2025-02-02"}],
    ),
    ("participants", "age_hors_limites"): (
        [
            {"date_entree": "2025-02-01", "annee_naissance": 2012},
            {"date_entree": "2025-02-01", "annee_naissance": 1925},
            {"date_reperage": "2025-02-01", "annee_naissance": 2025},
        ],
        [
            {"date_entree": "2025-02-01", "annee_naissance": 2011},
            {"date_entree": "2025-02-01", "annee_naissance": 1926},
            {"date_entree": "2025-02-01"},
        ],
    ),
    ("participants", "age_et_tranche_contradictoires"): (
        [
            {"date_entree": "2025-02-01", "annee_naissance": 1998, "tranche_age": "moins_26"},
            {"date_entree": "2025-02-01", "annee_naissance": 2000, "tranche_age": "26_49"},
            {"date_entree": "2025-02-01", "annee_naissance": 1974, "tranche_age": "26_49"},
            {"date_entree": "2025-02-01", "annee_naissance": 1976, "tranche_age": "50_et_plus"},
        ],
        [
            # The birthday may fall after the entry: one year either side is no contradiction.
            {"date_entree": "2025-02-01", "annee_naissance": 1999, "tranche_age": "moins_26"},
            {"date_entree": "2025-02-01", "annee_naissance": 1999, "tranche_age": "26_49"},
            {"date_entree": "2025-02-01", "annee_naissance": 1975, "tranche_age": "26_49"},
            {"date_entree": "2025-02-01", "annee_naissance": 1975, "tranche_age": "50_et_plus"},
            {"date_entree": "2025-02-01", "annee_naissance": 1975, "tranche_age": "non_renseigne"},
        ],
    ),
    ("freins", "levee_avant_identification"): (
        [{"date_identification": "2025-03-02", "date_levee": "2025-03-01"}],
        [{"date_identification": "2025-03-02", "date_levee": "2025-03-02"}, {"date_identification": "2025-03-02"}],
    ),
    ("freins", "orientation_avant_identification"): (
        [{"date_identification": "2025-03-02", "date_orientation": "2025-03-01"}],
        [{"date_identification": "2025-03-02", "date_orientation": "2025-03-02"}],
    ),
    ("orientations", "statut_avant_orientation"): (
        [{"date": "2025-03-02", "date_statut": "2025-03-01"}],
        [{"date": "2025-03-02", "date_statut": "2025-03-02"}, {"date": "2025-03-02"}],
    ),
    ("parrainages", "fin_avant_debut"): (
        [{"date_debut": "2025-01-02", "date_fin": "2025-01-01"}],
        [{"date_debut": "2025-01-02", "date_fin": "2025-01-02"}],
    ),
    ("projets", "active_apres_cessation"): (
        [{"statut_12_mois": "cessee", "statut_36_mois": "active"}],
        [{"statut_12_mois": "inconnu", "statut_36_mois": "active"}, {"statut_12_mois": "cessee"}],
    ),
    ("cibles", "palier_avant_depart"): (
        [{"annee": 2023, "annee_initiale": 2024}],
        [{"annee": 2024, "annee_initiale": 2024}],
    ),
    ("decisions", "echeance_avant_comite"): (
        [{"date_comite": "2026-06-18", "echeance": "2026-06-17"}],
        [{"date_comite": "2026-06-18"}],
    ),
    ("objectifs", "fin_avant_debut"): ([{"annee_debut": 2030, "annee_fin": 2024}], [{"annee_debut": 2024}]),
}  # fmt: skip


def test_every_rule_has_its_cases():
    assert set(CAS) == {(nom, regle.code) for nom in TOUS for regle in schemas.load(nom).regles}


@pytest.mark.parametrize(("nom", "code"), CAS, ids="-".join)
def test_a_rule_is_true_on_the_rows_at_fault_only(nom: str, code: str):
    schema = schemas.load(nom)
    regle = next(regle for regle in schema.regles if regle.code == code)
    fautives, justes = CAS[nom, code]
    colonnes = ", ".join(f'"{c.name}" {SQL_TYPES[c.type]}' for c in schema.stored_fields if c.nature != "liste")
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t ({colonnes})")
        for ligne in (*fautives, *justes, {}):
            noms, valeurs = list(ligne) or [schema.fields[0].name], list(ligne.values()) or [None]
            marques = ", ".join("?" for _ in valeurs)
            con.execute(f"INSERT INTO t ({', '.join(noms)}) VALUES ({marques})", valeurs)
        verdicts = [bool(faute) for (faute,) in con.execute(f"SELECT {regle.sql} FROM t").fetchall()]
    assert verdicts == [True] * len(fautives) + [False] * (len(justes) + 1)
