"""An interrupted download goes on where it stopped, and never mixes two versions."""

import gzip
from pathlib import Path

import pytest

from etl.public.download import Limites
from tests.etl.public.serveur import Serveur, send
from tests.etl.public.test_download import CORPS, fetch, refusal


def test_a_cut_transfer_is_resumed_where_it_stopped(serveur: Serveur, partiel: Path) -> None:
    coupe = 70_000

    def answer(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        plage = guichet.headers.get("Range")
        if plage is None:
            return send(guichet, CORPS[:coupe], longueur=len(CORPS), ETag='"v1"')
        depart = int(plage.removeprefix("bytes=").removesuffix("-"))
        return send(guichet, CORPS[depart:], 206, Content_Range=f"bytes {depart}-{len(CORPS) - 1}/{len(CORPS)}")

    serveur.routes["/f"] = answer
    assert fetch(serveur.adresse + "/f", partiel) == CORPS
    assert [requete.entetes.get("If-Range") for requete in serveur.requetes] == [None, '"v1"']
    assert not partiel.with_name(partiel.name + ".json").exists()


def test_the_end_of_another_version_is_not_sewn_to_our_beginning(serveur: Serveur, partiel: Path) -> None:
    neuf = CORPS[::-1]

    def answer(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        plage = guichet.headers.get("Range")
        if rang == 0:
            return send(guichet, CORPS[:70_000], longueur=len(CORPS), ETag='"v1"')
        if plage is None:
            return send(guichet, neuf, ETag='"v2"')
        # A server that ignores If-Range.
        depart = int(plage.removeprefix("bytes=").removesuffix("-"))
        plage = f"bytes {depart}-{len(neuf) - 1}/{len(neuf)}"
        return send(guichet, neuf[depart:], 206, ETag='"v2"', Content_Range=plage)

    serveur.routes["/f"] = answer
    assert fetch(serveur.adresse + "/f", partiel) == neuf


def test_a_cut_transfer_is_resumed_by_a_later_run(serveur: Serveur, partiel: Path) -> None:
    def answer(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        plage = guichet.headers.get("Range")
        if rang == 0:
            return send(guichet, CORPS[:70_000], longueur=len(CORPS), Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")
        depart = int(plage.removeprefix("bytes=").removesuffix("-"))
        return send(guichet, CORPS[depart:], 206, Content_Range=f"bytes {depart}-{len(CORPS) - 1}/{len(CORPS)}")

    serveur.routes["/f"] = answer
    phrase = refusal(serveur.adresse + "/f", partiel, Limites(essais=1))
    assert phrase == f"la connexion à 127.0.0.1 s'est coupée après {partiel.stat().st_size} octets."
    assert fetch(serveur.adresse + "/f", partiel) == CORPS


def test_a_version_that_changed_meanwhile_is_taken_whole(serveur: Serveur, partiel: Path) -> None:
    neuf = CORPS[::-1]
    serveur.routes["/f"] = lambda g, rang: (
        send(g, CORPS[:70_000], longueur=len(CORPS), ETag='"v1"') if rang == 0 else send(g, neuf, ETag='"v2"')
    )
    assert fetch(serveur.adresse + "/f", partiel) == neuf


@pytest.mark.parametrize("entetes", [{}, {"ETag": 'W/"faible"'}, {"ETag": '"v1"', "Content_Encoding": "gzip"}])
def test_without_a_firm_validator_the_transfer_starts_again(
    serveur: Serveur, partiel: Path, entetes: dict[str, str]
) -> None:
    envoi = gzip.compress(CORPS) if "Content_Encoding" in entetes else CORPS
    serveur.routes["/f"] = lambda g, rang: (
        send(g, envoi[: len(envoi) // 2], longueur=len(envoi), **entetes) if rang == 0 else send(g, envoi, **entetes)
    )
    assert fetch(serveur.adresse + "/f", partiel) == CORPS
    assert [requete.entetes.get("Range") for requete in serveur.requetes] == [None, None]


@pytest.mark.parametrize("reponse", [(416, {}), (206, {"Content_Range": "bytes 5-9/10"}), (206, {})])
def test_a_server_that_resumes_badly_is_asked_for_the_whole(
    serveur: Serveur, partiel: Path, reponse: tuple[int, dict[str, str]]
) -> None:
    code, entetes = reponse
    suite = {0: lambda g: send(g, CORPS[:70_000], longueur=len(CORPS), ETag='"v1"')}
    suite[1] = lambda g: send(g, b"n'importe quoi", code, **entetes)
    serveur.routes["/f"] = lambda g, rang: suite.get(rang, lambda g: send(g, CORPS))(g)
    assert fetch(serveur.adresse + "/f", partiel) == CORPS
