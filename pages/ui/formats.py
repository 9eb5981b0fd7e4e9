"""Numbers, dates and periods as a French reader writes them; the four states of a figure.

Pure: no Streamlit here. Numbers are formatted in Python because the browser's locale is not ours to choose.
"""

import csv
import io
import math
import re
from datetime import date, datetime
from typing import Any

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

FINE = "\u202f"  # narrow no-break space: thousands, and before % or €
MOINS = "\u2212"
LOCALE = "fr_FR"

# The states of a figure that is not a value: short form for a cell, explanation for a tooltip or a note.
ETATS = {
    "secret": ("secret", "Effectif trop faible pour être publié sans risquer de reconnaître quelqu'un."),
    "non_renseigne": ("non renseigné", "Les réponses transmises ne suffisent pas à calculer ce chiffre."),
    "non_applicable": ("sans objet", "Ce chiffre n'existe pas pour ce croisement."),
}
ABSENT = "non renseigné"

_UNITES_COURTES = {"%": f"{FINE}%", "€": f"{FINE}€", "jours": f"{FINE}j", "heures": f"{FINE}h"}
_MAILLES = ((r"\d{4}", "annee"), (r"\d{4}-T[1-4]", "trimestre"), (r"\d{4}-\d{2}", "mois"))
_A_NEUTRALISER = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def est_absent(valeur: Any) -> bool:
    """True for None, NaN and pandas' NA (a nullable column yields any of the three)."""
    return valeur is None or bool(pd.isna(valeur))


def reel(valeur: Any) -> float | None:
    """A number, or None whatever the way it is missing."""
    return None if est_absent(valeur) else float(valeur)


def nombre(valeur: Any, decimales: int = 0, signe: bool = False) -> str:
    """`1234.5` → `1 234,5`; with `signe`, a plus or a true minus is always written."""
    if est_absent(valeur):
        return ABSENT
    arrondi = round(float(valeur), decimales) + 0.0  # + 0.0 turns −0.0 into 0.0
    motif = "#,##0" + ("." + "0" * decimales if decimales else "")
    texte = format_decimal(abs(arrondi), format=motif, locale=LOCALE).replace("\u00a0", FINE)
    if arrondi < 0:
        return MOINS + texte
    return "+" + texte if signe and arrondi > 0 else texte


def avec_unite(texte: str, unite: str, valeur: Any = None) -> str:
    """Append the unit: `34,5` + `%` → `34,5 %`; counted things lose their plural s under two."""
    if unite in _UNITES_COURTES:
        return texte + _UNITES_COURTES[unite]
    singulier = not est_absent(valeur) and abs(float(valeur)) < 2
    return f"{texte} {unite_accordee(unite, singulier)}" if unite else texte


def unite_collee(unite: str) -> bool:
    """True for the units always written after the number (%, €, jours, heures)."""
    return unite in _UNITES_COURTES


def unite_accordee(unite: str, singulier: bool) -> str:
    """`personnes` → `personne`, `places-jours` → `place-jour` when there is at most one."""
    return re.sub(r"s\b", "", unite) if singulier else unite


def valeur(
    v: Any,
    unite: str = "",
    decimales: int = 0,
    etat: str = "valeur",
    arrondi: Any = None,
    exact: Any = True,
    complet: bool = False,
    borne: Any = None,
) -> str:
    """One published cell in words: a value, « moins de 5 », « ≤ 5 % », or its state.

    `complet` writes the unit in full (`1 234 personnes`); else only %, €, j and h follow the number.
    """
    if etat != "valeur":
        return ETATS.get(etat, (ABSENT, ""))[0]
    if est_absent(v):
        return ABSENT
    base = 0 if est_absent(arrondi) else int(arrondi)
    inexact = not est_absent(exact) and not bool(exact)
    if inexact and base > 0 and float(v) == 0 and unite != "%":
        return avec_unite(f"moins de {base}", unite) if complet else f"moins de {base}"
    texte = nombre(v, 0 if inexact and unite == "%" else decimales)  # protected rates are whole numbers
    if not est_absent(borne):
        texte = f"{borne}{FINE}{texte}"
    return avec_unite(texte, unite, v) if complet or unite in _UNITES_COURTES else texte


def ecart(v: Any, unite: str = "", decimales: int = 0) -> str:
    """A signed difference: `+12`, `−2,1 pts` (a difference of percentages is in points)."""
    if est_absent(v):
        return ABSENT
    texte = nombre(v, decimales, signe=True)
    if unite == "%":
        return f"{texte}{FINE}pt" + ("s" if abs(float(v)) >= 2 else "")
    return avec_unite(texte, unite) if unite in _UNITES_COURTES else texte


def pourcentage(v: Any, decimales: int = 0, signe: bool = False) -> str:
    """`34.5` → `34,5 %` (the argument is already in percent)."""
    return ABSENT if est_absent(v) else f"{nombre(v, decimales, signe)}{FINE}%"


def date_longue(jour: date | datetime | pd.Timestamp | None) -> str:
    """`30 septembre 2026`; the first of a month is `1er`."""
    if est_absent(jour):
        return ABSENT
    assert jour is not None
    texte = format_date(jour, format="d MMMM y", locale=LOCALE)
    return re.sub(r"^1 ", "1er ", texte)


def date_courte(jour: date | datetime | pd.Timestamp | None) -> str:
    """`30/09/2026`."""
    return ABSENT if est_absent(jour) else format_date(jour, format="dd/MM/yyyy", locale=LOCALE)


def instant(moment: datetime | pd.Timestamp) -> str:
    """`22 novembre 2026 à 01 h 00`."""
    return f"{date_longue(moment)} à {moment:%H} h {moment:%M}"


def mois_annee(jour: date | datetime | pd.Timestamp) -> str:
    """`janvier 2024`."""
    return format_date(jour, format="MMMM y", locale=LOCALE)


def maille(periode: str) -> str:
    """Grain of a period code: annee, trimestre, mois or depuis_debut."""
    for motif, nom in _MAILLES:
        if re.fullmatch(motif, periode):
            return nom
    return "depuis_debut"


def periode(code: str, court: bool = False) -> str:
    """`2025-T1` → `1er trimestre 2025` (court: `T1 2025`), `2025-01` → `janvier 2025`, `depuis_debut` in words.

    Two codes joined by a slash are a span: `2025-10/2026-09` → `octobre 2025 – septembre 2026`.
    """
    if "/" in code:
        return " – ".join(periode(bout, court) for bout in code.split("/"))
    grain = maille(code)
    if grain == "trimestre":
        annee, rang = code.split("-T")
        return f"T{rang} {annee}" if court else f"{rang}{'er' if rang == '1' else 'e'} trimestre {annee}"
    if grain == "mois":
        jour = date(int(code[:4]), int(code[5:7]), 1)
        return format_date(jour, format="MMM y" if court else "MMMM y", locale=LOCALE)
    return "depuis le début" if grain == "depuis_debut" else code


def debut_periode(code: str, debut: date) -> date:
    """First day of a period; `debut` is the first day of the contract."""
    grain = maille(code)
    if grain == "annee":
        return date(int(code), 1, 1)
    if grain == "trimestre":
        return date(int(code[:4]), 3 * int(code[-1]) - 2, 1)
    return date(int(code[:4]), int(code[5:7]), 1) if grain == "mois" else debut


def fin_periode(code: str, fin: date) -> date:
    """Last day of a period, never after `fin` (the data date)."""
    grain = maille(code)
    if grain == "depuis_debut":
        return fin
    mois = 12 if grain == "annee" else 3 * int(code[-1]) if grain == "trimestre" else int(code[5:7])
    suivant = date(int(code[:4]) + mois // 12, mois % 12 + 1, 1)
    return min(date.fromordinal(suivant.toordinal() - 1), fin)


def typographie(texte: str) -> str:
    """French spaces that never break before : ; ? ! » nor after «."""
    texte = re.sub(r" ([;?!»])", FINE + r"\1", texte)
    return re.sub(r" :(?=\s|$)", "\u00a0:", texte).replace("« ", f"«{FINE}")


def lignes(tableau: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a small frame as dictionaries."""
    return [{str(k): v for k, v in ligne.items()} for ligne in tableau.to_dict("records")]


def enumeration(termes: list[str], et: str = "et") -> str:
    """`a, b et c`."""
    return termes[0] if len(termes) == 1 else f"{', '.join(termes[:-1])} {et} {termes[-1]}" if termes else ""


def accord(n: float, singulier: str, pluriel: str | None = None) -> str:
    """`1 quartier`, `13 quartiers`."""
    return f"{nombre(n)} {singulier if abs(n) < 2 else pluriel or singulier + 's'}"


def sans_markdown(texte: Any) -> str:
    """Text written by a partner, made inert for st.markdown: no image, link, colour, formula, emphasis or list."""
    # The narrow spaces of our own numbers stay: a table must not cut « 21 900 € » in two.
    propre = "" if est_absent(texte) else re.sub(r"[^\S\u00a0\u202f]+", " ", str(texte)).strip()
    propre = re.sub(r"([\\`*_{}\[\]()<>!|$~:^&])", r"\\\1", propre)
    return re.sub(r"^(\d*)([#+=.-])(?=\s|$|[#+=-])", r"\1\\\2", propre)


def _cellule_csv(contenu: Any) -> Any:
    """Numbers with a decimal comma; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if est_absent(contenu):
        return ""
    if isinstance(contenu, bool):
        return "oui" if contenu else "non"
    if isinstance(contenu, int | float):
        return "" if math.isinf(contenu) else f"{contenu:.10g}".replace(".", ",")
    texte = str(contenu)
    return "'" + texte if texte.lstrip(" ").startswith(_A_NEUTRALISER) and texte[:1] != MOINS else texte


def csv_francais(tableau: pd.DataFrame, notes: list[str] | None = None) -> bytes:
    """A CSV French spreadsheets open directly: BOM, semicolons, decimal comma; `notes` close the file."""
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow([_cellule_csv(str(c)) for c in tableau.columns])
    for ligne in tableau.itertuples(index=False):
        ecrivain.writerow([_cellule_csv(c) for c in ligne])
    if notes:
        ecrivain.writerow([])
        ecrivain.writerows([[_cellule_csv(n)] for n in notes])
    return tampon.getvalue().encode("utf-8-sig")
