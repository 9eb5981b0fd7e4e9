"""Denominators that tell an answer (exits to employment, interruptions): numbers protected like any count.

Who is known to be concerned is public; who among them is in the denominator is an answer. Where it is the sum of
published counts it is that sum, as shown: two draws of one answer would tell more than one. Else it is counted,
rounded, frozen and audited for itself. Rates are worked out last, from what is shown: they, and the reason why there
is none, say nothing that these numbers do not.
"""

from dataclasses import dataclass

import duckdb

from etl.catalog.contrat import Secret
from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.secrecy.arrondi import sql_rounded
from etl.secrecy.catalogue import is_sensitive

_CASE = "maille, periode, type_territoire, territoire, axe, modalite"
_COLONNES = _CASE.split(", ")


@dataclass(frozen=True)
class Denominateur:
    """A number of its own: those known to be concerned by the rate `taux` who are in its base."""

    taux: Indicateur

    @property
    def nom(self) -> str:
        """Its name, that of the base of those known to be concerned in `secret.profil` too."""
        return self.taux.nom_base


def answering() -> list[Indicateur]:
    """Return the rates whose denominator tells an answer."""
    return [i for i in CATALOGUE.values() if i.sur_personnes and i.ratio and i.base_connue and not i.derive]


def denominators() -> list[Denominateur]:
    """Return every denominator that tells an answer and that published counts do not make up."""
    return [Denominateur(i) for i in answering() if not i.base_publiee]


def count(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `cellule_denominateur`, with the label of each to draw from, and `mart.denominateur`, from `cellule`.

    Where those known to be concerned are also those of the count that asks the same answer, it is the same number.
    """
    lignes = ", ".join(f"('{d.nom}', '{d.taux.id}', '{d.taux.base_avec}')" for d in denominators())
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE cellule_denominateur AS
    SELECT
        noms.nom, {", ".join(f"cellules.{c}" for c in _COLONNES)}, cellules.n AS x, cellules.personnes AS n,
        cellules.personnes, cellules.publie, cellules.exact, cellules.b,
        CASE WHEN memes.personnes = cellules.personnes THEN memes.etiquette ELSE noms.nom || '|' || cellules.ou END
            AS etiquette
    FROM cellule AS cellules
    INNER JOIN (VALUES {lignes}) AS noms (nom, indicateur, avec) USING (indicateur)
    LEFT JOIN cellule AS memes
        ON noms.avec = memes.indicateur AND {" AND ".join(f"cellules.{c} = memes.{c}" for c in _COLONNES)}
    WHERE cellules.autorise;
    CREATE OR REPLACE TABLE mart.denominateur AS SELECT nom, {_CASE}, x, n, personnes FROM cellule_denominateur;
    COMMENT ON TABLE mart.denominateur IS
        'Denominators that tell an answer, by cell: who is in them (x), who is known to be concerned (n).';
    """)


def protect_denominators(con: duckdb.DuckDBPyConnection, secret: Secret) -> None:
    """Fill `diffusion.denominateur` from `cellule_denominateur` and `tirage`; add to `diffusion.repli` the exact ones.

    `diffusion.taux` says which number each rate takes, `diffusion.nombre` what is shown of these numbers.
    """
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE _arrondi AS
    SELECT *, CASE WHEN publie THEN {sql_rounded("x", "n", "b", "u")} END AS arrondie
    FROM cellule_denominateur LEFT JOIN tirage USING (etiquette);
    CREATE OR REPLACE TABLE diffusion.denominateur AS
    SELECT
        nom, {_CASE}, CASE WHEN publie AND exact THEN x ELSE arrondie END AS valeur,
        CASE WHEN NOT exact THEN b END AS arrondi
    FROM _arrondi;
    INSERT INTO diffusion.repli BY NAME
    SELECT nom AS indicateur, {_CASE}, arrondie AS numerateur, b AS arrondi FROM _arrondi WHERE publie AND exact;
    DROP TABLE _arrondi; DROP TABLE cellule_denominateur;
    """)
    taux = ", ".join(
        f"('{i.id}', '{i.nom_base}', '{i.totale_publiee}', {i.seuil_connu}, {i.facteur}, {secret.taux_min})"
        for i in answering()
    )
    con.execute(f"""
    CREATE OR REPLACE TABLE diffusion.taux AS
    FROM (VALUES {taux}) AS taux (indicateur, nom, concernes, seuil_connu, facteur, minimum);
    CREATE OR REPLACE TABLE diffusion.mediane AS
    FROM (VALUES {_medians(secret)}) AS medianes (indicateur, axe, compte, seuil);
    CREATE OR REPLACE VIEW diffusion.nombre AS
    SELECT nom, {_CASE}, valeur, arrondi FROM diffusion.denominateur
    UNION ALL
    -- What is missing in one term is missing in the sum; rounded terms may leave less than nothing.
    SELECT
        sommes.nom, {_CASE}, greatest(0, sum(sommes.signe * mesures.numerateur)),
        nullif(sum(coalesce(mesures.arrondi, 0)), 0)
    FROM diffusion.mesure AS mesures
    INNER JOIN (VALUES {_sums()}) AS sommes (nom, indicateur, signe, termes) USING (indicateur)
    WHERE mesures.numerateur IS NOT NULL
    GROUP BY sommes.nom, sommes.termes, {_CASE}
    HAVING count(*) = sommes.termes;
    """)


def _medians(secret: Secret) -> str:
    """SQL rows of the count that tells the base of each median, when it is an answer, by breakdown; and its least."""
    return ", ".join(
        f"('{i.id}', '{axe}', '{compte}', {secret.seuil_sensible if is_sensitive(i, axe) else secret.seuil_resultat})"
        for i in CATALOGUE.values()
        if i.calcul == "mediane" and i.base_publiee
        for axe in ("", *i.axes_comptes)
        if (compte := next(c for c in i.base_publiee if axe in ("", *CATALOGUE[c].axes_comptes)))
    )


def _sums() -> str:
    """SQL rows of the terms of each number made up of published counts: its name, a count, its sign, how many."""
    sommes = {i.nom_base: i.base_publiee for i in answering() if i.base_publiee}
    sommes |= {i.totale_publiee: (i.totale_publiee,) for i in answering() if i.totale_publiee in CATALOGUE}
    return ", ".join(
        f"('{nom}', '{terme.removeprefix('-')}', {-1 if terme.startswith('-') else 1}, {len(termes)})"
        for nom, termes in sommes.items()
        for terme in termes
    )


def share(con: duckdb.DuckDBPyConnection) -> None:
    """Give each rate the denominator shown for it in `diffusion.mesure`, and its value, or why there is none.

    When it is not known whether enough have answered, there is none. A median whose base is an answer is shown where
    the count shown says that enough are in it.
    """
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE _taux AS
    SELECT
        mesures.indicateur, {", ".join(f"mesures.{c}" for c in _COLONNES)},
        bas.valeur AS bas, bas.arrondi IS NULL AS exact, bas.valeur < taux.seuil_connu * tous.valeur AS trop_peu,
        CASE WHEN bas.valeur >= taux.minimum AND (taux.seuil_connu = 0 OR tous.valeur IS NOT NULL)
            THEN round(taux.facteur * mesures.numerateur / bas.valeur) END AS taux
    FROM diffusion.mesure AS mesures
    INNER JOIN diffusion.taux AS taux USING (indicateur)
    {_join("bas", "nom")}
    {_join("tous", "concernes")}
    WHERE mesures.numerateur IS NOT NULL;
    UPDATE diffusion.mesure
    SET denominateur = NULL, valeur = NULL, etat = 'secret', borne = NULL
    WHERE indicateur IN (SELECT indicateur FROM diffusion.taux);
    UPDATE diffusion.mesure AS mesures
    SET denominateur = _taux.bas, exact = mesures.exact AND _taux.exact,
        valeur = CASE WHEN taux IS NOT NULL AND NOT coalesce(trop_peu, FALSE) THEN greatest(5, least(95, taux)) END,
        etat = CASE WHEN trop_peu THEN 'non_renseigne' WHEN taux IS NULL THEN 'secret' ELSE 'valeur' END,
        borne = CASE WHEN trop_peu THEN NULL WHEN taux <= 5 THEN '≤' WHEN taux >= 95 THEN '≥' END
    FROM _taux WHERE {" AND ".join(f"mesures.{c} = _taux.{c}" for c in ("indicateur", *_COLONNES))};
    DROP TABLE _taux;
    UPDATE diffusion.mesure AS mesures SET valeur = NULL, etat = 'secret'
    FROM diffusion.mediane AS medianes
    WHERE mesures.indicateur = medianes.indicateur AND mesures.axe = medianes.axe AND NOT EXISTS (
        FROM diffusion.mesure AS comptes
        WHERE comptes.indicateur = medianes.compte AND {" AND ".join(f"comptes.{c} = mesures.{c}" for c in _COLONNES)}
            AND comptes.numerateur - coalesce(comptes.arrondi - 1, 0) >= medianes.seuil
    );
    """)


def _join(alias: str, colonne: str) -> str:
    ici = " AND ".join(f"mesures.{c} = {alias}.{c}" for c in _COLONNES)
    return f"LEFT JOIN diffusion.nombre AS {alias} ON taux.{colonne} = {alias}.nom AND {ici}"
