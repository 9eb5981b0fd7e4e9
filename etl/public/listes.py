"""Finds the current edition of a file in the list its producer publishes: a web page, or the answer of a catalogue."""

from __future__ import annotations

import re
import urllib.parse

from etl.public.download import Impossible


def latest(adresse: str, texte: str, motif: str) -> str:
    """Address of the newest file that `texte`, read at `adresse`, links to.

    `motif` is the pattern of the link; its groups, in the alphabetical order of their names, tell the newest edition.
    Raises Impossible.
    """
    trouves = list(re.finditer(motif, texte))
    if not trouves:
        hote = urllib.parse.urlsplit(adresse).hostname
        raise Impossible(f"la liste du producteur ({hote}) ne donne plus de lien vers le fichier attendu.")
    noms = sorted(trouves[0].re.groupindex)
    lien = max(trouves, key=lambda trouve: [trouve[nom] for nom in noms])
    return urllib.parse.urljoin(adresse, lien[0])
