"""The producer's own tables of which a mirror holds an extract: same rows, from the layout it publishes."""

from pathlib import Path

import pytest
import xlsxwriter

from etl.catalog import sources
from etl.public import bpe, chomage_zone_emploi, content, fleuves
from etl.public.content import FichierFautif
from tests.etl.territories.lignes import rows


@pytest.mark.parametrize("premiere", ["9901", 9901.0])
def test_unemployment_in_the_producer_s_workbook(tmp_path: Path, premiere: str | float) -> None:
    with xlsxwriter.Workbook(tmp_path / "chomage_zones_emploi.xlsx") as classeur:
        classeur.add_worksheet("Documentation").write(0, 0, "Taux de chômage localisés")
        feuille = classeur.add_worksheet("txcho_ze")
        feuille.write(0, 0, "Taux de chômage localisés par zone d'emploi")
        feuille.write_row(5, 0, ["ZE2020", "LIBZE2020", "REG", "LIBREG", "2020-T4", "2021-T1", "2021-T2"])
        feuille.write_row(6, 0, [premiere, "Villeneuve", "99", "Ici", 8.1, 7.4, "nd"])
        feuille.write_row(7, 0, ["0061", "Loin", "99", "Ici", 5.0, 5, 6.5])
        feuille.write(9, 0, "Source : Insee, estimations de taux de chômage localisés.")
    content.check(tmp_path / "chomage_zones_emploi.xlsx", sources.get("chomage_zone_emploi").fichiers[0])
    assert rows(chomage_zone_emploi.load(tmp_path)) == [
        ("9901", "Villeneuve", "2021-T1", 7.4),
        ("9901", "Villeneuve", "2021-T2", None),
        ("0061", "Loin", "2021-T1", 5.0),
        ("0061", "Loin", "2021-T2", 6.5),
    ]
    assert len(chomage_zone_emploi.load(tmp_path, "0061")) == 2


def test_a_workbook_without_quarters_is_said(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "chomage_zones_emploi.xlsx") as classeur:
        classeur.add_worksheet().write_row(0, 0, ["ZE2020", "LIBZE2020", "Année 2021"])
    with pytest.raises(FichierFautif, match="aucune feuille n'a de trimestres"):
        chomage_zone_emploi.load(tmp_path)


BPE = """GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_TYPE;BPE_MEASURE;TIME_PERIOD;OBS_VALUE
99001;COM;D;D502;FACILITIES;2024;2
99001;COM;D;D504;FACILITIES;2024;1
99001;COM;A;A206;FACILITIES;2024;4
99001;COM;A;A101;FACILITIES;2024;9
99;DEP;A;A206;FACILITIES;2024;50
99001;COM;A;A206;FACILITIES;2023;7
99002;COM;C;C201;FACILITIES;2024;1
"""


def test_equipment_in_the_producer_s_table(tmp_path: Path) -> None:
    """Codes added up by kind; other territories, other years and codes of no kind are left out."""
    (tmp_path / "bpe_communes.csv").write_text(BPE, encoding="utf-8")
    content.check(tmp_path / "bpe_communes.csv", sources.get("bpe").fichiers[0])
    assert rows(bpe.load(tmp_path)) == [("99001", "creche", 3), ("99001", "poste", 4), ("99002", "college", 1)]
    assert rows(bpe.load(tmp_path, {"99002"})) == [("99002", "college", 1)]
    (tmp_path / "bpe_communes.csv").write_text(BPE.replace(";2024;", ";2025;"), encoding="utf-8")
    with pytest.raises(FichierFautif, match="aucun équipement compté par commune en 2024"):
        bpe.load(tmp_path)


def test_rivers_under_the_names_of_the_service(tmp_path: Path) -> None:
    fleuve = (Path(__file__).parent / "extraits" / "fleuves.geojson").read_text(encoding="utf-8")
    (tmp_path / "fleuves_loire_cher.geojson").write_text(fleuve, encoding="utf-8")
    du_miroir = fleuves.load(tmp_path)
    (tmp_path / "fleuves_loire_cher.geojson").unlink()
    servi = fleuve.replace("NomEntiteH", "NomEntiteHydrographique")
    (tmp_path / "fleuves_loire_cher.json").write_text(servi, encoding="utf-8")
    content.check(tmp_path / "fleuves_loire_cher.json", sources.get("fleuves").fichiers[0])
    assert fleuves.load(tmp_path).equals(du_miroir)
