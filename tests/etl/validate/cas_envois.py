"""Deliveries that follow one another: (number, folder, file → rows, then what each file must answer)."""

from tests.etl.validate.cas import DIX, Cas, Compte
from tests.etl.validate.depot_essai import ACTEUR, PERSONNE, csv_text, many, persons, table


def _csv(lignes: list[dict[str, str]]) -> bytes:
    return csv_text(table(lignes)).encode()


def _own(**autres: str) -> list[dict[str, str]]:
    return many(PERSONNE | autres, 10, participant_ref="E-{}")


def cas() -> list[Cas]:
    """The delivery looked at, and those of the same partner that come before or after it."""
    deplacee = PERSONNE | {"participant_ref": "P-001", "code_qpv": "QN99902M"}
    acteurs = many(ACTEUR, 40, acteur_id="CO-{}")
    return [
        Cas(54, "participants_2025.csv", _csv([*persons(11), deplacee]), ("charge", 12, 10, 2, 0),
            ("a la même clé que la ligne",), ("cle_contradictoire",) * 2),
        Cas(62, "participants_2025b.csv", _csv(persons()), ("deja_charge", 10, 10, 0, 0),
            ("Déjà chargé le", "(c{rang}/participants_2025.csv)"), avec={"participants_2025.csv": _csv(persons())}),
        Cas(63, "participants_2025b.csv", _csv(persons()) + b"\n", ("charge", 11, 10, 0, 1),
            ("Aucune ligne nouvelle",), avec={"participants_2025.csv": _csv(persons())}),
        Cas(64, "participants_2026-T2.csv", _csv(_own(sexe="homme")), DIX,
            avec={"participants_2026-T1.csv": _csv(_own())}, valeur=(("sexe",), "homme")),
        Cas(65, "acteurs_2026-T2.csv", _csv(acteurs[:39]), ("charge", 39, 39, 0, 0),
            ("absente de l'envoi complet 2026-T2 a été retirée",),
            avec={"acteurs_2026-T1.csv": _csv(acteurs)}),
    ]  # fmt: skip


# Case 66 needs a base: the older delivery comes once the newer one is loaded.
PLUS_ANCIEN: tuple[str, bytes, Compte] = (
    "participants_2024-T1.csv", _csv(persons(10, rsa="non")), ("refuse", 10, 0, 10, 0),
)  # fmt: skip
