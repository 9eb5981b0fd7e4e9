"""The order of deliveries comes from the period in the name, then the name; never from the file's date."""

import os
from datetime import date

import pytest

from etl.intake.depot import drop_path, list_files, period, rank, sha256


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("participants_2026T3.xlsx", ("2026-T3", date(2026, 7, 1), date(2026, 9, 30))),
        ("participants-2026-T1.csv", ("2026-T1", date(2026, 1, 1), date(2026, 3, 31))),
        ("participants 2026 t4.csv", ("2026-T4", date(2026, 10, 1), date(2026, 12, 31))),
        ("participants T1 2025.csv", ("2025-T1", date(2025, 1, 1), date(2025, 3, 31))),
        ("participants 1er trim. 2025.csv", ("2025-T1", date(2025, 1, 1), date(2025, 3, 31))),
        ("participants_3e-trimestre-2026.csv", ("2026-T3", date(2026, 7, 1), date(2026, 9, 30))),
        ("participants 2025-T3 2026-01-15.csv", ("2025-T3", date(2025, 7, 1), date(2025, 9, 30))),
        ("etapes_2024-02.csv", ("2024-02", date(2024, 2, 1), date(2024, 2, 29))),
        ("etapes_2026.csv", ("2026", date(2026, 1, 1), date(2026, 12, 31))),
        ("etapes_2026-13.csv", ("2026", date(2026, 1, 1), date(2026, 12, 31))),
        ("mission-locale-20261121-101500.xlsx", None),
        ("etapes.csv", None),
    ],
)
def test_the_period_is_read_in_the_name(nom, attendu):
    lue = period(nom)
    assert (lue and (lue.texte, lue.debut, lue.fin)) == attendu


def test_files_come_in_the_order_of_their_periods(tmp_path):
    noms = [
        "b/etapes_2026-T2.csv",
        "a/etapes_2026-01.csv",
        "c/etapes.csv",
        "a/etapes_2025.csv",
        "b/etapes_2026-T2b.csv",
    ]
    for rang, nom in enumerate(noms):
        (tmp_path / nom).parent.mkdir(exist_ok=True)
        (tmp_path / nom).write_text("x")
        os.utime(tmp_path / nom, (1e9 - rang, 1e9 - rang))
    assert [recu.fichier for recu in list_files(tmp_path)] == [
        "c/etapes.csv", "a/etapes_2025.csv", "a/etapes_2026-01.csv", "b/etapes_2026-T2.csv", "b/etapes_2026-T2b.csv",
    ]  # fmt: skip
    assert [recu.rang for recu in list_files(tmp_path)] == [1, 2, 3, 4, 5]


def test_what_may_not_be_opened_says_why(tmp_path):
    depot = tmp_path / "depot"
    (depot / "p").mkdir(parents=True)
    (tmp_path / "dehors.csv").write_text("x")
    (depot / "p" / "lien.csv").symlink_to(tmp_path / "dehors.csv")
    os.mkfifo(depot / "p" / "tube.csv")
    (depot / "racine.csv").write_text("x")
    refus = {recu.fichier: recu.refus for recu in list_files(depot)}
    assert "hors du dépôt" in refus["p/lien.csv"]
    assert "fichier ordinaire" in refus["p/tube.csv"]
    assert "racine du dépôt" in refus["racine.csv"]


def test_an_absent_folder_holds_nothing(tmp_path):
    assert list_files(tmp_path / "absent") == []


# What is held already, then the name of an `interventions` workbook of 2026-T3 that corrects it.
@pytest.mark.parametrize(
    ("tenus", "attendu"),
    [
        ([], "interventions_2026-T3"),
        (["interventions_2026-T2.xlsx", "interventions_2026-T4.xlsx"], "interventions_2026-T3"),
        (["interventions_2026-T3.csv"], "interventions_2026-T3"),  # .csv goes before .xlsx
        (["interventions_2026-T3.xlsx"], "interventions_2026-T3_v02"),
        (["interventions_2026-T3.xlsx", "interventions_2026-T3_v02.xlsx"], "interventions_2026-T3_v03"),
        (["interventions_2026-T3_v99.xlsx"], "interventions_2026T3"),
        (["interventions_2026T3.csv"], "interventions_2026T3"),
        (["interventions_2026T3.xlsx"], "interventions_2026T3_v02"),
        (["2026/interventions_2026T3.xlsx"], "interventions_2026T3"),  # then the folder: 2026 goes before
        (["zone/interventions_2026T3.xlsx"], "interventions_2026T3_v02"),
        (["Liste T3 2026.csv"], "z_interventions_2026-T3"),
        (["Zones 3e trimestre 2026.ods"], "zz_interventions_2026-T3"),
        (["État 2026T3.csv"], "éz_interventions_2026-T3"),
        (["zz_interventions_2026-T3.xlsx", "zz_interventions_2026T3.xlsx"], "zzz_interventions_2026-T3"),
    ],
)
def test_a_file_sent_goes_after_those_it_corrects(tmp_path, tenus, attendu):
    tenus = [f"p/{tenu}" for tenu in tenus]
    for tenu in tenus:
        (tmp_path / tenu).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tenu).write_text("x")
    choisi = drop_path(tmp_path, "p", "interventions", "2026-T3", ".xlsx", "autre", tenus)
    assert choisi == f"p/{attendu}.xlsx"
    assert period(choisi).texte == "2026-T3"
    meme_periode = [t for t in tenus if period(t).texte == "2026-T3"]
    assert all(rank(period(t), t) < rank(period(choisi), choisi) for t in meme_periode)


def test_the_same_content_keeps_its_name(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "interventions_2026T3.csv").write_text("à la main")
    (tmp_path / "p" / "interventions_2026T3.xlsx").write_text("envoi")
    tenus, empreinte = (
        ["p/interventions_2026T3.csv", "p/interventions_2026T3.xlsx"],
        sha256(tmp_path / "p" / "interventions_2026T3.xlsx"),
    )
    assert drop_path(tmp_path, "p", "interventions", "2026-T3", ".xlsx", empreinte, tenus) == tenus[1]
