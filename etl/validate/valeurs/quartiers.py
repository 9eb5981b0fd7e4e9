"""Reads the neighbourhood of a row: a code, a 2015 code, a name, «hors QPV» or unknown; an ambiguity is refused."""

from __future__ import annotations

import re
from collections import defaultdict

from etl.catalog.contrat import Contrat
from etl.catalog.nomenclatures import canonical
from etl.validate.valeurs.defaut import Defaut

HORS_QPV, INCONNU = "hors_qpv", "inconnu"
_HORS = (
    "hors qpv", "hqpv", "hors_qpv", "hors quartier", "hors quartiers", "hors quartier prioritaire", "non qpv",
    "hors quartiers prioritaires", "quartier vécu", "quartier vecu", "hors zone",
)  # fmt: skip
_INCONNU = (
    "inconnu", "inconnue", "non renseigné", "non_renseigne", "nr", "nsp", "ne sait pas", "non connu", "n.c.", "nc",
    "?", "-", "non précisé", "à préciser",
)  # fmt: skip
_TETE = re.compile(r"^(?:(?:qpv|quartier|quartiers|quart) )?(?:prioritaire )?(?:(?:de la|de l|du|des|de|d) )?"
                   r"(?:(?:le|la|les|l) )?")  # fmt: skip
_CODE = re.compile(r"Q[NP][0-9A-Z]{6}")


def bare_name(texte: str) -> str:
    """A neighbourhood's name as compared: canonical, without leading article nor «quartier (de)»."""
    forme = canonical(texte)
    return _TETE.sub("", forme) or forme


class Quartiers:
    """The neighbourhoods of one contract, by every spelling that names one of them."""

    def __init__(self, contrat: Contrat) -> None:
        self.noms = {quartier.code: quartier.nom for quartier in contrat.qpv}
        self._spellings: dict[str, set[str]] = defaultdict(set)
        communes = {commune.code: commune.nom for commune in contrat.communes}
        anciens: dict[str, list[str]] = defaultdict(list)
        for quartier in contrat.qpv:
            commune = communes.get(quartier.commune, "")
            for forme in (quartier.nom, f"{quartier.nom} {commune}", f"{commune} {quartier.nom}"):
                self._spellings[bare_name(forme)].add(quartier.code)
            if quartier.code_2015:
                anciens[quartier.code_2015].append(quartier.code)
        for code, graphie in contrat.alias_qpv:
            self._spellings[bare_name(graphie)].add(code)
        self.anciens = dict(anciens)
        self._hors = {bare_name(forme) for forme in _HORS} | {canonical(forme) for forme in _HORS}
        self._inconnu = {canonical(forme) for forme in _INCONNU} - {""}

    def read(self, texte: str) -> str:
        """The code of the neighbourhood, `hors_qpv` or `inconnu`; raises Defaut."""
        code = re.sub(r"[\s._-]", "", texte).upper()
        if code in self.noms:
            return code
        if _CODE.fullmatch(code):
            return self._other_code(code)
        forme = canonical(texte)
        if forme in self._inconnu or not forme:
            return INCONNU
        if forme in self._hors or bare_name(texte) in self._hors:
            return HORS_QPV
        codes = self._spellings.get(bare_name(texte), set())
        if len(codes) == 1:
            return next(iter(codes))
        raise self._ambiguous(codes) if codes else self._unknown(texte)

    def read_list(self, textes: list[str]) -> list[str]:
        """The codes of several neighbourhoods, once each; raises Defaut."""
        return list(dict.fromkeys(self.read(texte) for texte in textes))

    def _other_code(self, code: str) -> str:
        suites = self.anciens.get(code, [])
        if len(suites) == 1:
            return suites[0]
        if suites:
            raise self._ambiguous(set(suites))
        raise self._unknown(code)

    def _label(self, code: str) -> str:
        return f"{code} {self.noms[code]}"

    def _ambiguous(self, codes: set[str]) -> Defaut:
        candidats = ", ".join(self._label(code) for code in sorted(codes))
        return Defaut("qpv_ambigu", f"désigne plusieurs quartiers ({candidats}).", "Écrivez le code du quartier.")

    def _unknown(self, texte: str) -> Defaut:
        from difflib import get_close_matches  # slow to import, for faults only

        formes = {code.casefold(): code for code in self.noms}
        formes |= {graphie: min(codes) for graphie, codes in self._spellings.items()}
        cherche = re.sub(r"\s", "", texte).casefold() if _CODE.fullmatch(texte.upper()) else bare_name(texte)
        proches = get_close_matches(cherche.replace("o", "0") if cherche[:2] in ("qn", "qp") else cherche, formes, n=5)
        codes = list(dict.fromkeys(formes[proche] for proche in proches))[:3]
        indice = (
            f"le plus proche : {', '.join(self._label(code) for code in codes)}" if codes else "code ou nom attendu"
        )
        return Defaut(
            "qpv_inconnu",
            f"n'est pas un quartier prioritaire de ce contrat ({indice}).",
            "Écrivez le code du quartier, son nom, « hors QPV » ou « inconnu ».",
        )
