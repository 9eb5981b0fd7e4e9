"""Geocoding: one batch as the service documents it, scores kept, nothing guessed, nothing asked twice."""

import csv
import email
import io
from pathlib import Path

import pytest

from etl.public import geocodage
from etl.public.geocodage import Question
from tests.etl import monde
from tests.etl.public.serveur import Serveur, send

CHEMIN = "/geocodage/search/csv"
COLONNES = ["longitude", "latitude", "result_score", "result_label", "result_type", "result_citycode", "result_status"]
# What the service knows: address → the answer columns.
CONNUES = {
    "1 rue du Lac": ["0.71", "47.41", "0.93", "1 Rue du Lac 99000 Amont", "housenumber", "99001", "ok"],
    "vers l'étang": ["0.72", "47.42", "0.31", "Rue de l'Étang", "street", "99001", "ok"],
    "2 rue du Lac": ["2.0", "48.0", "0.95", "2 Rue du Lac 75000 Loin", "housenumber", "75056", "ok"],
}


def parts(requete) -> dict[str, str]:
    """Fields of a multipart form, as the standard library reads them."""
    entete = f"Content-Type: {requete.entetes['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(entete + requete.corps)
    return {
        str(p.get_param("name", header="content-disposition")): p.get_payload(decode=True).decode()
        for p in message.get_payload()
    }


def answer(serveur: Serveur, *, retirer: str = "") -> None:
    """The documented shape: the columns sent, then those of the answer."""

    def reply(guichet, rang: int) -> None:
        lignes = list(csv.DictReader(io.StringIO(parts(serveur.requetes[-1])["data"])))
        tampon = io.StringIO()
        ecrivain = csv.DictWriter(tampon, [*lignes[0], *(c for c in COLONNES if c != retirer)], extrasaction="ignore")
        ecrivain.writeheader()
        for ligne in lignes:
            vide = ["", "", "", "", "", "", "not-found"]
            ecrivain.writerow(ligne | dict(zip(COLONNES, CONNUES.get(ligne["adresse"], vide), strict=True)))
        send(guichet, tampon.getvalue().encode(), Content_Type="text/csv")

    serveur.routes[CHEMIN] = reply


def ask(dossier: Path, serveur: Serveur, *questions: Question) -> str:
    chemin = dossier / "questions.csv"
    with chemin.open("w", encoding="utf-8", newline="") as flux:
        ecrivain = csv.writer(flux)
        ecrivain.writerows(
            [["adresse", "code_postal", "code_insee"], *[(q.adresse, q.code_postal, q.code_insee) for q in questions]]
        )
    return geocodage.update(dossier / "public", chemin, serveur.adresse + CHEMIN)


@pytest.fixture(autouse=True)
def sans_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocodage, "_PAUSE", 0.0)


TROIS = (
    Question("1 rue du Lac", "99000", "99001"),
    Question("vers l'étang", "99000"),
    Question("2 rue du Lac", "99000", "99001"),
    Question("nulle part"),
)


def test_each_answer_is_kept_and_only_the_sure_ones_give_a_point(tmp_path: Path, serveur: Serveur) -> None:
    answer(serveur)
    phrase = ask(tmp_path, serveur, *TROIS)
    assert phrase == "Géocodage : 1 adresse(s) placée(s) sur 4 réponse(s) reçue(s)."
    envoyees = parts(serveur.requetes[0])
    assert {nom: envoyees[nom] for nom in ("columns", "postcode", "citycode")} == {
        "columns": "adresse", "postcode": "code_postal", "citycode": "code_insee"
    }  # fmt: skip
    assert [(r.adresse, r.etat, r.latitude, r.longitude, r.score) for r in geocodage.read(tmp_path / "public")] == [
        ("1 rue du Lac", "placee", 47.41, 0.71, 0.93),
        ("vers l'étang", "score_faible", None, None, 0.31),
        ("2 rue du Lac", "autre_commune", None, None, 0.95),
        ("nulle part", "introuvable", None, None, None),
    ]


def test_an_address_is_asked_once(tmp_path: Path, serveur: Serveur, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(serveur)
    monkeypatch.setattr(geocodage, "LOT", 3)
    ask(tmp_path, serveur, *TROIS)
    assert len(serveur.requetes) == 2
    assert ask(tmp_path, serveur, Question("1  RUE du lac", "99000", "99001")) == (
        "Géocodage : aucune adresse nouvelle à placer."
    )
    assert len(serveur.requetes) == 2


def test_a_busy_service_is_waited_for(tmp_path: Path, serveur: Serveur) -> None:
    answer(serveur)
    reponse = serveur.routes[CHEMIN]
    serveur.routes[CHEMIN] = lambda g, rang: send(g, code=429, Retry_After="0") if rang < 2 else reponse(g, rang)
    assert ask(tmp_path, serveur, TROIS[0]).startswith("Géocodage : 1 adresse(s) placée(s) sur 1")


@pytest.mark.parametrize(
    ("route", "dit"),
    [
        (lambda g, rang: send(g, b"<html>Portail</html>"), "autre chose que le tableau attendu"),
        (lambda g, rang: send(g, code=503), "indisponible (erreur 503)"),
        (lambda g, rang: send(g, code=403), "refuse la demande (erreur 403)"),
        (lambda g, rang: send(g, b"rang,latitude\n0,1\n", longueur=900), "injoignable"),
    ],
    ids=["page", "indisponible", "refus", "coupure"],
)
def test_a_failure_is_one_sentence_and_loses_nothing(tmp_path: Path, serveur: Serveur, route, dit: str) -> None:
    answer(serveur)
    ask(tmp_path, serveur, TROIS[0])
    serveur.routes[CHEMIN] = route
    assert dit in ask(tmp_path, serveur, TROIS[1])
    assert [r.etat for r in geocodage.read(tmp_path / "public")] == ["placee"]


def test_without_network_it_says_so(tmp_path: Path, serveur: Serveur) -> None:
    serveur.close()
    phrase = ask(tmp_path, serveur, TROIS[0])
    assert phrase.endswith("Le service de géocodage est injoignable : les adresses restent sans point.")


def test_an_answer_without_its_columns_places_nothing(tmp_path: Path, serveur: Serveur) -> None:
    answer(serveur, retirer="result_score")
    assert "rien n'est placé" in ask(tmp_path, serveur, TROIS[0])


def test_the_build_places_from_the_answers_and_leaves_the_other_questions(tmp_path: Path, serveur: Serveur) -> None:
    answer(serveur)
    ask(tmp_path, serveur, TROIS[0], TROIS[1])
    con = monde.empty()
    monde.add(
        con,
        "acteurs",
        {"acteur_id": "A", "nom": "Une", "adresse": "1 rue  du Lac", "code_postal": "99000", "code_insee": "99001"},
        {"acteur_id": "B", "nom": "Deux", "adresse": "vers l'étang", "code_postal": "99000"},
        {"acteur_id": "C", "nom": "Trois", "adresse": "nouvelle adresse"},
        {"acteur_id": "D", "nom": "Placée", "adresse": "1 rue du Lac", "latitude": 1.0, "longitude": 2.0},
    )
    phrases = geocodage.place(con, tmp_path / "public", tmp_path / "prive")
    points = con.execute("SELECT acteur_id, latitude, longitude FROM valide.acteurs ORDER BY 1").fetchall()
    assert points == [("A", 47.41, 0.71), ("B", None, None), ("C", None, None), ("D", 1.0, 2.0)]
    etats = con.execute("SELECT acteur_id, etat, score FROM territoire.adresse").fetchall()
    assert etats == [("A", "placee", 0.93), ("B", "score_faible", 0.31), ("C", "en_attente", None)]
    assert (tmp_path / "prive" / geocodage.QUESTIONS).read_text(encoding="utf-8").splitlines() == [
        "adresse,code_postal,code_insee",
        "nouvelle adresse,,",
    ]
    assert phrases[0].startswith("Géocodage non fait pour 1 adresse(s) de structures")
    assert phrases[1] == "Adresses de structures que le géocodage n'a pas su placer : 1."
