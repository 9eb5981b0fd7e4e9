"""Reads typed keys out of a TOML table, and says in French which key of which file is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any


class ContratInvalide(ValueError):
    """A file of the contract's folder cannot be used; the message is one French sentence naming file and key."""


class Table:
    """One TOML table being consumed: each accessor takes its key, and `finish` refuses the keys nobody took."""

    def __init__(self, fichier: str, valeurs: dict[str, Any], chemin: str = "") -> None:
        self.fichier, self.chemin = fichier, chemin
        self._valeurs = dict(valeurs)

    def erreur(self, cle: str, reproche: str) -> ContratInvalide:
        """The exception to raise about one key, `reproche` ending the sentence."""
        return ContratInvalide(f"{self.fichier}, « {self.chemin}{cle} » : {reproche}.")

    def _take(self, cle: str, types: tuple[type, ...], attendu: str, obligatoire: bool) -> Any:
        if cle not in self._valeurs:
            if obligatoire:
                raise self.erreur(cle, f"cette valeur est obligatoire ({attendu})")
            return None
        valeur = self._valeurs.pop(cle)
        # bool is an int and datetime is a date for Python: neither is what a contract means here.
        if not isinstance(valeur, types) or isinstance(valeur, bool | datetime):
            raise self.erreur(cle, f"« {str(valeur).lower()} » n'est pas {attendu}")
        return valeur

    def texte(self, cle: str) -> str:
        """A required, non-empty text."""
        valeur = self._take(cle, (str,), "un texte", True).strip()
        if not valeur:
            raise self.erreur(cle, "le texte est vide")
        return valeur

    def texte_ou_vide(self, cle: str) -> str:
        """An optional text, empty when absent."""
        return (self._take(cle, (str,), "un texte", False) or "").strip()

    def code(self, cle: str, forme: str, exemple: str) -> str:
        """A required text that matches the regular expression `forme`."""
        valeur = self.texte(cle)
        if not re.fullmatch(forme, valeur):
            raise self.erreur(cle, f"« {valeur} » n'a pas la forme attendue (exemple : {exemple})")
        return valeur

    def refuse_double(self, cle: str, valeur: str, deja: Iterable[str]) -> None:
        """Raise when `valeur` was already declared."""
        if valeur in deja:
            raise self.erreur(cle, f"« {valeur} » est déclaré deux fois")

    def choix(self, cle: str, permis: Iterable[str]) -> str:
        """A required text among `permis`."""
        valeur, permis = self.texte(cle), tuple(permis)
        if valeur not in permis:
            raise self.erreur(cle, f"« {valeur} » n'est pas une valeur connue (attendu : {', '.join(permis)})")
        return valeur

    def nombre(self, cle: str, mini: float, maxi: float, defaut: float | None = None) -> float:
        """A number between `mini` and `maxi`, `defaut` when absent (required when there is none)."""
        valeur = self._take(cle, (int, float), "un nombre", defaut is None)
        if valeur is None:
            assert defaut is not None
            return float(defaut)
        if not mini <= valeur <= maxi:
            raise self.erreur(cle, f"{valeur} est hors de l'intervalle de {mini:g} à {maxi:g}")
        return float(valeur)

    def nombre_ou_rien(self, cle: str, mini: float, maxi: float) -> float | None:
        """A number between `mini` and `maxi`, None when absent."""
        return self.nombre(cle, mini, maxi) if cle in self._valeurs else None

    def entier(self, cle: str, mini: int, maxi: int, defaut: int | None = None) -> int:
        """A whole number between `mini` and `maxi`, `defaut` when absent (required when there is none)."""
        valeur = self.nombre(cle, mini, maxi, defaut)
        if not float(valeur).is_integer():
            raise self.erreur(cle, f"{valeur} n'est pas un nombre entier")
        return int(valeur)

    def jour(self, cle: str) -> date:
        """A required date, written without quotes (AAAA-MM-JJ)."""
        jour: date = self._take(cle, (date,), "une date AAAA-MM-JJ sans guillemets", True)
        return jour

    def textes(self, cle: str) -> tuple[str, ...]:
        """A required list of texts."""
        valeurs = self._take(cle, (list,), "une liste de textes", True)
        if not all(isinstance(valeur, str) for valeur in valeurs):
            raise self.erreur(cle, "la liste contient autre chose que des textes")
        return tuple(valeurs)

    def cles(self) -> tuple[str, ...]:
        """The keys not taken yet."""
        return tuple(self._valeurs)

    def table(self, cle: str, obligatoire: bool = True) -> Table:
        """A sub-table, empty when it is absent and optional."""
        valeurs = self._take(cle, (dict,), "une section", obligatoire)
        return Table(self.fichier, valeurs or {}, f"{self.chemin}{cle}.")

    def tables(self, cle: str, obligatoire: bool = True) -> tuple[Table, ...]:
        """A list of sub-tables, numbered from 1 in messages."""
        valeurs = self._take(cle, (list,), "une liste de sections", obligatoire) or []
        if not all(isinstance(valeur, dict) for valeur in valeurs):
            raise self.erreur(cle, "la liste contient autre chose que des sections")
        return tuple(Table(self.fichier, v, f"{self.chemin}{cle}[{rang}].") for rang, v in enumerate(valeurs, 1))

    def finish(self) -> None:
        """Refuse the keys nobody took: a misspelt key must not be ignored in silence."""
        if self._valeurs:
            raise self.erreur(next(iter(self._valeurs)), "cette clé est inconnue ; vérifiez son orthographe")


def read(chemin: Path) -> Table:
    """Open one TOML file as a table."""
    try:
        return Table(chemin.name, tomllib.loads(chemin.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ContratInvalide(f"{chemin} : ce fichier est introuvable.") from None
    except UnicodeDecodeError:
        raise ContratInvalide(f"{chemin.name} : ce fichier n'est pas enregistré en UTF-8.") from None
    except tomllib.TOMLDecodeError as faute:
        trouvee = re.search(r"at line (\d+)", str(faute))
        ou = f"à la ligne {trouvee[1]}" if trouvee else "à la fin du fichier"
        raise ContratInvalide(
            f"{chemin.name} : la syntaxe TOML est fautive {ou} ; vérifiez les guillemets et les crochets."
        ) from None
