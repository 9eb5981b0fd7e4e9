"""What each published file holds: one SELECT and one sentence per table, for each profile."""

from etl.catalog.indicateurs.parcours import ETAPES
from etl.measures.contexte import CELLULES as CONTEXTE
from etl.quality import CHARGEMENT_DIFFUSION, REGLE_DIFFUSION
from etl.secrecy.matrices import MATRICES
from etl.secrecy.matrices import exact as matrice_exacte

_ETAPES = ", ".join(
    f"({rang}, '{e.code}', '{e.libelle}', 'parcours_{e.code}', '{e.precedente}')" for rang, e in enumerate(ETAPES, 1)
)

# The funnel reads the published cells, so it says nothing the measures do not.
_ENTONNOIR = f"""
WITH etapes (rang, etape, libelle, indicateur, precedente) AS (
    VALUES (0, 'reperage', 'Repérées', 'reperes', 'reperage'), {_ETAPES}
),
cellules AS (
    SELECT etapes.*, mesures.* EXCLUDE (indicateur)
    FROM publie.mesure AS mesures
    INNER JOIN etapes USING (indicateur)
    WHERE mesures.axe = '' AND mesures.maille IN ('annee', 'depuis_debut')
)
SELECT
    cellules.maille, cellules.periode, cellules.type_territoire, cellules.territoire,
    cellules.rang, cellules.etape, cellules.libelle, cellules.valeur, cellules.precedente,
    CASE WHEN avant.valeur >= {{minimum}} AND avant.valeur > 0
        THEN {{arrondir}}(100 * cellules.valeur / avant.valeur) END AS taux_precedent,
    CASE WHEN toutes.valeur >= {{minimum}} AND toutes.valeur > 0
        THEN {{arrondir}}(100 * cellules.valeur / toutes.valeur) END AS taux_total,
    CASE WHEN cellules.valeur >= {{delai_minimum}} THEN delais.mediane_jours END AS delai_median_jours,
    cellules.etat, cellules.arrondi
FROM cellules
LEFT JOIN cellules AS avant
    ON cellules.precedente = avant.etape AND cellules.periode = avant.periode AND cellules.territoire = avant.territoire
LEFT JOIN cellules AS toutes
    ON toutes.etape = 'reperage' AND cellules.periode = toutes.periode AND cellules.territoire = toutes.territoire
LEFT JOIN {{delais}} AS delais
    ON cellules.etape = delais.etape AND cellules.periode = delais.periode AND cellules.territoire = delais.territoire
ORDER BY ALL
"""

_ACTEUR = """
SELECT
    acteurs.acteur_id, acteurs.nom, acteurs.type_acteur, acteurs.champ, acteurs.adresse, acteurs.code_postal,
    acteurs.code_insee, acteurs.latitude, acteurs.longitude, acteurs.site_web, acteurs.telephone, acteurs.courriel,
    acteurs.thematiques, acteurs.publics, acteurs.qpv_couverts, acteurs.code_qpv,
    coalesce(acteurs.date_fin >= parametre.date_donnees, TRUE) AS actif, acteurs.score_fiche
FROM core.acteur AS acteurs CROSS JOIN contrat.parametre AS parametre
ORDER BY acteurs.nom
"""
_PERMANENCE = """
SELECT
    acteur_id, lieu, jours, frequence, heure_debut, heure_fin, itinerante, qpv AS code_qpv, latitude, longitude,
    date_debut, date_fin
FROM core.permanence ORDER BY ALL
"""
# Door-to-door happens at people's homes: outside the exact profile it is drawn at the quarter's centre.
_POINT = """
SELECT
    interventions.intervention_id, interventions.date, strftime(interventions.date, '%Y-%m') AS mois,
    interventions.acteur_id, acteurs.nom AS acteur_nom, interventions.type_intervention,
    CASE WHEN {cache} THEN NULL ELSE interventions.lieu END AS lieu, interventions.qpv AS code_qpv,
    CASE WHEN {cache} THEN quartiers.latitude ELSE interventions.latitude END AS latitude,
    CASE WHEN {cache} THEN quartiers.longitude ELSE interventions.longitude END AS longitude,
    CASE WHEN {cache} THEN NULL ELSE interventions.personnes_rencontrees END AS personnes_rencontrees,
    interventions.methode
FROM core.intervention AS interventions
LEFT JOIN core.acteur AS acteurs USING (acteur_id)
LEFT JOIN territoire.territoire AS quartiers ON interventions.qpv = quartiers.code AND quartiers.type = 'qpv'
ORDER BY ALL
"""

# Tables published as the build leaves them, the same for everyone.
_TELLES_QUELLES = {
    nom: (f"FROM {table}", description)
    for nom, table, description in (
        ("territoire", "territoire.territoire", "Quartiers et communes avec leur contour."),
        ("fond", "territoire.fond", "Fond de carte : communes, fleuves, arrêts."),
        ("contexte", "mart.contexte ORDER BY ALL", "Chiffres publics par millésime, avec leur source."),
        ("comparaison", "mart.comparaison ORDER BY ALL", "Écart de chaque quartier à sa commune et à son EPCI."),
        ("offre", "mart.offre", "Lieux à portée de chaque quartier, et comptes de la commune ou du contrat."),
        ("offre_par_frein", "mart.offre_par_frein", "Réponse de l'offre à chaque frein, par quartier."),
        ("annuaire", "mart.annuaire", "Structures des partenaires et structures publiques d'insertion."),
        ("doublon", "mart.doublon", "Doublons probables de l'annuaire."),
        ("adresse", "territoire.adresse", "Adresses de structures sans coordonnées, et leur géocodage."),
        ("donnee_publique", "publication.donnee_publique", "Lignes des sources publiques, telles que lues."),
        ("source", "territoire.source", "Sources publiques et leur état."),
        ("qpv", "contrat.qpv", "Quartiers prioritaires du contrat et faits publics."),
        ("cible", "contrat.cible", "Objectifs du contrat, par jalon."),
        ("evenement", "contrat.evenement", "Événements à lire sur les courbes."),
        ("commentaire", "contrat.commentaire", "Commentaires de la métropole."),
        ("decision", "contrat.decision", "Décisions du comité de pilotage."),
        ("indicateur", "publication.indicateur", "Catalogue des indicateurs."),
        ("completude", "publication.completude", "Livraisons attendues et reçues."),
    )
}

# The published cells themselves, set in two dimensions.
_FREINS = """
SELECT indicateur, type_territoire, territoire, modalite AS type_frein, valeur, etat, arrondi
FROM publie.mesure
WHERE indicateur IN ('freins_identifies', 'freins_leves') AND axe = 'type_frein' AND maille = 'depuis_debut'
ORDER BY ALL
"""


_FLUX_EXACT = """
SELECT * EXCLUDE (x, n), CAST(x AS DOUBLE) AS valeur, 'valeur' AS etat, CAST(NULL AS INTEGER) AS arrondi
FROM mart.flux WHERE x > 0
"""


def _deliveries(exact: bool) -> dict[str, tuple[str, str]]:
    """What is told of files and rules; the protected file holds no row of the last three."""
    return {
        "regle_resultat": (
            "FROM publication.regle_resultat" if exact else REGLE_DIFFUSION,
            "Résultat des règles de contrôle.",
        ),
        "chargement": (
            "FROM publication.chargement" if exact else CHARGEMENT_DIFFUSION,
            "Fichiers reçus et ce qu'ils sont devenus.",
        ),
        **{
            nom: (f"FROM publication.{nom} WHERE {exact}", description)
            for nom, description in (
                ("journal", "Chargements et annulations : qui, quand, quels fichiers."),
                ("refus", "Défauts des lignes refusées, par fichier et colonne."),
                ("regle_detail", "Premières lignes trouvées par chaque règle."),
            )
        },
    }


def _tables(profil: str) -> dict[str, tuple[str, str]]:
    exact = profil == "gestion"
    entonnoir = _ENTONNOIR.format(
        minimum=1 if exact else 50,
        arrondir="" if exact else "round",
        # Rounded to 15, a count is of 11 persons at least.
        delai_minimum=1 if exact else 15,
        delais="mart.delai_etape" if exact else "diffusion.delai_etape",
    )
    flux = _FLUX_EXACT if exact else "SELECT * FROM diffusion.flux"
    cache = "FALSE" if exact else "interventions.type_intervention = 'porte_a_porte'"
    return {
        "version": (f"SELECT * REPLACE ('{profil}' AS profil) FROM publication.version", "Ce que cette version est."),
        "mesure": (
            f"FROM {profil}.mesure UNION ALL BY NAME ({CONTEXTE}) ORDER BY ALL",
            "Chaque indicateur par période, territoire et ventilation.",
        ),
        "ecart": (
            f"FROM {profil}.ecart ORDER BY ALL",
            "Sorties vers l'emploi des femmes et des hommes, écart.",
        ),
        **{
            m.nom: (matrice_exacte(m) if exact else f"FROM diffusion.{m.nom} ORDER BY ALL", m.description)
            for m in MATRICES
        },
        "matrice_freins": (_FREINS, "Freins identifiés et levés par type et par territoire, depuis le début."),
        "projection": (f"FROM {profil}.projection ORDER BY ALL", "Ce qui viendrait si la tendance se prolongeait."),
        "flux": (f"{flux} ORDER BY ALL", "Passages d'une étape du parcours à la suivante."),
        "entonnoir": (entonnoir, "Étapes atteintes par les personnes repérées dans une période."),
        "avancement": (
            f"SELECT * EXCLUDE (profil) FROM publication.avancement WHERE profil = '{profil}'",
            "Progrès de chaque indicateur vers sa cible.",
        ),
        **_deliveries(exact),
        "acteur": (_ACTEUR, "Structures de l'annuaire."),
        "permanence": (_PERMANENCE, "Présences régulières d'un acteur dans un lieu."),
        "intervention_point": (_POINT.format(cache=cache), "Sorties vers les habitants, une par ligne."),
        **_TELLES_QUELLES,
    }


TABLES: dict[str, dict[str, tuple[str, str]]] = {profil: _tables(profil) for profil in ("gestion", "diffusion")}
