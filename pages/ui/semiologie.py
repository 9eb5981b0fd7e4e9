"""How a value becomes a colour, a hatching, a disc or a symbol, and how the legend says it in French. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pages.ui import formats, identite

HACHURES, POINTILLES = "url(#hachures)", "url(#pointilles)"  # patterns drawn by static/carte/carte.js
BLANC, ENCRE = "#ffffff", "#3a3a3a"
MOTIFS = {"secret": HACHURES, "non_renseigne": POINTILLES, "non_applicable": BLANC}
RAYON_MAX = 30.0
RAYON_MIN = 4.0
PRUNE, TERRE, CANARD, OCRE, MAUVE, OLIVE, BRUN, GRENAT = range(8)  # places in the theme's series colours

# kind or type -> (shape of static/carte/carte.js, series colour): the shape alone tells them apart.
SYMBOLES = {
    "acteur": ("rond", CANARD),
    "permanence": ("carre", OLIVE),
    "intervention": ("triangle", TERRE),
    "pied_immeuble": ("triangle", TERRE),
    "porte_a_porte": ("pentagone", MAUVE),
    "maraude": ("losange", PRUNE),
    "stand_marche": ("hexagone", OCRE),
    "permanence_itinerante": ("barre", OLIVE),
    "cafe_emploi": ("goutte", BRUN),
    "forum": ("etoile", CANARD),
    "job_dating": ("triangle_bas", PRUNE),
    "evenement_sport_culture": ("croix", GRENAT),
    "atelier": ("carre", MAUVE),
    "autre": ("rond", BRUN),
}


@dataclass(frozen=True)
class Entree:
    """One line of a legend: a fill, a disc (`rayon` in pixels) or a symbol, and its words."""

    texte: str
    forme: str = "aplat"
    couleur: str = BLANC
    trait: str = ENCRE
    epaisseur: float = 1.0
    tirets: str = ""
    rayon: float = 0.0


@dataclass(frozen=True)
class Legende:
    """One part of the legend: a title, its lines, a note."""

    titre: str
    entrees: tuple[Entree, ...]
    note: str = ""


REPERES = Legende("Repères", (Entree("Gare ou arrêt de tramway", "point", BLANC, "#9a9188"),))


def pas_rond(etendue: float) -> float:
    """Smallest of 1, 2, 2.5, 5 × 10ⁿ that is at least `etendue`."""
    if etendue <= 0:
        return 1.0
    puissance = 10.0 ** math.floor(math.log10(etendue))
    return next(m * puissance for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * puissance >= etendue * (1 - 1e-9))


def classes(valeurs: Iterable[float], nombre: int = 5) -> tuple[float, ...]:
    """Rounded bounds of at most `nombre` equal classes covering `valeurs`; one value alone gets one class.

    Give it every published period, not only the one shown: the classes then stay put and years compare.
    """
    connues = [float(v) for v in valeurs if not formats.est_absent(v)]
    if not connues:
        return ()
    bas, haut = min(connues), max(connues)
    pas = pas_rond((haut - bas) / nombre)
    while math.floor(bas / pas + 1e-9) * pas + nombre * pas < haut - 1e-9:
        pas = pas_rond(pas * 1.01)
    depart = math.floor(bas / pas + 1e-9)
    combien = max(1, math.ceil(haut / pas - 1e-9) - depart)
    return tuple(round((depart + i) * pas, 10) for i in range(combien + 1))


def rang(valeur: float, bornes: Sequence[float]) -> int:
    """Index of the class of a value; each class holds its lower bound, the last one both."""
    return min(sum(valeur >= borne for borne in bornes[1:-1]), max(len(bornes) - 2, 0))


def couleurs(bornes: Sequence[float]) -> tuple[str, ...]:
    """One colour per class from the theme's Cividis scale, the lightest for the lowest."""
    echelle = identite.sequence()[::-1]
    combien = max(len(bornes) - 1, 1)
    if combien == 1:
        return (echelle[len(echelle) // 2],)
    return tuple(echelle[round(i * (len(echelle) - 1) / (combien - 1))] for i in range(combien))


def couleur_cercle() -> str:
    """Colour of the proportional discs."""
    return identite.categories()[TERRE]


def aplat(valeur: Any, etat: str, bornes: Sequence[float]) -> str:
    """Fill of a neighbourhood: a colour of its class, or the pattern of its state."""
    if etat != "valeur" or formats.est_absent(valeur) or not bornes:
        return MOTIFS.get(etat, POINTILLES)
    return couleurs(bornes)[rang(float(valeur), bornes)]


def rayon(valeur: Any, maximum: float) -> float:
    """Radius in pixels of a disc whose area is proportional to the value; never too small to be seen or clicked."""
    if formats.est_absent(valeur) or maximum <= 0:
        return RAYON_MIN
    return max(RAYON_MIN, RAYON_MAX * math.sqrt(max(float(valeur), 0.0) / maximum))


def palier(maximum: float) -> float:
    """Largest of 1, 2, 5 × 10ⁿ that is at most `maximum` (above zero)."""
    puissance = 10.0 ** math.floor(math.log10(maximum) + 1e-9)
    return max(m * puissance for m in (1.0, 2.0, 5.0) if m * puissance <= maximum * (1 + 1e-9))


def paliers(maximum: float) -> tuple[float, ...]:
    """Up to three rounded values for the legend of discs, the largest first, none under one."""
    if maximum < 1:
        return ()
    haut = palier(maximum)
    return tuple(dict.fromkeys(palier(haut / part) for part in (1, 4, 20) if haut / part >= 1))


def legende_classes(titre: str, bornes: Sequence[float], unite: str, etats: Iterable[str], note: str = "") -> Legende:
    """The classes in words (« de 10 à moins de 20 % »), then the states met on the map, each with its pattern."""
    decimales = 0 if all(float(b).is_integer() for b in bornes) else 1
    entrees = []
    for i, couleur in enumerate(couleurs(bornes) if len(bornes) > 1 else ()):
        bas, haut = (formats.nombre(b, decimales) for b in bornes[i : i + 2])
        dernier = i == len(bornes) - 2
        entrees.append(
            Entree(formats.avec_unite(f"de {bas} à {'' if dernier else 'moins de '}{haut}", unite), couleur=couleur)
        )
    for etat in ("secret", "non_renseigne", "non_applicable"):
        if etat in set(etats):
            entrees.append(Entree(_mot(etat), couleur=MOTIFS[etat]))
    return Legende(titre, tuple(entrees), note)


def legende_cercles(titre: str, maximum: float, etats: Iterable[str], note: str = "") -> Legende:
    """Three discs with their values; the note says what has no disc."""
    entrees = [
        Entree(formats.nombre(p), "cercle", couleur_cercle(), rayon=round(rayon(p, maximum), 1))
        for p in paliers(maximum)
    ]
    if set(etats) - {"valeur"}:
        note = f"{note} Sans cercle : secret ou non renseigné.".strip()
    return Legende(titre, tuple(entrees), note)


def legende_symboles(titre: str, genres: Iterable[tuple[str, str]]) -> Legende:
    """One symbol per (kind, words)."""
    return Legende(titre, tuple(Entree(mots, *symbole(genre)) for genre, mots in genres))


def symbole(genre: str) -> tuple[str, str]:
    """(shape, colour) of a kind of place or of intervention."""
    forme, serie = SYMBOLES.get(genre, SYMBOLES["autre"])
    return forme, identite.categories()[serie]


def assombrie(couleur: str, contraste: float = 4.6) -> str:
    """The same hue, dark enough for white digits to be read on it (WCAG 1.4.3 asks 4.5)."""
    rgb = [int(couleur[i : i + 2], 16) for i in (1, 3, 5)]
    while 1.05 / (_luminance(rgb) + 0.05) < contraste:
        rgb = [int(c * 0.96) for c in rgb]
    return "#" + "".join(f"{c:02X}" for c in rgb)


def _luminance(rgb: Sequence[int]) -> float:
    lineaires = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(poids * c for poids, c in zip((0.2126, 0.7152, 0.0722), lineaires, strict=True))


def _mot(etat: str) -> str:
    mots = {
        "secret": "secret (effectif trop faible)",
        "non_renseigne": "non renseigné",
        "non_applicable": "sans objet",
    }
    return mots[etat]
