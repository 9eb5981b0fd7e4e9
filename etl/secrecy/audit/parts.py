"""What protection costs: the share of cells published, by class, period and number of dimensions, and by indicator."""

from typing import Any

import duckdb

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE

# Cells that concern nobody are left out: zero is no secret, and would make every share look better.
_CELLULES = """
CREATE OR REPLACE TEMP TABLE _cellule_publiee AS
SELECT
    d.indicateur, d.maille, d.periode, d.type_territoire, d.axe, classes.classe,
    (d.type_territoire <> 'total')::INTEGER + (d.axe <> '')::INTEGER AS dimensions,
    d.numerateur IS NOT NULL OR d.valeur IS NOT NULL AS publiee, periodes.close, m.n IS NOT NULL AS sur_personnes
FROM diffusion.mesure AS d
INNER JOIN _classe AS classes USING (indicateur)
INNER JOIN mart.mesure AS m USING (indicateur, maille, periode, type_territoire, territoire, axe, modalite)
INNER JOIN core.periode AS periodes ON d.maille = periodes.maille AND d.periode = periodes.periode
WHERE coalesce(m.n, m.numerateur) > 0
"""
_PART = "count(*) AS cellules, round(100.0 * count(*) FILTER (publiee) / count(*), 1) AS part"


def measure(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the shares of `diffusion.mesure`: `publiees`, `par_indicateur`, and the two figures to hold (percent).

    `fiche_qpv_annee`: the fiche's five indicators by quarter in force and whole year; `contrat_trimestre`: every
    indicator for the contract by whole quarter.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE _classe (indicateur VARCHAR, classe VARCHAR)")
    lignes = [(i.id, "sensible" if i.sensible else i.classe) for i in CATALOGUE.values()]
    con.execute(f"INSERT INTO _classe VALUES {', '.join(map(str, lignes))}")
    con.execute(_CELLULES)
    fiche = f"indicateur IN {CINQ_DE_LA_FICHE} AND type_territoire = 'qpv' AND maille = 'annee' AND axe = '' AND close"
    contrat = "type_territoire = 'total' AND maille = 'trimestre' AND axe = '' AND close"
    personnes = "FROM _cellule_publiee WHERE sur_personnes GROUP BY ALL ORDER BY ALL"
    parts = {
        "publiees": _lines(con, f"SELECT classe, maille, dimensions, {_PART} {personnes}"),
        "par_indicateur": _lines(con, f"SELECT indicateur, dimensions, {_PART} {personnes}"),
        "fiche_qpv_annee": _lines(con, f"SELECT {_PART} FROM _cellule_publiee WHERE {fiche}")[0]["part"],
        "contrat_trimestre": _lines(con, f"SELECT {_PART} FROM _cellule_publiee WHERE {contrat}")[0]["part"],
    }
    con.execute("DROP TABLE _cellule_publiee; DROP TABLE _classe")
    return parts


def _lines(con: duckdb.DuckDBPyConnection, requete: str) -> list[dict[str, Any]]:
    lus = con.execute(requete)
    noms = [c[0] for c in lus.description or []]
    return [dict(zip(noms, ligne, strict=True)) for ligne in lus.fetchall()]
