"""What a declaration of a public source holds."""

from __future__ import annotations

from dataclasses import dataclass

DATA_GOUV = "https://www.data.gouv.fr/api/1/datasets/r/"
LICENCE_OUVERTE = "Licence Ouverte 2.0"
INSEE = "Insee, réutilisation libre avec mention de la source"


@dataclass(frozen=True)
class Fichier:
    """One file of a source, under the name it has in a mirror and in the public folder.

    `nom` may hold `{departement}`, replaced by each department of the contract. `genre` is one of geojson
    (bare or inside a ZIP), json, json.gz, csv, xlsx, parquet. `colonnes` are the names that must be found.
    `membre` is how the name of the file inside the ZIP ends, when the addresses serve one. An address may hold
    `{departements}`, replaced by those of the contract. `listes` are tried before the addresses: the address of a page
    or catalogue that links to every edition, and the pattern of the link. No address at all means that the producer
    publishes no stable one of this very layout.
    """

    nom: str
    genre: str
    colonnes: tuple[str, ...]
    adresses: tuple[str, ...] = ()
    requis: bool = True
    membre: str = ""
    listes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Source:
    """A public source as the page *Sources* describes it; `page` is where a reader finds the original.

    `prise` says where to take by hand the files that have no address, and what to name them in a mirror.
    """

    id: str
    titre: str
    producteur: str
    licence: str
    page: str
    fichiers: tuple[Fichier, ...]
    millesime: str
    geographie: str
    periodicite: str
    interdits: tuple[str, ...]
    mention: str = ""
    prise: str = ""

    @property
    def adresses(self) -> tuple[str, ...]:
        """Every address of every file, direct or of a list."""
        toutes = [(*(liste for liste, _ in fichier.listes), *fichier.adresses) for fichier in self.fichiers]
        return tuple(adresse for siennes in toutes for adresse in siennes)

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Every expected column, each once, in order of declaration."""
        return tuple(dict.fromkeys(colonne for fichier in self.fichiers for colonne in fichier.colonnes))
