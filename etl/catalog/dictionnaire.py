"""Writes docs/dictionnaire.md from the Table Schemas: `python -m etl.catalog.dictionnaire > docs/dictionnaire.md`."""

from __future__ import annotations

from collections.abc import Iterator

from etl.catalog import nomenclatures, schemas
from etl.catalog.explications import alternatives, expected, obligation, refusals
from etl.catalog.schemas import Field, Schema

_TETE = """# Dictionnaire des données

Ce document est produit à partir des schémas de `etl/catalog/schemas` (norme Table Schema) :
ne le modifiez pas à la main.

Les codes des listes, leurs libellés et les graphies citées sont acceptés dans les fichiers sans égard à la casse, aux
accents ni à la ponctuation. Les titres de colonnes sont comparés de la même façon, dans n'importe quel ordre.
"""


def render() -> str:
    """The whole dictionary, in Markdown."""
    partenaires, pilotage = schemas.names(), schemas.steering_names()
    morceaux = [_TETE, "## Fichiers des partenaires\n", _summary(partenaires)]
    morceaux += [_schema(schemas.load(nom)) for nom in partenaires]
    morceaux += ["## Tables de pilotage\n", _summary(pilotage)]
    morceaux += [_schema(schemas.load(nom)) for nom in pilotage]
    morceaux += ["## Listes de valeurs\n", *(_list(nom) for nom in nomenclatures.names())]
    return "\n".join(morceaux)


def _cell(texte: object) -> str:
    return str(texte).replace("|", "\\|").replace("\n", " ")


def _row(*cellules: object) -> str:
    return f"| {' | '.join(_cell(cellule) for cellule in cellules)} |"


def _summary(noms: tuple[str, ...]) -> str:
    lignes = [_row("fichier", "une ligne est"), _row("---", "---")]
    for nom in noms:
        schema = schemas.load(nom)
        lignes.append(_row(f"[{nom}](#{nom})", schema.description))
    return "\n".join(lignes) + "\n"


def _schema(schema: Schema) -> str:
    lignes = [f"### {schema.name}", "", f"**{schema.title}** (version {schema.version}). {schema.description}", ""]
    lignes += [_row("colonne", "titre", "remplissage", "définition", "forme attendue", "exemple"), _row(*["---"] * 6)]
    for colonne in schema.fields:
        forme = expected(colonne) + _link(colonne)
        cle = " (clé)" if colonne.name in schema.primary_key else ""
        lignes.append(
            _row(
                f"`{colonne.name}`", colonne.title, obligation(schema, colonne) + cle, colonne.description, forme,
                colonne.example,
            )
        )  # fmt: skip
    return "\n".join([*lignes, "", *_rules(schema)])


def _link(colonne: Field) -> str:
    return f" ([{colonne.nomenclature}](#{colonne.nomenclature}))" if colonne.nomenclature else ""


def _rules(schema: Schema) -> Iterator[str]:
    portee = "tout le contrat de ville" if schema.portee_cle == "contrat" else "les envois d'un même partenaire"
    yield f"- Clé : {', '.join(f'`{nom}`' for nom in schema.primary_key)}, unique dans {portee}."
    for cle in schema.foreign_keys:
        colonnes = ", ".join(f"`{nom}`" for nom in cle.fields)
        yield f"- {colonnes} : doit exister dans [{cle.resource}](#{cle.resource})."
    for colonne in schema.fields:
        if colonne.reference:
            yield f"- `{colonne.name}` : chaque valeur doit exister dans [{colonne.reference}](#{colonne.reference})."
    yield from (f"- {phrase}" for phrase in alternatives(schema))
    yield from (f"- Refusée : {phrase}" for phrase in refusals(schema))
    yield ""


def _list(nom: str) -> str:
    liste = nomenclatures.load(nom)
    lignes = [f"### {nom}", "", _row("code", "libellé", "autres graphies acceptées"), _row("---", "---", "---")]
    for code, libelle in liste.codes.items():
        lignes.append(_row(f"`{code}`", libelle, ", ".join(liste.autres.get(code, ()))))
    return "\n".join([*lignes, ""])


if __name__ == "__main__":
    print(render(), end="")
