"""A template opens, guides, and comes back readable: what it says and offers is what its schema accepts."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from etl import template
from etl.catalog import contrat as contrats
from etl.catalog import nomenclatures, schemas
from etl.catalog.schemas import Field, header_key

CONTRAT = contrats.load(Path(__file__).parents[2] / "data" / "contrat")
TOUS = schemas.names()


@pytest.fixture(scope="module")
def modeles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    dossier = tmp_path_factory.mktemp("modeles") / "neuf"
    return {nom: template.write(nom, dossier, CONTRAT) for nom in TOUS}


def _offered(classeur: openpyxl.Workbook, plage: str) -> list[str]:
    feuille, cellules = plage.removeprefix("=").split("!")
    return [ligne[0].value for ligne in classeur[feuille][cellules.replace("$", "")]]


def _validations(classeur: openpyxl.Workbook) -> dict[int, object]:
    regles = classeur["Données"].data_validations.dataValidation
    return {plage.min_col: regle for regle in regles for plage in regle.sqref.ranges}


@pytest.mark.parametrize("nom", TOUS)
def test_headers_are_the_schema_s_and_are_frozen(modeles: dict[str, Path], nom: str):
    classeur, schema = openpyxl.load_workbook(modeles[nom]), schemas.load(nom)
    assert modeles[nom].name == f"{nom}.xlsx"
    assert [(f.title, f.sheet_state) for f in classeur] == [
        ("Lisez-moi", "visible"), ("Données", "visible"), ("Listes", "hidden"),
    ]  # fmt: skip
    feuille = classeur["Données"]
    assert feuille.freeze_panes == "A2"
    assert feuille.max_row == 1
    titres = [cellule.value for cellule in feuille[1]]
    assert [header_key(titre) for titre in titres] == [header_key(colonne.title) for colonne in schema.fields]
    assert [t.endswith(" *") for t in titres] == [colonne.required for colonne in schema.fields]
    au_choix = {nom for exigence in schema.au_moins_un for choix in exigence for nom in choix}
    attendus = [c.name in au_choix and not c.required and c.name not in schema.identite for c in schema.fields]
    assert [t.endswith(" (*)") for t in titres] == attendus


@pytest.mark.parametrize("nom", TOUS)
def test_the_version_cell_names_schema_and_version(modeles: dict[str, Path], nom: str):
    classeur = openpyxl.load_workbook(modeles[nom])
    feuille, cellule = classeur.defined_names["version_gabarit"].attr_text.split("!")
    assert classeur[feuille.strip("'")][cellule.replace("$", "")].value == f"{nom} {schemas.load(nom).version}"


@pytest.mark.parametrize("nom", TOUS)
def test_drop_downs_offer_what_the_schema_accepts(modeles: dict[str, Path], nom: str):
    classeur, schema = openpyxl.load_workbook(modeles[nom]), schemas.load(nom)
    regles = _validations(classeur)
    assert sorted(regles) == list(range(1, len(schema.fields) + 1))
    for rang, colonne in enumerate(schema.fields, 1):
        regle = regles[rang]
        assert {plage.max_row for plage in regle.sqref.ranges} == {template.LIGNES + 1}
        assert (regle.type == "list") == bool(template.choices(colonne, CONTRAT))
        if regle.type == "list":
            offerts = _offered(classeur, regle.formula1)
            assert offerts == list(template.choices(colonne, CONTRAT))
            if colonne.nomenclature:
                liste = nomenclatures.load(colonne.nomenclature)
                assert [liste.code(texte) for texte in offerts] == list(liste.codes)


@pytest.mark.parametrize("nom", TOUS)
def test_checks_and_their_messages_are_in_french(modeles: dict[str, Path], nom: str):
    schema = schemas.load(nom)
    regles = _validations(openpyxl.load_workbook(modeles[nom]))
    for rang, colonne in enumerate(schema.fields, 1):
        regle = regles[rang]
        assert regle.promptTitle
        assert regle.prompt
        assert len(regle.prompt) <= 255
        if regle.type != "list":
            types = {"date": "date", "integer": "whole", "number": "decimal", "string": "textLength"}
            assert regle.type in (types[colonne.type], None)
        if regle.type is not None:
            assert regle.errorTitle == "Valeur non acceptée"
            assert regle.error.startswith("Attendu : ")
            assert len(regle.error) <= 255


@pytest.mark.parametrize("nom", TOUS)
def test_no_cell_holds_a_formula(modeles: dict[str, Path], nom: str):
    with zipfile.ZipFile(modeles[nom]) as archive:
        feuilles = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert feuilles
        assert not any(b"<f>" in archive.read(n) or b"<f " in archive.read(n) for n in feuilles)
        assert not any(n.startswith("xl/externalLinks") or "vbaProject" in n for n in archive.namelist())


@pytest.mark.parametrize("nom", TOUS)
def test_the_read_me_says_who_when_how_and_what(modeles: dict[str, Path], nom: str):
    schema, lignes = schemas.load(nom), openpyxl.load_workbook(modeles[nom])["Lisez-moi"].iter_rows(values_only=True)
    cellules = [str(valeur) for ligne in lignes for valeur in ligne if valeur is not None]
    texte = "\n".join(cellules)
    assert f"Modèle de fichier : {schema.title}" in cellules
    assert CONTRAT.nom in cellules
    assert "Aucun commentaire libre" in texte
    assert "Aucun nom de personne" in texte
    assert ("Exception" in texte) == bool(schema.identite)
    assert f"{nom}_2026" in texte
    assert "Au-delà de 20 % de lignes refusées" in texte
    for colonne in schema.fields:
        assert colonne.title in cellules
        assert colonne.description in cellules
    for partenaire in CONTRAT.partenaires:
        livre = any(livraison.schema == nom for livraison in partenaire.livraisons)
        assert (partenaire.nom in texte) == livre


def _typed(colonne: Field) -> object:
    """What a partner would type: the example, as the label the drop-down offers."""
    if template.choices(colonne, CONTRAT):
        return template.choices(colonne, CONTRAT)[0]
    return colonne.example


@pytest.mark.parametrize("nom", TOUS)
def test_a_filled_template_reads_back_the_same(modeles: dict[str, Path], tmp_path: Path, nom: str):
    schema = schemas.load(nom)
    classeur = openpyxl.load_workbook(modeles[nom])
    saisie = [_typed(colonne) for colonne in schema.fields]
    classeur["Données"].append(saisie)
    classeur.save(tmp_path / f"{nom}.xlsx")

    lu = CalamineWorkbook.from_path(str(tmp_path / f"{nom}.xlsx")).get_sheet_by_name("Données").to_python()
    assert [header_key(str(titre)) for titre in lu[0]] == [header_key(colonne.title) for colonne in schema.fields]
    assert lu[1:] == [saisie]
    assert [cellule.value for cellule in openpyxl.load_workbook(tmp_path / f"{nom}.xlsx")["Données"][2]] == saisie


@pytest.mark.parametrize("nom", TOUS)
def test_the_header_of_a_template_is_recognised_among_all(modeles: dict[str, Path], nom: str):
    titres = [header_key(c.value) for c in openpyxl.load_workbook(modeles[nom])["Données"][1]]
    trouves = {
        autre: sum(any(titre in colonne.headers for titre in titres) for colonne in schemas.load(autre).fields)
        for autre in TOUS
        if all(any(t in c.headers for t in titres) for c in schemas.load(autre).fields if c.required)
    }
    assert trouves[nom] == len(titres)
    assert all(nombre < len(titres) for autre, nombre in trouves.items() if autre != nom)


def test_the_same_template_is_written_twice(tmp_path: Path):
    premier = template.write("participants", tmp_path / "a", CONTRAT).read_bytes()
    assert template.write("participants", tmp_path / "b", CONTRAT).read_bytes() == premier


def test_an_unknown_contract_writes_nothing(tmp_path: Path):
    with pytest.raises(KeyError):
        template.write("inconnu", tmp_path, CONTRAT)
    assert list(tmp_path.iterdir()) == []
