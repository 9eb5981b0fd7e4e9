"""Proves one indicator: central world, cells withdrawn where none exists, second worlds under exact totals."""

import numpy as np

from etl.secrecy.audit import temoins
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import SANS_LIMITE, Tableau

ESSAIS = 40
_UN_PAR_UN = 12
_PAS_PREMIER, _PAS_SUIVANT = 1500, 400


class NonProuve(Exception):
    """An indicator stays unproven after every try; the message is a French sentence."""


def prove(tableau: Tableau) -> Certificat:
    """Return the certificate of a tableau; raises NonProuve after 40 tries.

    Only published values and public bases are read, so what is withdrawn tells nothing either.
    """
    monde = Monde(tableau)
    # Nobody, or everybody: an exact value would answer for each of them.
    certaines = (tableau.valeurs == 0) | (tableau.valeurs == tableau.bases)
    for ligne in np.flatnonzero(certaines & monde.exactes()[:-1]).tolist():
        monde.round_off(ligne)
    monde.forget()
    for essai in range(1, ESSAIS + 1):
        if not monde.improve(_PAS_PREMIER if essai == 1 else _PAS_SUIVANT):
            _give_way(monde, monde.violated(), essai)
            continue
        trouves, sans = temoins.find(monde, temoins.share(monde))
        if not sans:
            return _certificate(monde, trouves, essai)
        siennes = np.flatnonzero(tableau.unite_de_presence == tableau.unite_de_presence[sans[0]])
        lignes = np.unique(tableau.lignes[siennes])
        _give_way(monde, lignes[monde.marges[lignes] == 0], essai)
    raise NonProuve(
        f"Publication arrêtée : le secret de l'indicateur « {tableau.indicateur} » n'est pas prouvé après {ESSAIS} "
        "essais. La version précédente reste en place."
    )


def _give_way(monde: Monde, lignes: np.ndarray, essai: int) -> None:
    """Round the smallest of these rows if one is exact, else withdraw it, with those that count the same persons.

    Past the first tries all of them give way at once: small populations would use up the others one by one.
    """
    tableau = monde.tableau
    exactes = lignes[monde.exactes()[lignes]]
    if not len(exactes) and tableau.cellules[lignes[np.argmin(tableau.bases[lignes])]][2::2] == ("total", ""):
        # The total of an open period that no longer fits: the exact total that resists most gives way.
        exactes = np.flatnonzero(monde.exactes()[:-1])
        exactes = exactes[np.argsort(-monde.resistance()[exactes])][:1]
    choix = exactes if len(exactes) else lignes
    choisies = choix[[np.argmin(tableau.bases[choix])]] if essai <= _UN_PAR_UN else choix
    if len(exactes):
        for ligne in choisies.tolist():
            monde.round_off(ligne)
    else:
        for ligne in np.flatnonzero(np.isin(tableau.jumelles, tableau.jumelles[choisies])).tolist():
            monde.withdraw(ligne)
    monde.forget()


def _certificate(monde: Monde, trouves: list[temoins.Temoin], essais: int) -> Certificat:
    tableau = monde.tableau
    marges = monde.marges[:-1]
    retirees = marges == SANS_LIMITE
    arrondies = (tableau.marges == 0) & (marges > 0) & ~retirees
    return Certificat(
        tableau.indicateur,
        tableau.empreinte,
        np.flatnonzero(monde.vraies),
        tuple(trouves),
        tuple(tableau.cellules[ligne] for ligne in np.flatnonzero(retirees)),
        tuple(tableau.cellules[ligne] for ligne in np.flatnonzero(arrondies)),
        personnes=len(np.unique(tableau.unite_de_feuille)),
        essais=essais,
    )
