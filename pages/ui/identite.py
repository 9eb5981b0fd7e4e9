"""The theme of .streamlit/config.toml, read once for what Streamlit's own theming does not reach: CSS, charts, maps."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
ENCRE_PALE = "#4A4440"  # captions and ticks: Streamlit's own greys fall under the 4.5 contrast
POLICE = '"Source Sans", sans-serif'  # bundled with Streamlit: nothing is fetched from elsewhere


@cache
def theme() -> dict[str, Any]:
    """The [theme] table: colours, fonts, chart scales; `sidebar` is a table inside it."""
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]


def couleur(nom: str) -> str:
    """One colour of the theme by its key (`primaryColor`, `borderColor`…), as #RRGGBB."""
    return theme()[nom]


def categories() -> list[str]:
    """Colours of series, in order; always doubled by a dash, a symbol or a label."""
    return theme()["chartCategoricalColors"]


def sequence() -> list[str]:
    """Ten colours from dark to light, readable by every kind of colour vision (Cividis)."""
    return theme()["chartSequentialColors"]


def variables_css() -> str:
    """The colours as CSS variables, so that the style sheet names none."""
    couleurs = {cle: v for cle, v in theme().items() if isinstance(v, str) and v.startswith("#")}
    couleurs |= {f"sidebar-{cle}": v for cle, v in theme()["sidebar"].items() if v.startswith("#")}
    couleurs |= {"accent": categories()[1], "mutedColor": ENCRE_PALE}
    return ":root{" + "".join(f"--{cle}:{valeur};" for cle, valeur in couleurs.items()) + "}"
