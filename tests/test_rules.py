"""The house rules, read from the sources: who imports whom, sizes, names, words. Each is proven by a small defect."""

import ast
import dataclasses
import re
import subprocess
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

RACINE = Path(__file__).parents[1]
HAUT = {".ci", ".gitignore", ".streamlit", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "app.py", "data"}
HAUT |= {"docs", "etl", "pages", "publiccode.yml", "pyproject.toml", "requirements.lock", "tests"}
ECRANS = ("streamlit", "streamlit_folium", "plotly", "folium", "branca", "pages", "app")
# What the screens may know of the data: the reading door, the declarations, the arithmetic of targets.
PORTES = ("pages.ui", "etl.read", "etl.catalog", "etl.targets", "etl.verrou")
# One contract's own words live in its folder; everything else serves any contrat de ville.
MOTS_D_UN_CONTRAT = re.compile(r"Q[NP]037|\b243700754\b|\b37261\b|\bTours\b|\bTMVL\b")
ADRESSES_DE_PAQUETS = re.compile(r"--(?:extra-)?index-url|--find-links|pypi\.org|pythonhosted|\S+/simple/", re.I)
CHEMINS_DE_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users)/")


def modules(texte: str, chemin: str) -> Iterator[str]:
    """Yield the dotted names a module imports, `from a import b` giving a.b, dynamic imports included."""
    for noeud in ast.walk(ast.parse(texte)):
        if isinstance(noeud, ast.Import):
            yield from (alias.name for alias in noeud.names)
        elif isinstance(noeud, ast.ImportFrom):
            ancetres = list(Path(chemin).parent.parts)[: -noeud.level + 1 or None] if noeud.level else []
            base = ".".join([*ancetres, *([noeud.module] if noeud.module else [])])
            yield from (f"{base}.{alias.name}" for alias in noeud.names)
        elif isinstance(noeud, ast.Call) and ast.unparse(noeud.func).endswith(("import_module", "__import__")):
            yield from (a.value for a in noeud.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def inside(nom: str, *racines: str) -> bool:
    return any(nom == racine or nom.startswith(f"{racine}.") for racine in racines)


def no_screen_in_etl(chemin: str, texte: str) -> Iterator[str]:
    yield from (f"imports {m}" for m in modules(texte, chemin) if inside(m, *ECRANS))


def nothing_of_the_project_in_catalog(chemin: str, texte: str) -> Iterator[str]:
    projet = (m for m in modules(texte, chemin) if inside(m, "etl", "pages", "app", "tests"))
    yield from (f"imports {m}" for m in projet if not inside(m, "etl.catalog"))


def data_only_through_the_door(chemin: str, texte: str) -> Iterator[str]:
    interdits = (m for m in modules(texte, chemin) if inside(m, "etl", "pages", "duckdb", "sqlite3"))
    yield from (f"imports {m}" for m in interdits if not inside(m, *PORTES))


def cache_only_in_donnees(chemin: str, texte: str) -> Iterator[str]:
    if chemin != "pages/ui/donnees.py":
        yield from sorted({f"uses {m}" for m in re.findall(r"\bcache_(?:data|resource)\b", texte)})


def html_only_in_cartes(chemin: str, texte: str) -> Iterator[str]:
    if chemin == "pages/ui/cartes.py":
        return
    yield from (f"imports {m}" for m in modules(texte, chemin) if inside(m, "folium", "streamlit_folium", "branca"))
    yield from (f"imports {m}" for m in modules(texte, chemin) if inside(m, "streamlit.components"))
    yield from (f"uses {m}" for m in re.findall(r"unsafe_allow_\w+", texte))
    for noeud in ast.walk(ast.parse(texte)):
        if isinstance(noeud, ast.Attribute) and noeud.attr in ("html", "iframe", "components"):
            base = ast.unparse(noeud.value)
            if base in ("st", "streamlit", "components", "v1") or base.startswith("st."):
                yield f"uses {base}.{noeud.attr}"


def too_long(limite: int) -> Callable[[str, str], Iterator[str]]:
    def fautes(chemin: str, texte: str) -> Iterator[str]:
        if (lignes := texte.count("\n")) > limite:
            yield f"{lignes} lines, over {limite}"

    return fautes


def functions_fit_a_screen(chemin: str, texte: str) -> Iterator[str]:
    for noeud in ast.walk(ast.parse(texte)):
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef):
            lignes = (noeud.end_lineno or noeud.lineno) - noeud.lineno + 1
            if lignes > 40:
                yield f"{noeud.name} has {lignes} lines, over 40"


def modules_say_what_they_are_for(chemin: str, texte: str) -> Iterator[str]:
    arbre = ast.parse(texte)
    if arbre.body and not ast.get_docstring(arbre):
        yield "no docstring at the top"


def sql_opens_with_its_description(chemin: str, texte: str) -> Iterator[str]:
    if not re.match(r"-- \S.*[.?]\n", texte):
        yield "the first line is not a comment sentence"


def names_say_something(chemin: str, texte: str) -> Iterator[str]:
    yield from (m for m in re.findall(r"(?:^|/)_?(utils?|helpers?|common|misc)(?=[/.])", chemin))


def no_word_of_one_contract(chemin: str, texte: str) -> Iterator[str]:
    yield from sorted(set(MOTS_D_UN_CONTRAT.findall(texte)))


def no_package_address(chemin: str, texte: str) -> Iterator[str]:
    yield from sorted(set(ADRESSES_DE_PAQUETS.findall(texte)))


def no_path_of_one_machine(chemin: str, texte: str) -> Iterator[str]:
    yield from sorted(set(CHEMINS_DE_MACHINE.findall(texte)))


def top_level_is_fixed(chemin: str, texte: str) -> Iterator[str]:
    if (haut := chemin.split("/")[0]) not in HAUT:
        yield f"{haut} is not one of the fixed top-level names"


class Regle(NamedTuple):
    """A rule: the files it looks at (globs; `!` excludes), how it finds faults, one or more defects it must catch."""

    fichiers: tuple[str, ...]
    fautes: Callable[[str, str], Iterator[str]]
    defauts: tuple[tuple[str, str], ...]
    admis: tuple[str, str]


PY = ("*.py",)
REGLES = {
    "etl imports no screen library": Regle(
        ("etl/*.py",),
        no_screen_in_etl,
        (
            ("etl/a.py", "import streamlit as st"),
            ("etl/a/b.py", "def f():\n    from plotly import express"),
            ("etl/a.py", "import importlib\nimportlib.import_module('folium')"),
            ("etl/a.py", "from pages.ui import formats"),
        ),
        ("etl/a.py", "import duckdb\nfrom etl import read"),
    ),
    "the catalogue imports nothing of the project": Regle(
        ("etl/catalog/*.py",),
        nothing_of_the_project_in_catalog,
        (("etl/catalog/a.py", "from etl import read"), ("etl/catalog/a.py", "from ..intake import reader")),
        ("etl/catalog/a.py", "import csv\nfrom etl.catalog import nomenclatures\nfrom . import schemas"),
    ),
    "screens reach data through the reading door only, and pages never import pages": Regle(
        ("pages/*.py", "app.py"),
        data_only_through_the_door,
        (
            ("pages/a.py", "import duckdb"),
            ("pages/a.py", "from etl.validate import load"),
            ("pages/a.py", "from pages import carte"),
            ("pages/ui/a.py", "from etl import build"),
        ),
        (
            "pages/a.py",
            "from etl.catalog.indicateurs import CATALOGUE\nfrom pages.ui import donnees\nfrom etl import read",
        ),
    ),
    "only pages/ui/donnees caches": Regle(
        ("pages/*.py", "app.py"),
        cache_only_in_donnees,
        (("pages/a.py", "@st.cache_data\ndef f(): ..."), ("pages/ui/a.py", "from streamlit import cache_resource")),
        ("pages/ui/donnees.py", "@st.cache_data\ndef f(): ..."),
    ),
    "only pages/ui/cartes writes HTML": Regle(
        ("pages/*.py", "app.py"),
        html_only_in_cartes,
        (
            ("pages/a.py", "import folium"),
            ("pages/a.py", "st.markdown(x, unsafe_allow_html=True)"),
            ("pages/a.py", "st.html(x)"),
            ("pages/a.py", "st.sidebar.html(x)"),
            ("pages/a.py", "st.components.v1.html(x)"),
            ("pages/a.py", "from streamlit.components.v1 import html"),
        ),
        ("pages/ui/cartes.py", "import folium\nst.html(x)"),
    ),
    "a page fits in 80 lines": Regle(
        ("pages/*.py", "!pages/*/*"), too_long(80), (("pages/a.py", "\n" * 81),), ("pages/a.py", "\n" * 80)
    ),
    "a module fits in 300 lines": Regle(PY, too_long(300), (("etl/a.py", "\n" * 301),), ("etl/a.py", "\n" * 300)),
    "a query fits in 120 lines": Regle(
        ("*.sql",), too_long(120), (("etl/sql/core/a.sql", "\n" * 121),), ("etl/sql/core/a.sql", "\n" * 120)
    ),
    "a function fits in 40 lines": Regle(
        PY,
        functions_fit_a_screen,
        (("etl/a.py", "def f():\n" + "    x = 1\n" * 40),),
        ("etl/a.py", "def f():\n" + "    x = 1\n" * 39),
    ),
    "a module opens with what it is for": Regle(
        PY, modules_say_what_they_are_for, (("etl/a.py", "import csv"),), ("etl/a.py", '"""Why."""\nimport csv')
    ),
    "a query opens with what it is for": Regle(
        ("*.sql",),
        sql_opens_with_its_description,
        (("etl/sql/core/a.sql", "SELECT 1"), ("etl/sql/core/a.sql", "-- todo\nSELECT 1")),
        ("etl/sql/core/a.sql", "-- Une ligne par sortie.\nSELECT 1"),
    ),
    "a name says something": Regle(
        ("*",),
        names_say_something,
        (("etl/utils.py", ""), ("pages/ui/helpers/a.py", ""), ("etl/_common.py", "")),
        ("etl/utilisateurs.py", ""),
    ),
    "one contract's words stay in its folder": Regle(
        ("*", "!data/*", "!tests/*", "!docs/*", "!README.md", "!CHANGELOG.md", "!publiccode.yml", "!*.lock"),
        no_word_of_one_contract,
        (("etl/a.py", "ville = 'Tours'"), ("etl/a.py", "code = 'QN03709M'"), ("etl/a.json", '"243700754"')),
        ("etl/a.py", "# deux tours de vérification, jours et contours"),
    ),
    "no address of packages": Regle(
        ("*", "!tests/test_rules.py"),
        no_package_address,
        (("requirements.lock", "--index-url https://example.org/simple/"), ("README.md", "see pypi.org")),
        ("requirements.lock", "duckdb==2.0.0 --hash=sha256:00"),
    ),
    "no path of one machine": Regle(
        ("*", "!tests/test_rules.py"),
        no_path_of_one_machine,
        (("etl/a.py", "Path('/home/anne/depot')"), ("docs/a.md", "see /root/x")),
        (".ci/run", "../shared/data/mirror and etl/work/x"),
    ),
    "the top level is fixed": Regle(("*",), top_level_is_fixed, (("notes.txt", ""), ("src/a.py", "")), ("app.py", "")),
}


def committed() -> list[str]:
    """Paths git knows or would add; vendored assets of the screens aside."""
    commande = ["git", "-c", "core.quotePath=off", "ls-files", "--cached", "--others", "--exclude-standard"]
    lu = subprocess.run(commande, cwd=RACINE, capture_output=True, text=True, check=False)
    if lu.returncode:
        pytest.skip("not a git checkout: the files of the project cannot be told from the others")
    presents = [chemin for chemin in lu.stdout.splitlines() if (RACINE / chemin).is_file()]
    return [chemin for chemin in presents if not chemin.startswith("pages/ui/static/carte/")]


def concerned(regle: Regle, chemin: str) -> bool:
    exclus = [motif[1:] for motif in regle.fichiers if motif.startswith("!")]
    return any(fnmatch(chemin, m) for m in regle.fichiers) and not any(fnmatch(chemin, m) for m in exclus)


@pytest.mark.parametrize("nom", REGLES)
def test_the_project_follows_the_rule(nom):
    regle, fautes = REGLES[nom], []
    for chemin in committed():
        if concerned(regle, chemin):
            texte = (RACINE / chemin).read_text(encoding="utf-8", errors="ignore")
            try:
                fautes += [f"{chemin}: {faute}" for faute in regle.fautes(chemin, texte)]
            except SyntaxError as erreur:
                fautes.append(f"{chemin}: does not parse: {erreur}")
    assert not fautes, "\n".join(fautes)


@pytest.mark.parametrize("nom", REGLES)
def test_the_rule_catches_its_defects_and_nothing_else(nom):
    regle = REGLES[nom]
    for chemin, texte in regle.defauts:
        assert concerned(regle, chemin), chemin
        assert list(regle.fautes(chemin, texte)), (chemin, texte)
    assert list(regle.fautes(*regle.admis)) == []


def blanks(declaration) -> list[str]:
    """Names of the fields of a declaration that are required and left empty."""
    requis = [c.name for c in dataclasses.fields(declaration) if c.default is dataclasses.MISSING]
    return [nom for nom in requis if getattr(declaration, nom) in ("", None, ())]


def test_every_indicator_is_fully_declared():
    from etl.catalog.indicateurs import CATALOGUE

    assert {i.id: blanks(i) for i in CATALOGUE.values() if blanks(i)} == {}
    assert [cle for cle, i in CATALOGUE.items() if cle != i.id] == []
    un = next(iter(CATALOGUE.values()))
    assert blanks(dataclasses.replace(un, limites="", sources=())) == ["sources", "limites"]
