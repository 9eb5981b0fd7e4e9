"""Bad workbooks, one at a time: read cell by cell as a person sees them, or refused whole with a sentence."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.styles import Font

from tests.etl.validate.cas import DIX, ILLISIBLE, Cas
from tests.etl.validate.depot_essai import PERSONNE, csv_text, many, persons, table
from tests.etl.validate.ecrire_xls import xls

BON = table(persons())


def _own(prefixe: str) -> list[list[str]]:
    """Ten good rows under references of their own, to look at what is kept of them."""
    return table(many(PERSONNE, 10, participant_ref=f"{prefixe}-{{}}"))


DATE = BON[0].index("date_entree")


def xlsx(feuilles: dict[str, Sequence[Sequence[Any]]], **retouches: Callable[[Any], object]) -> bytes:
    """A workbook with one sheet per entry; `retouches` act on the sheets they name."""
    classeur = openpyxl.Workbook()
    del classeur[classeur.sheetnames[0]]
    for nom, lignes in feuilles.items():
        feuille = classeur.create_sheet(nom)
        for ligne in lignes:
            feuille.append(list(ligne))
    for nom, agir in retouches.items():
        agir(classeur[nom])
    flux = io.BytesIO()
    classeur.save(flux)
    return flux.getvalue()


def archive(**membres: str | bytes) -> bytes:
    """A ZIP file; `__` in the names stands for a slash."""
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as z:
        for membre, contenu in membres.items():
            z.writestr(membre.replace("__", "/"), contenu)
    return flux.getvalue()


def patched(classeur: bytes, membre: str, ancien: bytes, nouveau: bytes, **ajouts: bytes) -> bytes:
    """A workbook one member of which was altered, others added."""
    flux = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(classeur)) as lu, zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as ecrit:
        for nom in lu.namelist():
            contenu = lu.read(nom)
            if nom == membre:
                assert ancien in contenu, contenu[:2000]
                contenu = contenu.replace(ancien, nouveau, 1)
            ecrit.writestr(nom, contenu)
        for nom, contenu in ajouts.items():
            ecrit.writestr(nom.replace("__", "/"), contenu)
    return flux.getvalue()


def ods(feuilles: dict[str, Sequence[Sequence[object]]], mimetype: str = "spreadsheet") -> bytes:
    """An OpenDocument workbook of texts, numbers and dates."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    for nom, lignes in feuilles.items():
        feuille = Table(name=nom)
        for ligne in lignes:
            rangee = TableRow()
            for valeur in ligne:
                if isinstance(valeur, date):
                    cellule = TableCell(valuetype="date", datevalue=valeur.isoformat())
                elif isinstance(valeur, int | float):
                    cellule = TableCell(valuetype="float", value=str(valeur))
                else:
                    cellule = TableCell(valuetype="string") if valeur else TableCell()
                if valeur:
                    cellule.addElement(P(text=str(valeur)))
                rangee.addElement(cellule)
            feuille.addElement(rangee)
        document.spreadsheet.addElement(feuille)
    flux = io.BytesIO()
    document.save(flux)
    return flux.getvalue()


def typed(lignes: Sequence[Sequence[str]]) -> list[list[object]]:
    """Rows as a spreadsheet types them: real dates and numbers, some dates with a time of midnight, one as text."""
    rendues: list[list[object]] = [list(lignes[0])]
    for rang, ligne in enumerate(lignes[1:]):
        jour = ("02/03/2025", datetime(2025, 3, 2), date(2025, 3, 2))[min(rang, 1 + rang % 2)]
        rendues.append([jour if c == "date_entree" else int(v) if c == "annee_naissance" else v
                        for c, v in zip(lignes[0], ligne, strict=True)])  # fmt: skip
    return rendues


def _serial(prefixe: str, jour: int) -> list[list[object]]:
    titres, *lignes = _own(prefixe)
    return [list(titres), *([jour if rang == DATE else v for rang, v in enumerate(ligne)] for ligne in lignes)]


def _in_1904(feuille: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    feuille.parent.epoch = CALENDAR_MAC_1904


def _hide(feuille: Any) -> None:
    feuille.row_dimensions[4].hidden = True
    feuille.column_dimensions["C"].hidden = True
    feuille.parent["Ancien"].sheet_state = "hidden"
    feuille.parent["Secret"].sheet_state = "veryHidden"


def _format_far(feuille: Any) -> None:
    """What people leave behind: a whole column and the last row in bold, nothing written there."""
    for adresse in ("XFD3", "A1048576", "XFD1048576"):
        feuille[adresse].font = Font(bold=True)
    feuille.row_dimensions[1048576].height = 30


def _set(**cellules: object) -> Callable[[Any], None]:
    def agir(feuille: Any) -> None:
        for adresse, valeur in cellules.items():
            feuille[adresse] = valeur

    return agir


def _with(rang: int, colonne: str, valeur: object) -> list[list[object]]:
    lignes: list[list[object]] = [list(ligne) for ligne in BON]
    lignes[rang][BON[0].index(colonne)] = valeur
    return lignes


_SIMPLE = xlsx({"Données": BON})
_FEUILLE = "xl/worksheets/sheet1.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NEUF = ("charge", 10, 9, 1, 0)
_TITRES = [["Participants suivis"], *BON, ["* dont 3 en cours"]]


def _merge(feuille: Any) -> None:
    feuille.merge_cells("A1:G1")
    feuille.merge_cells("A13:G13")


def _entities(contenu: bytes) -> bytes:
    rire = (
        b"<!DOCTYPE x [<!ENTITY a 'ha'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]>"
    )
    return patched(contenu, _FEUILLE, b"<worksheet", rire + b"<worksheet")


def _too_long() -> bytes:
    """A sheet one row of which says it is beyond the limit, as a spreadsheet writes it."""
    return patched(_SIMPLE, _FEUILLE, b'<row r="11"', b'<row r="200001"')


P, JOUR = "participants_2025.xlsx", (("date_entree",), "2025-03-02")
_CELLULE = b'<table:table-cell office:value-type="string"><text:p>%s<'
CAS = [
    Cas(17, P, xlsx({"Données": _serial("S1", 45718)}), DIX, valeur=JOUR),
    Cas(17, P, xlsx({"Données": _serial("S2", 44256)}, Données=_in_1904), DIX, valeur=JOUR),
    Cas(18, P, xlsx({"Données": typed(_own("T1"))}), DIX, valeur=JOUR),
    Cas(28, P, xlsx({"Données": _TITRES}, Données=_merge), ("charge", 12, 10, 0, 2)),
    Cas(29, P, xlsx({"Données": BON}, Données=lambda f: f.merge_cells("A3:A6")), ILLISIBLE,
        ("fusionnées dans le tableau (lignes 3 à 6)",)),
    Cas(70, P, b"PK\x03\x04" + bytes(20 * 2**20 + 1), ILLISIBLE, ("trop gros",)),
    Cas(70, P, _too_long(), ILLISIBLE, ("200000 lignes ou 200 colonnes",)),
    Cas(71, "participants_2025.xls", xls({"Données": typed(_own("T2"))}), DIX, valeur=JOUR),
    Cas(71, "participants_2025.xls", xls({"Données": _own("T3"), "Ancien": BON}, ["Ancien"]), DIX,
        ('Feuille masquée "Ancien" : non chargée.',), valeur=JOUR),
    Cas(71, "participants_2025.ods", ods({"Données": typed(_own("T4"))}), DIX, valeur=JOUR),
    Cas(71, "participants_2025.xlsm", patched(_SIMPLE, "[Content_Types].xml", b"sheet.main+xml",
        b"sheet.main+xml", xl__vbaProject__bin=b"", **{"xl__vbaProject.bin": b"\xd0\xcf"}), DIX,
        ("Ce classeur contient des macros : elles n'ont pas été lues.",)),
    Cas(72, P, _OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600), ILLISIBLE,
        ("mot de passe",)),
    Cas(72, "participants_2025.ods", patched(ods({"Données": BON}), "META-INF/manifest.xml",
        b"<manifest:file-entry", b"<manifest:encryption-data/><manifest:file-entry"), ILLISIBLE, ("mot de passe",)),
    Cas(73, P, csv_text(BON).encode(), DIX),
    Cas(73, P, ods({"Données": BON}), DIX),
    Cas(73, P, xls({"Données": BON}), DIX),
    Cas(73, "participants_2025.ods", _SIMPLE, DIX),
    Cas(73, "participants_2025.xls", _SIMPLE, DIX),
    Cas(73, "participants_2025.csv", _SIMPLE, DIX),
    Cas(73, P, b"<html><table><tr><td>acteur_id</td></tr></table></html>", ILLISIBLE, ("page web",)),
    Cas(73, P, archive(**{"participants.csv": csv_text(BON)}), ILLISIBLE, ("archive ZIP",)),
    Cas(73, P, archive(**{"word__document.xml": "<w/>"}), ILLISIBLE, ("bureautique",)),
    Cas(74, P, xlsx({"Données": _with(3, "annee_naissance", "=1980+10")}), _NEUF, ("formule",),
        ("erreur_de_formule",)),
    Cas(74, P, patched(xlsx({"Données": _with(3, "annee_naissance", "=1980+10")}), _FEUILLE, b"<v />",
        b"<v>1990</v>"), DIX),
    Cas(74, P, xlsx({"Données": _with(3, "annee_naissance", "#REF!")}), _NEUF, ("formule",),
        ("erreur_de_formule",)),
    Cas(74, "participants_2025.xls", xls({"Données": _with(3, "annee_naissance", "#REF!")}), _NEUF, ("formule",),
        ("erreur_de_formule",)),
    Cas(74, "participants_2025.ods", patched(ods({"Données": BON}), "content.xml",
        b'<table:table-cell office:value-type="string"><text:p>1990</text:p>',
        b'<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="">'
        b"<text:p>#DIV/0!</text:p>"), _NEUF, ("formule",), ("erreur_de_formule",)),
    Cas(75, "participants_2025.ods", patched(ods({"Données": BON}), "content.xml",
        b"<table:table-row>" + _CELLULE % b"A1", b'<table:table-row table:visibility="filter">' + _CELLULE % b"A1"),
        DIX, ("1 lignes masquées, lues aussi.",)),
    Cas(75, P, xlsx({"Données": BON, "Ancien": BON, "Secret": BON}, Données=_hide), DIX,
        ('Feuille masquée "Ancien" : non chargée.', 'Feuille masquée "Secret" : non chargée.',
         "1 lignes masquées, lues aussi.", "1 colonnes masquées, lues aussi.")),
    Cas(76, P, xlsx({"Lilas": BON, "Centre": table(many(PERSONNE, 3, participant_ref="Q-{}"))}), ILLISIBLE,
        ('"Lilas", "Centre"',)),
    Cas(76, P, xlsx({"Lisez-moi": [["Bonjour"], ["À lire avant"]], "Données": BON}), DIX,
        ('Feuille "Lisez-moi" : non chargée, aucun tableau reconnu.',)),
    Cas(77, P, archive(**{"xl__workbook.xml": "<workbook/>", "xl__worksheets__s.xml": " " * 30_000_000}), ILLISIBLE,
        ("démesuré",)),
    Cas(77, P, xlsx({"Données": BON}, Données=_set(XFD1048576="loin")), ILLISIBLE,
        ("200000 lignes ou 200 colonnes",)),
    Cas(77, P, xlsx({"Données": BON}, Données=_format_far), DIX,
        ("cellules vides mises en forme loin du tableau",)),
    Cas(77, P, xlsx({"Données": BON}, Données=_set(A250000="loin")), ILLISIBLE,
        ("200000 lignes ou 200 colonnes",)),
    Cas(77, P, archive(**{"xl__workbook.xml": "<workbook/>", "..__x.csv": "a"}), ILLISIBLE, ("chemins anormaux",)),
    Cas(77, P, _entities(_SIMPLE), ILLISIBLE, ("déclarations XML",)),
    Cas(0, P, _SIMPLE[:-300], ILLISIBLE, ("abîmé",)),
]  # fmt: skip


def cas() -> list[Cas]:
    """Every case of this module, in the order of the list."""
    return CAS
