"""Qualité: the board says what completude says, the reminder names what misses, exact counts stay where they may."""

import pandas as pd
import pytest

from etl import read
from pages.ui import formats, livraisons, qualite, qualite_regles


@pytest.fixture(scope="module")
def exacte(demonstration) -> read.Base:
    return read.connect(demonstration, "gestion")


def texte(app) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.info])


def tables(app, colonne: str) -> list[pd.DataFrame]:
    """The tables that have this column, their text as a reader sees it."""
    vues = [t.value for t in app.table if colonne in t.value.columns]
    return [vue.map(lambda v: v.replace("\\", "") if isinstance(v, str) else v) for vue in vues]


def test_the_board_shows_each_delivery_with_its_state(ouvrir, base):
    app = ouvrir("qualite")
    dues = base.table("completude")
    noms = livraisons.noms_partenaires()
    grilles = tables(app, "Prochaine date")
    assert sum(map(len, grilles)) == dues[["partenaire", "schema"]].drop_duplicates().shape[0]
    par_cle = {(noms[d.partenaire], livraisons.titre_schema(d.schema), formats.periode(d.periode, court=True)): d
               for d in dues.itertuples()}  # fmt: skip
    cases = 0
    for grille in grilles:
        for ligne in formats.lignes(grille):
            for periode in list(ligne)[2:-1]:
                due = par_cle[ligne["Partenaire"], ligne["Contenu"], periode]
                assert ligne[periode] == qualite.ETATS[due.etat]
                cases += 1
    assert cases > 100
    retards = int((dues["etat"] == "en_retard").sum())
    assert retards > 0 and f"**{formats.accord(retards, 'fichier manque', 'fichiers manquent')}**" in texte(app)
    en_defaut = dues[dues["etat"] == "en_retard"][["partenaire", "schema"]].drop_duplicates().shape[0]
    assert "■ manquant" in grilles[0].iloc[0].tolist(), "who misses a file comes first"
    dessous = app.expander[[e.label for e in app.expander].index("Voir les envois auxquels rien ne manque")]
    caches = sum(len(x.value) for x in dessous.table)
    assert caches == sum(map(len, grilles)) - en_defaut, "the rest is one click away"


def test_the_reminder_names_every_missing_file_of_the_partner(ouvrir, base):
    app = ouvrir("qualite")
    dues = base.table("completude").query("etat == 'en_retard'")
    choisi = app.selectbox(key="qualite-relance").value
    code = next(d for d, nom in livraisons.noms_partenaires().items() if nom == choisi)
    (message,) = [c.value for c in app.code]
    siennes = dues[dues["partenaire"] == code]
    assert message.count("\n- ") == len(siennes)
    for due in siennes.itertuples():
        assert f"{livraisons.titre_schema(due.schema)}, {formats.periode(due.periode)}" in message
        assert formats.date_courte(due.attendu_le) in message
    assert message.startswith("Objet") and message.endswith("bonne journée.")


def test_in_diffusion_nothing_counts_persons(ouvrir, base, exacte):
    app = ouvrir("qualite")
    assert not app.exception and not app.error
    vues = set(tables(app, "Gravité")[0]["Règle"]) if tables(app, "Gravité") else set()
    personnes = set(base.table("regle_resultat").query("personnes")["description"])
    assert not vues & personnes
    assert personnes & set(exacte.table("regle_resultat").query("nombre > 0")["description"])
    assert "profil gestion" in texte(app) and not [s for s in app.selectbox if s.key == "qualite-fichier"]


def test_in_gestion_rules_show_their_count_their_cases_and_refused_lines(ouvrir, exacte):
    app = ouvrir("qualite", profil="gestion")
    assert not app.exception and not app.error
    (regles,) = tables(app, "Gravité")
    resultats = exacte.table("regle_resultat").query("nombre > 0").set_index("regle")
    attendues = resultats.drop(index=list(qualite_regles.HABITUDES), errors="ignore").set_index("description")
    assert set(regles["Règle"]) == set(attendues.index)
    for ligne in formats.lignes(regles):
        assert ligne["Cas"] == formats.nombre(attendues.loc[ligne["Règle"], "nombre"])
    refus = exacte.table("refus")
    total = int(refus["nombre"].sum())
    assert formats.accord(total, "défaut") in texte(app)
    fichier = app.selectbox(key="qualite-fichier").value
    (defauts,) = tables(app, "Premier exemple")
    assert sum(int(n) for n in defauts["Cas"]) == refus[refus["fichier"] == fichier]["nombre"].sum()


def test_shrinking_deliveries_are_few_enough_to_be_read(exacte):
    """The rule on shrinking deliveries used to fire 46 to 65 times on the demonstration: nobody reads that."""
    nombre = exacte.table("regle_resultat").set_index("regle").loc["une_livraison_perd_des_lignes", "nombre"]
    assert nombre <= 3


def test_changes_between_versions_are_the_cells_that_differ(demonstration, tmp_path, ouvrir, monkeypatch):
    import shutil

    import duckdb

    shutil.copytree(demonstration / "publie", tmp_path / "base" / "publie")
    publie = tmp_path / "base" / "publie"
    version = read.current(tmp_path / "base")
    for profil in read.PROFILS:
        ancienne = publie / f"{profil}-20000101T000000000Z.duckdb"
        shutil.copy(publie / f"{profil}-{version}.duckdb", ancienne)
        with duckdb.connect(str(ancienne)) as con:
            con.execute("UPDATE version SET version = '20000101T000000000Z', construit_le = TIMESTAMP '2000-01-01'")
            con.execute(
                "UPDATE mesure SET valeur = valeur + 7 WHERE indicateur = 'interventions' AND maille = 'annee' "
                "AND periode = '2025' AND axe = '' AND territoire = 'total'"
            )
    app = ouvrir("qualite")
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "base"))
    app = app.run()
    assert not app.exception and not app.error
    (ecarts,) = tables(app, "Maintenant")
    (ligne,) = formats.lignes(ecarts)
    assert (ligne["Indicateur"], ligne["Année"]) == ("Interventions", "2025") or "ntervention" in ligne["Indicateur"]
    avant, apres = (int("".join(c for c in ligne[nom] if c.isdigit())) for nom in ("Avant", "Maintenant"))
    assert avant == apres + 7
    assert "fichiers ont été chargés" in texte(app)
