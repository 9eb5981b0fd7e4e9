"""How to read the figures: states, statuses, secrecy in plain words, the catalogue of indicators, the glossary."""

from pages.ui import methode, textes

textes.titre("Méthode", "D'où viennent les chiffres, ce qu'ils disent, et ce qu'ils ne disent pas.", avec_filtres=False)

DESSINER = dict(
    zip(methode.PARTIES, (methode.lire_un_chiffre, methode.secret, methode.catalogue, methode.mots), strict=True)
)
DESSINER[methode.choisir_partie()]()
