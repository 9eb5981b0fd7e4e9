"""Words the invented world is made of: first names, invented surnames, invented structures and addresses.

Surnames and structure names are built from syllables so that they designate nobody: any resemblance is chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PRENOMS_FEMME = (
    "Amina Aïcha Alice Anaïs Anna Assia Camille Céline Chloé Claire Coumba Djamila Élodie Emma Fanta Fatima Fatoumata "
    "Gaëlle Hafsa Hélène Inès Jade Jeanne Julie Karine Khadija Laëtitia Leïla Léa Lina Louise Maëlys Maïmouna Manon "
    "Maria Mariam Marie Marine Mélanie Nadia Naïma Natacha Nawel Océane Oumou Patricia Rachida Rose Salima Samia "
    "Sandrine Sarah Sofia Sonia Stéphanie Sylvie Valérie Yasmine Zoé Marie-Laure Anne-Sophie"
).split()
PRENOMS_HOMME = (
    "Abdel Abdoulaye Adam Adrien Ahmed Alexandre Amadou Antoine Arthur Bakary Bastien Bilal Bruno Christophe Damien "
    "David Driss Éric Fabien Farid François Gaël Hamza Hugo Ibrahim Idriss Ilyès Ismaël Issa Jérôme Jonathan Jules "
    "Karim Kévin Loïc Lucas Mamadou Marc Mathieu Mehdi Mickaël Mohamed Moussa Nabil Nathan Nicolas Noé Omar Ousmane "
    "Pascal Paul Rachid Raphaël Rayan Rémi Samuel Sébastien Thomas Yacine Youssef Jean-Marc Pierre-Yves"
).split()
_DEBUTS = "Bral Cor Dav Es Fal Gar Hév Jal Kel Lam Mor Nev Orv Pel Quir Ral Sal Tal Val Zor Bri Cré Dré Flo Gré".split()
_MILIEUX = "a be di lo mi na ro sa te vi".split()
_FINS = "bert bin chaud dec douin fray gnal lec mard nec raud reux rion ston tier vec zac zin".split()

STRUCTURES = (
    "Arvelune Brisombre Calivoine Dorvelle Esquimare Floramont Galivert Hautombre Ivoluce Jonquemare Kervaline "
    "Lumirande Maravoine Nocturel Orvelange Pralumine Quintefeu Rivolette Sauvelune Tramontane Ulvaline Valombrette "
    "Wivaline Xanthelle Yvoluse Zéphirance Bellandrelle Clairvaudine Dunoréve Éclorive Fauvelande Grisonelle "
    "Havrelune Isolande Jasmivelle Korvelune Lavandrine Mirovelle Novalune Ombreval"
).split()
ENTREPRISES = (
    "Ateliers Batimur Cuisines Distrilune Énergivol Façadrel Garagelix Hôtelande Imprivel Jardilune Logivelle "
    "Menuivane Nettolune Optivelle Propravel Restolune Sécurivel Transvelle Usinelle Vergervane"
).split()
VOIES = "allée,avenue,boulevard,cours,impasse,place,rue".split(",")
LIEUX_DITS = (
    "des Cerfs-volants,du Moulin-Inventé,des Trois-Horloges,de la Girouette,des Lampions,du Grand-Fil,"
    "de la Boussole,des Toupies,du Kiosque-Bleu,des Encriers,de la Marelle,du Sablier"
).split(",")


def make_surnames() -> NDArray[np.object_]:
    """Every invented surname, a few of them compound, as a vector to draw from."""
    simples = [debut + milieu + fin for debut in _DEBUTS for milieu in _MILIEUX for fin in _FINS]
    composes = [f"{a}-{b}" for a, b in zip(simples[::37], simples[5::37], strict=False)]
    return np.array([nom.capitalize() if "-" not in nom else nom for nom in simples + composes], dtype=object)


def make_siret(rng: np.random.Generator, nombre: int) -> list[str]:
    """SIRET-like numbers whose Luhn keys are right, in a range the SIRENE register never opened (0009…)."""
    resultat = []
    for tirage in rng.integers(0, 10_000, nombre):
        siren = _close_luhn(f"0009{tirage:04d}")
        resultat.append(_close_luhn(f"{siren}0001"))
    return resultat


def _close_luhn(chiffres: str) -> str:
    """Append the digit that makes the whole divisible by ten in Luhn's sum."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return chiffres + str(-total % 10)


def make_adresse(rng: np.random.Generator) -> str:
    """One invented street address, without town."""
    return f"{rng.integers(1, 90)} {rng.choice(VOIES)} {rng.choice(LIEUX_DITS)}"
