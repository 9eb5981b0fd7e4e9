"""The invented world: who delivers what, which structures act, over which days and neighbourhoods.

Everything comes from the configured contract; a contract that names no partner gets a default list.
"""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etl.demo.table import Vecteur, words

if TYPE_CHECKING:
    from etl.catalog.contrat import Contrat

# Roles are guessed from the folder's name, then from the partner's: (type_acteur, words).
_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("service_public_emploi", ("france travail", "pole emploi", "service public")),
    ("mission_locale", ("mission",)),
    ("plie", ("plie", "plan local pour")),
    ("cap_emploi", ("cap emploi",)),
    ("cite_emploi", ("cite",)),
    ("mediation", ("mediat",)),
    ("centre_social", ("centre", "social")),
    ("siae", ("regie", "siae", "insertion", "chantier")),
    ("mobilite", ("mobilite",)),
    ("collectivite", ("metropole", "coordination", "ville", "commune", "agglo", "departement")),
)
# Share of the persons each kind of partner follows.
POIDS_ROLES = {
    "service_public_emploi": 0.24,
    "mission_locale": 0.28,
    "plie": 0.12,
    "cite_emploi": 0.12,
    "cap_emploi": 0.05,
    "siae": 0.09,
    "centre_social": 0.08,
    "mediation": 0.04,
    "association": 0.05,
}
PARCOURS = ("participants", "etapes", "freins", "orientations", "sorties", "confiance")
_DEFAUT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("coordination", "Coordination du contrat de ville", ("acteurs", "permanences", "rencontres", "financements")),
    ("france_travail", "France Travail", PARCOURS),
    ("mission_locale", "Mission locale", PARCOURS),
    ("plie", "Plan local pour l'insertion et l'emploi", PARCOURS),
    ("cite_emploi", "Cité de l'emploi", ("interventions", *PARCOURS)),
    ("cap_emploi", "Cap emploi", ("participants", "etapes", "freins", "sorties")),
    ("centres_sociaux", "Centres sociaux", ("interventions", "frequentation", *PARCOURS)),
    ("mediation", "Médiation sociale", ("interventions", "participants", "orientations")),
    ("insertion", "Insertion par l'activité économique", ("interventions", *PARCOURS)),
    ("plateforme_entreprises", "Plateforme emploi-entreprises", ("entreprises", "parrainages", "projets")),
)
_MOIS_PAR_DEFAUT = 33
_COMPLETS = ("acteurs", "permanences")


@dataclass(frozen=True)
class Livraison:
    """How often a partner delivers one contract, and whether each delivery replaces the former one."""

    periodicite: str
    complet: bool


@dataclass(frozen=True)
class Partenaire:
    """One delivering partner: its folder, its kind, what it delivers, and whether it carries identities."""

    rang: int
    dossier: str
    nom: str
    role: str
    livraisons: dict[str, Livraison]
    identite: bool
    prefixe: str


@dataclass(frozen=True)
class Monde:
    """What every generator reads: contract, seed, days, partners and places."""

    contrat: Contrat
    graine: int
    debut: np.datetime64
    fin: np.datetime64
    partenaires: tuple[Partenaire, ...]
    perimetres: dict[str, Any]

    def rng(self, sujet: str, tranche: int = 0) -> np.random.Generator:
        """A generator of its own for each subject, so that one table can change without moving the others."""
        return np.random.default_rng([self.graine, zlib.crc32(sujet.encode()), tranche])

    @property
    def codes(self) -> Vecteur:
        """QPV codes, then the two words for persons who live elsewhere or nobody knows where."""
        return words(*(qpv.code for qpv in self.contrat.qpv), "hors_qpv", "inconnu")

    @property
    def jours(self) -> int:
        """Number of days shown, both ends included."""
        return int((self.fin - self.debut).astype(int)) + 1

    def delivers(self, schema: str) -> Vecteur:
        """Positions of the partners who deliver this contract (the first one when none says so)."""
        rangs = [p.rang for p in self.partenaires if schema in p.livraisons]
        return np.array(rangs or [0])


def build_monde(contrat: Contrat, graine: int, perimetres: dict[str, Any] | None) -> Monde:
    """Read the contract into the world the generators share."""
    declares = [
        (
            p.dossier,
            p.nom,
            {livre.schema: Livraison(livre.periodicite, livre.mode == "complet") for livre in p.livraisons},
        )
        for p in contrat.partenaires
    ] or [(d, n, {s: Livraison("annee", s in _COMPLETS) for s in schemas}) for d, n, schemas in _DEFAUT]
    roles = [find_role(dossier, nom) for dossier, nom, _ in declares]
    identites = _choose_identities(roles, [livraisons for _, _, livraisons in declares])
    partenaires = tuple(
        Partenaire(rang, dossier, nom, roles[rang], livraisons, rang in identites, _make_prefix(dossier, rang))
        for rang, (dossier, nom, livraisons) in enumerate(declares)
    )
    debut = np.datetime64(contrat.demonstration_debut, "D")
    fin = np.datetime64(contrat.demonstration_fin, "D")
    if contrat.demonstration_fin == contrat.fin:  # no period of its own was declared: the contract's end is years away
        fin = min(fin, (debut.astype("datetime64[M]") + _MOIS_PAR_DEFAUT).astype("datetime64[D]") - 1)
    return Monde(contrat, graine, debut, fin, partenaires, dict(perimetres or {}))


def find_role(dossier: str, nom: str) -> str:
    """The kind of structure a partner's folder or name suggests; association when nothing does."""
    for texte in (fold(dossier), fold(nom)):
        for role, mots in _ROLES:
            if any(mot in texte for mot in mots):
                return role
    return "association"


def fold(texte: str) -> str:
    """Lower case, without accents, underscores and hyphens as spaces."""
    nu = unicodedata.normalize("NFKD", texte).encode("ascii", "ignore").decode()
    return nu.lower().replace("_", " ").replace("-", " ")


def weigh_partners(monde: Monde) -> Vecteur:
    """Share of the supports each partner holds: none for those who deliver no participants."""
    poids = np.zeros(len(monde.partenaires))
    for rang in monde.delivers("participants"):
        role = monde.partenaires[rang].role
        freres = sum(p.role == role and p.rang in monde.delivers("participants") for p in monde.partenaires)
        poids[rang] = POIDS_ROLES.get(role, 0.05) / freres
    return poids / poids.sum()


def _choose_identities(roles: list[str], livraisons: list[dict[str, Livraison]]) -> set[int]:
    """Partners carrying identity columns, until they hold about half of the supports; two at least where possible."""
    porteurs = [rang for rang, livre in enumerate(livraisons) if "participants" in livre]
    preferes = ("mission_locale", "plie", "centre_social", "siae", "cap_emploi", "association", "cite_emploi")
    porteurs.sort(key=lambda rang: preferes.index(roles[rang]) if roles[rang] in preferes else len(preferes))
    total = sum(POIDS_ROLES.get(roles[rang], 0.05) for rang in porteurs)
    choisis: set[int] = set()
    cumul = 0.0
    for rang in porteurs:
        if cumul >= 0.45 * total and len(choisis) >= 2:
            break
        choisis.add(rang)
        cumul += POIDS_ROLES.get(roles[rang], 0.05)
    return choisis


def _make_prefix(dossier: str, rang: int) -> str:
    """Letters a partner's own references start with: never two partners alike."""
    initiales = "".join(mot[0] for mot in fold(dossier).split() if mot[0].isalpha()).upper()
    return f"{initiales[:3] or 'P'}{rang + 1:02d}"
