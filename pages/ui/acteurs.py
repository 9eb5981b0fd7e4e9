"""What the page Acteurs needs: the directory searched and sifted, one structure's sheet, likely duplicates."""

import unicodedata
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pages.ui import donnees, filtres, formats, places, quartier
from pages.ui.toponymes import nuplets

ORIGINES = {"partenaire": "partenaire du contrat", "data_inclusion": "data·inclusion"}
MANQUES = {
    "type_acteur": "type", "adresse": "adresse", "code_postal": "code postal", "latitude": "place sur la carte",
    "contact": "téléphone ou courriel", "site_web": "site web", "thematiques": "thématiques", "publics": "publics",
    "qpv_couverts": "quartiers couverts",
}  # fmt: skip
MOTIFS = {
    "siret": "même SIRET",
    "nom_adresse": "même nom, même adresse",
    "siret_nom_different": "même SIRET, noms différents : à vérifier",
    "distance": "noms proches, à quelques mètres : à vérifier",
}


@dataclass(frozen=True)
class Choix:
    """What the reader looks for; empty means everything."""

    mots: str = ""
    thematiques: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    quartier: str | None = None
    champ: str | None = None


def annuaire() -> pd.DataFrame:
    """Every structure once: the partners' own sheets, then what data·inclusion adds, with type, champ and quarters."""
    propres = donnees.table("acteur")[["acteur_id", "type_acteur", "champ", "qpv_couverts", "code_qpv", "actif"]]
    tous = donnees.table("annuaire").merge(propres, how="left", left_on="id", right_on="acteur_id")
    # A structure that closed has left the directory; one known from data·inclusion alone has no closing date here.
    return tous[tous["actif"].fillna(True).astype(bool)].sort_values("nom", ignore_index=True)


def origines(tous: pd.DataFrame) -> list[str]:
    """Who the directory comes from: data·inclusion only when some of its sheets are there."""
    return [
        "partenaires du contrat de ville",
        *(["data·inclusion"] if "data_inclusion" in set(tous["origine"]) else []),
    ]


def manque_public() -> str:
    """One sentence when the public directory of insertion was not collected, else nothing."""
    sources = donnees.table("source")
    etat = sources[(sources["id"] == "data_inclusion") & sources["etat"].isin(["absent", "fautif"])]
    if etat.empty:
        return ""
    return "L'annuaire public data·inclusion n'a pas été collecté : seules les structures des partenaires sont listées."


def valeurs(tous: pd.DataFrame, colonne: str, liste: str) -> list[str]:
    """Codes of a list that some structure carries, in the order of their labels."""
    presents = {code for codes in tous[colonne] for code in _liste(codes)}
    return sorted(presents, key=lambda code: places.libelle(liste, code))


def trier(tous: pd.DataFrame, choix: Choix) -> pd.DataFrame:
    """Structures that answer every part of the choice."""
    garde = [_repond(a, choix) for a in nuplets(tous)]
    return tous[garde].reset_index(drop=True)


def _repond(a: Any, choix: Choix) -> bool:
    texte = nu(" ".join([str(a.nom), *(places.libelle("thematiques", t) for t in _liste(a.thematiques))]))
    return (
        all(mot in texte for mot in nu(choix.mots).split())
        and (not choix.thematiques or bool(set(choix.thematiques) & set(_liste(a.thematiques))))
        and (not choix.publics or bool({*choix.publics, "tous-publics"} & set(_liste(a.publics))))
        and (choix.quartier is None or choix.quartier in {a.code_qpv, *_liste(a.qpv_couverts)})
        and (choix.champ is None or a.champ == choix.champ)
    )


def nu(texte: str) -> str:
    """Lower case without accents: what a reader types and what is searched look alike."""
    return "".join(c for c in unicodedata.normalize("NFKD", texte.lower()) if not unicodedata.combining(c))


def _liste(valeur: Any) -> list[str]:
    return [str(v) for v in valeur] if hasattr(valeur, "__iter__") and not isinstance(valeur, str) else []


def constats(tous: pd.DataFrame) -> list[str]:
    """How many structures, how complete their sheets are, how many look alike."""
    propres = tous[tous["origine"] == "partenaire"]
    completes = int((propres["score"] >= 100).sum())
    phrases = [
        f"{formats.accord(len(tous), 'structure')} dans l'annuaire, dont {len(propres)} des partenaires du contrat."
    ]
    if len(propres):
        phrases.append(f"{completes} fiches complètes sur {len(propres)} : chaque manque est écrit dans la fiche.")
    paires = len(donnees.table("doublon"))
    if paires:
        phrases.append(f"{formats.accord(paires, 'paire de fiches à rapprocher', 'paires de fiches à rapprocher')}.")
    return phrases


def tableau(acteurs: pd.DataFrame) -> pd.DataFrame:
    """The directory in words."""
    return pd.DataFrame(
        {
            "Structure": list(acteurs["nom"]),
            "Type": [
                places.libelle("type_acteur", t) or ORIGINES[o] for t, o in _deux(acteurs, "type_acteur", "origine")
            ],
            "Champ": [places.libelle("champ", c) for c in acteurs["champ"]],
            "Quartiers": [couvre(c) for c in acteurs["qpv_couverts"]],
            "Téléphone": [places.telephone(t) for t in acteurs["telephone"]],
            "Fiche remplie": [formats.pourcentage(s) for s in acteurs["score"]],
        }
    )


def _deux(frame: pd.DataFrame, *colonnes: str) -> list[tuple]:
    return list(zip(*(frame[c] for c in colonnes), strict=True))


def couvre(codes: Any) -> str:
    """`3 quartiers`, the name when there is one, nothing when none is declared."""
    declares, ref = _liste(codes), filtres.referentiel()
    if len(declares) == 1:
        return ref.libelle(declares[0])
    return "tous" if len(declares) == len(ref.qpv) else formats.accord(len(declares), "quartier") if declares else ""


def fiche(a: Any) -> dict[str, str]:
    """All that is known of one structure, in words; what is unknown is left out."""
    faits = {
        "Type": places.libelle("type_acteur", a.type_acteur),
        "Champ": places.libelle("champ", a.champ),
        "Adresse": " ".join(str(v) for v in (a.adresse, a.code_postal) if not formats.est_absent(v)),
        "Téléphone": places.telephone(a.telephone),
        "Courriel": "" if formats.est_absent(a.courriel) else str(a.courriel),
        "Site": "" if formats.est_absent(a.site_web) else str(a.site_web),
        "Ce qui y est proposé": ", ".join(places.libelle("thematiques", t) for t in _liste(a.thematiques)),
        "Pour qui": ", ".join(places.libelle("publics", p) for p in _liste(a.publics)),
        "Quartiers": ", ".join(filtres.referentiel().libelle(q) for q in _liste(a.qpv_couverts)),
        "Permanences": " ; ".join(_permanences(a.id)),
        "D'après": ORIGINES[a.origine] + _complements(a),
        "Mise à jour": "" if formats.est_absent(a.date_maj) else formats.date_longue(a.date_maj),
        "Manque dans la fiche": ", ".join(manques(a)),
    }
    return {nom: texte for nom, texte in faits.items() if texte}


def en_tableau(faits: dict[str, str]) -> pd.DataFrame:
    """A sheet as a two-column table."""
    return pd.DataFrame({"Fait": list(faits), "Valeur": list(faits.values())})


def _complements(a: Any) -> str:
    memes = _liste(a.structures)
    return f", aussi décrit par data·inclusion ({formats.accord(len(memes), 'fiche')})" if memes else ""


def _permanences(acteur_id: str) -> list[str]:
    tenues = quartier.permanences()
    return [f"{p.lieu}, {places.horaires(p).lower()}" for p in nuplets(tenues[tenues["acteur_id"] == acteur_id])]


def manques(a: Any) -> list[str]:
    """Criteria the sheet of a partner does not meet."""
    if a.origine != "partenaire":
        return []
    vides = {c for c in MANQUES if c != "contact" and _vide(getattr(a, c))}
    if formats.est_absent(a.telephone) and formats.est_absent(a.courriel):
        vides.add("contact")
    return [mot for c, mot in MANQUES.items() if c in vides]


def _vide(valeur: Any) -> bool:
    return (
        not _liste(valeur)
        if hasattr(valeur, "__iter__") and not isinstance(valeur, str)
        else formats.est_absent(valeur)
    )


def doublons() -> pd.DataFrame:
    """Sheets that look like one structure, with the reason, in words."""
    paires = donnees.table("doublon")
    if paires.empty:
        return pd.DataFrame(columns=["Fiche", "Ressemble à", "Pourquoi", "Distance"])
    return pd.DataFrame(
        {
            "Fiche": [f"{n} ({ORIGINES[o]})" for n, o in _deux(paires, "nom_1", "origine_1")],
            "Ressemble à": [f"{n} ({ORIGINES[o]})" for n, o in _deux(paires, "nom_2", "origine_2")],
            "Pourquoi": [MOTIFS.get(str(m), str(m)) for m in paires["motif"]],
            "Distance": [formats.avec_unite(formats.nombre(d), "m") for d in paires["distance_m"]],
        }
    )
