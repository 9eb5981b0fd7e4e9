"""The search over many values at once answers as the search in each of them."""

import random

import pytest

from etl.intake import suspicion

PERSONNELS = [
    "camille.durand@exemple.fr", "0612345678", "06 12 34 56 78", "06.12-34 5678", "+33 6 12 34 56 78",
    "+33(0)612345678", "0033 612345678", "+33.(0).6.12.34.56.78", "1850578006084", "1 85 05 78 006 084 36",
    "2-87-20-2A-123-456", "187012b123456", "appeler le 02 47 00 00 00 avant midi",
]  # fmt: skip
ORDINAIRES = [
    "", "05/04/2025", "2025-04-05", "P-000123", "QN03701M", "75-2025/00045", "12 rue des 4 vents", "A@B", "061234567",
]  # fmt: skip


@pytest.mark.parametrize("texte", [*PERSONNELS, *ORDINAIRES])
def test_many_values_at_once_are_told_as_one_by_one(texte):
    attendu = texte in PERSONNELS
    assert suspicion.any_personal(texte) is attendu
    assert suspicion.any_personal("\n".join(["P-1", texte, "1850"])) is attendu
    assert suspicion.looks_personal(texte) is attendu


def test_damaged_values_are_told_as_the_plain_search_tells_them():
    hasard, vus = random.Random(20261128), set()
    for _ in range(20_000):
        texte = list(hasard.choice(PERSONNELS))
        for _ in range(hasard.randrange(3)):
            rang = hasard.randrange(len(texte))
            texte[rang : rang + hasard.randrange(2)] = hasard.choice("0123456789 .-()+@ABabx/\n")
        dit = suspicion.any_personal("".join(texte))
        vus.add(dit)
        assert dit is (suspicion._IDENTITE.search("".join(texte)) is not None), texte
    assert vus == {True, False}
