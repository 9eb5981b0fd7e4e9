"""Every fault one row can show by itself, as SQL: a condition, a code, a sentence, a way to correct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from etl.catalog.schemas import Field, Regle, Schema
from etl.validate.natures import Lecteur, literal
from etl.validate.stock import quoted

# Remarks made at the gate, where the value was seen and not kept: sentences without the value.
CONSTATS = {
    "identite_suspectee": (
        "la valeur ressemble à un nom, un courriel, un téléphone ou un numéro de sécurité sociale.",
        "Remplacez-la par votre numéro de dossier, ou videz la cellule.",
    ),
    "caractere_interdit": (
        "la valeur contient un caractère de contrôle invisible.",
        "Effacez la cellule et retapez la valeur.",
    ),
    "erreur_de_formule": (
        "la cellule contient une formule en erreur ou sans résultat enregistré.",
        "Remplacez la formule par sa valeur (copier, collage spécial, valeurs).",
    ),
    "champs_manquants": (
        "la ligne compte moins de champs que l'en-tête.",
        "Vérifiez les séparateurs : un champ vide garde le sien.",
    ),
    "champs_en_trop": (
        "la ligne compte plus de champs que l'en-tête.",
        "Mettez entre guillemets une valeur qui contient le séparateur.",
    ),
    "date_invalide": (
        "la valeur n'est pas une date du calendrier (attendu JJ/MM/AAAA).",
        "Corrigez la date dans votre fichier d'origine.",
    ),
    "annee_sur_deux_chiffres": (
        "l'année est sur deux chiffres : le siècle ne se devine pas.",
        "Écrivez l'année sur quatre chiffres dans votre fichier d'origine.",
    ),
    "date_future": ("la date est dans le futur.", "Corrigez la date dans votre fichier d'origine."),
    "age_hors_bornes": (
        "l'âge à l'entrée est hors de l'intervalle de 14 à 99 ans.",
        "Vérifiez la date de naissance et la date d'entrée.",
    ),
    "naissance_contradictoire": (
        "la date de naissance contredit l'année de naissance ou la tranche d'âge.",
        "Corrigez l'une des deux, ou videz la tranche d'âge : elle se déduit de la date.",
    ),
    "jeton_illisible": (
        "le jeton n'est pas celui de ce contrat de ville.",
        "Copiez-le tel quel depuis le classeur des lignes refusées, ou renvoyez la ligne d'origine.",
    ),
}


@dataclass(frozen=True)
class Faute:
    """One possible fault: `condition` and `message` are SQL over the row `b` (typed) with its texts `t·<column>`."""

    colonne: str
    code: str
    condition: str
    message: str
    correction: str

    def sql(self) -> str:
        """The struct of the fault when the row shows it, else NULL."""
        return (
            f"CASE WHEN {self.condition} THEN {{'colonne': {literal(self.colonne)}, 'code': {self.code}, "
            f"'message': {self.message}, 'correction': {self.correction}}} END"
        )


def text_of(nom: str) -> str:
    """The column that keeps the received text of a field beside its typed value."""
    return quoted(f"t·{nom}")


def row_faults(lecteur: Lecteur, lus: set[str], presentes: dict[str, list[int]]) -> list[Faute]:
    """The faults of one contract's rows. `lus`: columns joined to the lexicon; `presentes`: column → lots having it."""
    fautes = []
    for champ in lecteur.schema.stored_fields:
        if champ.name in lus:
            c, m, k = (quoted(f"{cle}·{champ.name}") for cle in ("c", "m", "k"))
            fautes.append(Faute(champ.name, c, f"{c} IS NOT NULL", m, k))
        fautes += cell_faults(lecteur, champ, champ.name in lus)
    return fautes + contradictions(lecteur, lus, presentes)


def cell_faults(lecteur: Lecteur, champ: Field, lu: bool) -> list[Faute]:
    """The faults that one cell shows by its value alone; `lu`: its column is joined to the lexicon."""
    fautes = _required(lecteur, champ, lu) + _bounds(champ)
    if champ.nature == "date" and not _may_be_planned(lecteur.schema, champ):
        fautes.append(_future(champ, lecteur.contexte.aujourd_hui))
    return fautes


def contradictions(lecteur: Lecteur, lus: set[str], presentes: dict[str, list[int]]) -> list[Faute]:
    """The faults that several cells of a row show together."""
    fautes = [_at_least_one(lecteur, choix, lus, presentes) for choix in lecteur.schema.au_moins_un]
    return fautes + [_rule(lecteur.schema, regle) for regle in lecteur.schema.regles]


def remarks_sql() -> str:
    """The faults noted at the gate (`constats`: column:code, separated by spaces), as a list of structs."""
    codes = ", ".join(literal(code) for code in CONSTATS)
    textes = ", ".join(
        f"{{'message': {literal(message)}, 'correction': {literal(correction)}}}"
        for message, correction in CONSTATS.values()
    )
    dit = f"map([{codes}], [{textes}])[split_part(c, ':', 2)]"
    return (
        "list_transform(string_split(b.constats, ' '), lambda c: {'colonne': split_part(c, ':', 1), "
        f"'code': split_part(c, ':', 2), 'message': {dit}.message, 'correction': {dit}.correction}})"
    )


def _may_be_planned(schema: Schema, champ: Field) -> bool:
    """Ends may be planned; so may the start of what has no date of its own (a structure, a permanence)."""
    return champ.name == "date_fin" or schema.date_principale is None


def _unremarked(*noms: str) -> str:
    """No remark was made at the gate on these columns (their value was seen, then emptied)."""
    return "".join(f" AND NOT contains(' ' || coalesce(b.constats, ''), ' {nom}:')" for nom in noms)


def _required(lecteur: Lecteur, champ: Field, lu: bool) -> list[Faute]:
    if not champ.required or lecteur.default(champ) is not None:
        return []
    illisible = f" AND {quoted(f'c·{champ.name}')} IS NULL" if lu else ""
    return [Faute(
        champ.name, "'valeur_manquante'", f"b.{quoted(champ.name)} IS NULL{illisible}{_unremarked(champ.name)}",
        "'la valeur manque (colonne obligatoire).'", literal(f"Remplissez la cellule, par exemple : {champ.example}."),
    )]  # fmt: skip


def _bounds(champ: Field) -> list[Faute]:
    if champ.nature not in ("entier", "annee", "decimal", "montant"):
        return []
    hors = [f"b.{quoted(champ.name)} {signe} {borne}" for signe, borne in (("<", champ.minimum), (">", champ.maximum))
            if borne is not None]  # fmt: skip
    if not hors:
        return []
    bornes = f"de {champ.minimum:g} à {champ.maximum:g}" if len(hors) == 2 else (
        f"au moins {champ.minimum:g}" if champ.minimum is not None else f"au plus {champ.maximum:g}"
    )  # fmt: skip
    suite = f"est hors des bornes ({bornes})."
    return [Faute(
        champ.name, "'hors_bornes'", f"({' OR '.join(hors)})", _quoting(champ.name, suite),
        literal(f"Vérifiez le nombre : {bornes}."),
    )]  # fmt: skip


def _quoting(nom: str, suite: str) -> str:
    return f"'\"' || left({text_of(nom)}, 60) || '\" ' || {literal(suite)}"


def _future(champ: Field, aujourd_hui: date) -> Faute:
    suite = f"est dans le futur (après le {aujourd_hui:%d/%m/%Y})."
    return Faute(
        champ.name, "'date_future'", f"b.{quoted(champ.name)} > DATE '{aujourd_hui}'", _quoting(champ.name, suite),
        "'Seuls les faits passés sont attendus : corrigez la date, ou renvoyez la ligne plus tard.'",
    )  # fmt: skip


def _at_least_one(
    lecteur: Lecteur, choix: tuple[tuple[str, ...], ...], lus: set[str], presentes: dict[str, list[int]]
) -> Faute:
    """One alternative must be filled; an empty column that has a code for «unknown» counts as filled."""
    schema = lecteur.schema
    complets = []
    for noms in choix:
        parties = []
        for nom in noms:
            if nom in schema.identite:  # consumed at the gate, which fills what it stands for
                parties.append("false")
                continue
            rempli = f"b.{quoted(nom)} IS NOT NULL"
            if lecteur.default(schema.field(nom)) is not None and presentes.get(nom):
                rempli = f"({rempli} OR b.lot IN ({', '.join(map(str, presentes[nom]))}))"
            parties.append(rempli)
        complets.append("(" + " AND ".join(parties) + ")")
    concernes = [nom for noms in choix for nom in noms]
    titres = " ou ".join(" + ".join(f'"{schema.field(nom).title}"' for nom in noms) for noms in choix)
    # An unreadable cell is a fault of its own: it is not said twice.
    lisibles = "".join(f" AND {quoted(f'c·{nom}')} IS NULL" for nom in concernes if nom in lus)
    vides = f"NOT ({' OR '.join(complets)}){_unremarked(*concernes)}{lisibles}"
    return Faute(
        concernes[0], "'valeur_manquante'", vides, literal(f"la valeur manque (remplissez {titres})."),
        literal(f"Remplissez {titres}."),
    )  # fmt: skip


def _rule(schema: Schema, regle: Regle) -> Faute:
    premiere, *autres = [nom for nom in regle.colonnes if nom not in schema.identite]
    rappel = " || ', ' || ".join(
        f"{literal(schema.field(nom).title)} || ' : \"' || coalesce(left({text_of(nom)}, 60), '') || '\"'"
        for nom in autres
    )
    message = f"'\"' || coalesce(left({text_of(premiere)}, 60), '') || '\" : ' || {literal(regle.message.rstrip('.'))}"
    message += f" || ' (' || {rappel} || ').'" if rappel else " || '.'"
    correction = regle.correction[:1].upper() + regle.correction[1:].rstrip(".") + "."
    return Faute(premiere, literal(regle.code), f"({regle.sql})", message, literal(correction))
