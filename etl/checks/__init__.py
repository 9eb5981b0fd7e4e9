"""Runs the checks: each file is one SELECT that returns the bad rows, its name and first line say what is wrong.

`blocking/` forbids publication, `warning/` is shown on the quality page. A check reads staging, core, mart and the
tables given to the models, and one temporary table, `catalogue`, with what the indicators declare. It never returns
a person's pseudonym.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.catalog.indicateurs import CATALOGUE
from etl.targets import is_additive
from etl.transaction import append

DOSSIER = Path(__file__).parent
GRAVITES = ("blocking", "warning")
MONTRES = 50  # rows kept of each rule, for the page Qualité
# Rules whose count says nothing of persons; that of any other is an exact count of persons, kept from diffusion.
HORS_PERSONNES = frozenset({
    "chaque_intervention_a_un_acteur_connu", "chaque_ligne_acceptee_se_retrouve_une_fois",
    "chaque_quartier_est_du_contrat", "le_point_contredit_le_quartier_declare", "un_mois_sort_de_l_ordinaire",
    "un_point_est_loin_du_contrat", "une_intervention_a_un_quartier_inconnu", "une_livraison_perd_des_lignes",
    "une_mesure_n_a_qu_une_valeur", "une_permanence_n_a_pas_d_heure_de_fin",
})  # fmt: skip


class ErreurControle(Exception):
    """A check cannot run; the message names its file."""


@dataclass(frozen=True)
class Resultat:
    """What one check found: number of bad rows, and the first of them."""

    nom: str
    gravite: str
    description: str
    nombre: int
    cas: tuple[dict[str, str], ...]

    @property
    def exemple(self) -> str | None:
        """The first bad row in one line."""
        return ", ".join(f"{nom} : {valeur}" for nom, valeur in self.cas[0].items()) if self.cas else None

    @property
    def bloquant(self) -> bool:
        """True when these rows forbid publication."""
        return self.gravite == "blocking" and self.nombre > 0


def run(con: duckdb.DuckDBPyConnection, dossier: Path = DOSSIER) -> list[Resultat]:
    """Run every check on the private base, blocking ones first. Raises ErreurControle when one cannot run."""
    _declare_catalogue(con)
    return [run_one(con, chemin) for gravite in GRAVITES for chemin in sorted((dossier / gravite).glob("*.sql"))]


def run_one(con: duckdb.DuckDBPyConnection, chemin: Path) -> Resultat:
    """Run the check of one file; `run` has declared the temporary table `catalogue` before."""
    sql = chemin.read_text(encoding="utf-8")
    description = sql.partition("\n")[0].removeprefix("--").strip()
    try:
        # Counted in full, read once: a check may find a row per person of the base. The first ones by their values:
        # those shown must not change from one build to the next.
        reponse = con.execute(
            f"WITH faute AS (\n{sql}\n) SELECT count(*) OVER () AS nombre, * FROM faute ORDER BY ALL LIMIT {MONTRES}"
        )
        colonnes = [colonne[0] for colonne in reponse.description or ()]
        lignes = reponse.fetchall()
    except duckdb.Error as erreur:
        raise ErreurControle(f"{chemin}: the check cannot run: {erreur}") from erreur
    cas = tuple(
        {nom: str(valeur) for nom, valeur in zip(colonnes[1:], ligne[1:], strict=True) if valeur is not None}
        for ligne in lignes
    )
    return Resultat(chemin.stem, chemin.parent.name, description, lignes[0][0] if lignes else 0, cas)


def _declare_catalogue(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE catalogue (id VARCHAR, unite VARCHAR, ratio BOOLEAN, additif BOOLEAN)")
    lignes = [(i.id, i.unite, i.nature == "ratio", i.nature == "flux" and is_additive(i)) for i in CATALOGUE.values()]
    append(con, "catalogue", lignes)
