"""The answers a unit of a cross table may hold, each a set of the cells it counts in; enough of them to find a world.

Any world made of them is one: drawing some of the possible answers for each unit, by what is published, costs nothing
to the proof. Each function takes the units, with the columns `unite` and `place`, and the cells, with `code` and
`valeur`, and returns rows (unite, groupe, reponse, code): one answer counts in several cells, and a unit holds one
answer per groupe.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

# How far from a whole number what a linear program finds may be and still be one.
_ENTIER = 1e-6
# Nodes an integer program may look at.
NOEUDS = 50
# Answers drawn for each unit among those it may hold.
CANDIDATES = 8


def ways(cellules: Any, membres: Any, liens: list[tuple[str, str, str]]) -> tuple[Any, Any]:
    """A person spotted went one way through the stages: `liens` are (code, stage left, stage reached).

    What leaves a stage is what came into it, and a town is its quarters: so many sums bind these cells that some may
    have no room left. Also returns those, told by an integer program on published values; its solution is the start.
    """
    chemins = dict(enumerate(_walks(liens, "0|reperage", ())))
    unites, groupes, lieux = _groups(membres)
    nombres, serrees = _fit(cellules, lieux, np.bincount(groupes), list(chemins.values()))
    ordre = np.argsort(groupes, kind="stable")
    choisis = np.repeat(np.tile(np.arange(len(chemins)), len(lieux)), nombres.ravel())
    une = pd.DataFrame({"unite": unites[ordre], "reponse": choisis, "depart": True})
    autres = _draw(unites, np.bincount(choisis, minlength=len(chemins)) + 1.0).assign(depart=False)
    return _laid_out(pd.concat([une, autres]).drop_duplicates(["unite", "reponse"]), chemins), serrees


def _groups(membres: Any) -> tuple[Any, Any, Any]:
    """Return the units, the group of each (those of the same places), and the places of each group."""
    unites, rangs = np.unique(membres["unite"].to_numpy(), return_inverse=True)
    presents = np.zeros((len(unites), int(membres["place"].max()) + 1), dtype=bool)
    presents[rangs, membres["place"]] = True
    lieux, groupes = np.unique(presents, axis=0, return_inverse=True)
    return unites, groupes.ravel(), lieux


def _fit(cellules: Any, lieux: Any, tailles: Any, chemins: list[tuple[str, ...]]) -> tuple[Any, Any]:
    """Share each group out among the ways, inside every margin but those of as few rows as can be: also these rows.

    The persons of one group stand in the same cells: how many went each way is all there is to find.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, hstack, identity, kron, vstack

    passe = np.array([[code in chemin for chemin in chemins] for code in cellules["code"]], dtype=float)
    comptes = csr_matrix(np.einsum("rg,rc->rgc", lieux.T[cellules["place"]], passe).reshape(len(cellules), -1))
    valeurs, marges = cellules["valeur"].to_numpy(), cellules["marge"].to_numpy()
    entiers, libres, infini = comptes.shape[1], identity(len(cellules)), np.full(len(cellules), np.inf)
    parts = hstack([kron(identity(len(tailles)), np.ones(len(chemins))), csr_matrix((len(tailles), len(cellules)))])
    matrice = vstack([hstack([comptes, -libres]), hstack([comptes, libres]), parts]).tocsc()
    couts = np.concatenate([np.zeros(entiers), np.select([cellules["fixe"], cellules["partage"]], [100.0, 10.0], 1.0)])
    bornes = LinearConstraint(
        matrice,
        np.concatenate([-infini, valeurs - marges, tailles]),
        np.concatenate([valeurs + marges, infini, tailles]),
    )
    # Nearly all of what a linear program finds is whole already: only the rest is left to look for.
    lache = milp(couts, constraints=bornes).x
    entieres = np.r_[np.abs(lache - np.rint(lache))[:entiers] < _ENTIER, np.zeros(len(cellules), dtype=bool)]
    trouve = milp(
        couts,
        constraints=bornes,
        integrality=np.r_[np.ones(entiers), np.zeros(len(cellules))],
        bounds=Bounds(np.where(entieres, np.rint(lache), 0), np.where(entieres, np.rint(lache), np.inf)),
        # Nodes, not seconds: the same answer on any machine. Near the best is enough, the search goes on from there.
        options={"node_limit": NOEUDS, "mip_rel_gap": 0.2},
    ).x
    # None found among so few nodes: the fractions made whole are a start too.
    trouve = lache if trouve is None else trouve
    nombres = _whole(trouve[:entiers].reshape(len(tailles), -1), tailles)
    return nombres, (trouve[entiers:] > 0.5) & ~cellules["fixe"].to_numpy()


def _whole(parts: Any, tailles: Any) -> Any:
    """Whole numbers near these parts, each line summing to its size: what is left goes to the largest fractions."""
    bas = np.floor(parts + _ENTIER).astype(np.int64)
    rangs = np.argsort(np.argsort(bas - parts, axis=1, kind="stable"), axis=1)
    return bas + (rangs < (tailles - bas.sum(axis=1))[:, None])


def _walks(liens: list[tuple[str, str, str]], depuis: str, faits: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    suites = [(code, vers) for code, de, vers in liens if de == depuis]
    if not suites:
        yield faits
    for code, vers in suites:
        yield from _walks(liens, vers, (*faits, code))


def months(cellules: Any, membres: Any) -> Any:
    """An entrant reached a step some month and holds it ever after; whether followed, each month tells anew."""
    lus = cellules[["axe", "modalite", "code"]].drop_duplicates()
    rangs = lus["axe"].astype(int)
    atteintes = [
        (etape, f"{etape}{mois}", code)
        for etape, siens in lus.groupby("modalite")
        for mois in sorted(rangs[siens.index])
        for code in siens["code"][rangs[siens.index] >= mois]
        if etape != "en_suivi"
    ]
    suivies = [(code, code, code) for code in lus["code"][lus["modalite"] == "en_suivi"]]
    catalogue = pd.DataFrame(atteintes + suivies, columns=["groupe", "reponse", "code"])
    return membres[["unite"]].drop_duplicates().merge(catalogue, how="cross")


def targets(cellules: Any, membres: Any) -> Any:
    """An orientation goes to one of the other actors."""
    trouvees = []
    for source, siennes in cellules.groupby("axe"):
        poids = siennes.groupby("code")["valeur"].max() + 1.0
        places = siennes["place"].unique()
        unites = membres.loc[membres["place"].isin(places), "unite"].unique()
        codes = {rang: (code,) for rang, code in enumerate(poids.index)}
        trouvees.append(_laid_out(_draw(unites, poids.to_numpy()), codes).assign(groupe=str(source)))
    return pd.concat(trouvees)


def barriers(cellules: Any, membres: Any) -> Any:
    """A person met as many kinds of barriers (`nombre`) in a year as is known; which ones is what is looked for.

    At a later `moment` of the same year those met before are among those met since.
    """
    types = sorted({*cellules.loc[~cellules["partage"], "axe"], *cellules["modalite"]})
    seuls = cellules[cellules["partage"]].groupby("modalite")["valeur"].max()
    poids = np.array([float(seuls.get(t, 0)) + 1 for t in types])
    combien = membres.drop_duplicates(["unite", "moment"])[["unite", "moment", "nombre"]]
    unites, plus = combien["unite"].unique(), min(int(combien["nombre"].max()), len(types))
    trouvees = []
    for graine in range(CANDIDATES):
        ordre = _draw(unites, poids, plus, graine)
        tenus = ordre.assign(tour=np.tile(np.arange(plus), len(unites))).merge(combien, on="unite")
        trouvees.append(_pairs(tenus[tenus["tour"] < tenus["nombre"]], types).assign(reponse=graine))
    return pd.concat(trouvees).assign(groupe="")


def _pairs(tires: Any, types: list[str]) -> Any:
    """Cells a set of barriers counts in: each kind alone, and each two of them."""
    seuls = tires.assign(code=tires["reponse"].map(dict(enumerate(types))))[["unite", "moment", "code"]]
    deux = seuls.merge(seuls, on=["unite", "moment"], suffixes=("", "_b"))
    deux = deux[deux["code"] < deux["code_b"]]
    deux = deux.assign(code=deux["code"] + ">" + deux["code_b"])
    tous = pd.concat([seuls, deux[["unite", "moment", "code"]]])
    return tous.assign(code=dated(tous["moment"], tous["code"]))[["unite", "code"]]


def dated(moments: Any, codes: Any) -> Any:
    """Tell the same answers of different moments apart."""
    return moments.astype(str) + "|" + codes


def _draw(unites: Any, poids: Any, combien: int = CANDIDATES, graine: int = 0) -> Any:
    """Draw `combien` different answers for each unit, by weight: rows (unite, reponse)."""
    hasard = np.random.default_rng(graine)
    combien = min(combien, len(poids))
    notes = np.log(poids) + hasard.gumbel(size=(len(unites), len(poids)))
    choisies = np.argsort(-notes, axis=1)[:, :combien]
    return pd.DataFrame({"unite": np.repeat(unites, combien), "reponse": choisies.ravel()})


def _laid_out(tires: Any, catalogue: Mapping[int, tuple[str, ...]]) -> Any:
    codes = pd.DataFrame(
        [(rang, code) for rang, siens in catalogue.items() for code in siens], columns=["reponse", "code"]
    )
    return tires.merge(codes, on="reponse").assign(groupe="")
