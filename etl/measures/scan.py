"""Composes the SELECT that counts the indicators of one table of facts, in every grouping they declare."""

from etl.catalog.indicateurs import Indicateur

TERRITOIRES = ("qpv", "commune", "ensemble")
_PERIODE = ("maille", "periode")
# Persons take the quarter and answers known of them at the period's end.
_ETATS = " ASOF JOIN core.personne_etat AS etats ON faits.personne = etats.personne AND faits.fin >= etats.depuis"


def columns(indicateurs: tuple[Indicateur, ...]) -> list[str]:
    """Return the territory and breakdown columns of a pass, in the order of its grouping_id."""
    return [*_territoires(indicateurs), *_axes(indicateurs)]


def scan(fait: str, indicateurs: tuple[Indicateur, ...]) -> str:
    """Return the SELECT that counts `indicateurs`, all of the same unit, over `mart.<fait>`.

    Columns: maille, periode, those of `columns`, groupe (grouping_id), then the counts of each indicator.
    """
    if indicateurs[0].sur_personnes:
        return _count_units(fait, indicateurs)
    agregats = [f"{i.numerateur} AS {i.id}__num, {i.denominateur or 'NULL'} AS {i.id}__den" for i in indicateurs]
    sets = ", ".join(f"({', '.join(e)})" for e in _ensembles(indicateurs))
    return f"SELECT {_entete(indicateurs)}, {', '.join(agregats)} FROM mart.{fait} GROUP BY GROUPING SETS ({sets})"


def _count_units(fait: str, indicateurs: tuple[Indicateur, ...]) -> str:
    """Count distinct units in two steps: each unit once per group with its conditions, then how many meet each.

    Fifteen times faster than count(DISTINCT …) in every grouping, and the same rows.
    """
    unite = indicateurs[0].unite_comptee
    cle = ["faits.personne"] if unite == "personne" else [f"faits.{unite}", "faits.personne"]
    conditions = {nom: sql for i in indicateurs for nom, sql in _conditions(i).items()}
    noms = {sql: f"c{rang}" for rang, sql in enumerate(dict.fromkeys(conditions.values()))}
    drapeaux = ", ".join(f"bool_or({sql}) AS {nom}" for sql, nom in noms.items())
    sets = ", ".join(f"({', '.join([*e, *cle])})" for e in _ensembles(indicateurs))
    comptes = ", ".join(_compte(nom, noms[sql], unite) for nom, sql in conditions.items())
    sortie = ", ".join([*_PERIODE, *columns(indicateurs), "groupe"])
    return f"""
    WITH unites AS (
        SELECT {_entete(indicateurs)}, {", ".join(cle)}, {drapeaux}
        FROM mart.{fait} AS faits{_ETATS} GROUP BY GROUPING SETS ({sets})
    )
    SELECT {sortie}, {comptes} FROM unites GROUP BY ALL
    """


def _compte(nom: str, condition: str, unite: str) -> str:
    # Several facts of one person are one person: only the threshold counts persons when the unit is a fact.
    personnes = nom.endswith("__p") and unite != "personne"
    return f"count({'DISTINCT personne' if personnes else '*'}) FILTER (WHERE {condition}) AS {nom}"


def _conditions(i: Indicateur) -> dict[str, str]:
    """Conditions of the rows counted (x), of the base (n, and its persons p), and of all those concerned."""
    compte = f"({i.base}) AND ({i.compte})" if i.ratio else i.compte
    return {f"{i.id}__x": compte, f"{i.id}__n": i.base, f"{i.id}__p": i.base, f"{i.id}__tous": i.base_totale}


def _entete(indicateurs: tuple[Indicateur, ...]) -> str:
    colonnes = columns(indicateurs)
    groupe = f"grouping_id({', '.join(colonnes)})" if colonnes else "0"
    return ", ".join([*_PERIODE, *colonnes, f"{groupe} AS groupe"])


def _ensembles(indicateurs: tuple[Indicateur, ...]) -> list[tuple[str, ...]]:
    territoires, axes = _territoires(indicateurs), _axes(indicateurs)
    seuls = [(), *((c,) for c in (*territoires, *axes))]
    return [(*_PERIODE, *e) for e in [*seuls, *((t, a) for t in territoires for a in axes)]]


def _axes(indicateurs: tuple[Indicateur, ...]) -> list[str]:
    return list(dict.fromkeys(axe for i in indicateurs for axe in i.axes))


def _territoires(indicateurs: tuple[Indicateur, ...]) -> tuple[str, ...]:
    return TERRITOIRES if any(i.territoires for i in indicateurs) else ()
