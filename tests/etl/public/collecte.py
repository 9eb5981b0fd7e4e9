"""What the tests of the collector share: one source, its sentences, and quick limits."""

from datetime import date
from pathlib import Path

from etl import public
from etl.public.collect import Etat
from etl.public.download import Limites
from tests.etl.public import miroir_invente

NOM = "qpv-2024-geojson.zip"
TITRE = "Périmètres des quartiers prioritaires 2024"
VIF = Limites(pause=0.01, pause_max=0.02, silence=0.2, connexion=1, essais=2)
AUJOURDHUI = date.today()
GARDE = f" La dernière bonne copie du {AUJOURDHUI:%d/%m/%Y} reste en service."
GEO = (miroir_invente.EXTRAITS / "qpv.geojson").read_bytes()


def collect(dossier: Path, *ids: str, **options: object) -> list[Etat]:
    return public.update(ids or ["qpv_2024"], dossier, limites=VIF, **options)  # type: ignore[arg-type]
