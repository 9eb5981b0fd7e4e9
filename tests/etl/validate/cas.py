"""What one bad input is, once written as a real file: the verdict, the counts and the words the command must answer."""

from dataclasses import dataclass, field

Compte = tuple[str, int, int, int, int]  # etat, lues, acceptees, refusees, ignorees
DIX: Compte = ("charge", 10, 10, 0, 0)
ILLISIBLE: Compte = ("refuse", 0, 0, 0, 0)


@dataclass(frozen=True)
class Cas:
    """One file of the list of 83 bad inputs (`numero` 0: the same kind, not in the list)."""

    numero: int
    fichier: str
    contenu: bytes
    attendu: Compte
    mots: tuple[str, ...] = ()  # in the sentences told: reason of refusal, faults or warnings
    codes: tuple[str, ...] = ()  # of the refused rows, in order
    avec: dict[str, bytes] = field(default_factory=dict)  # other files of the same partner
    valeur: tuple[tuple[str, ...], object] | None = None  # columns and value kept in the row of the case
    corrige: dict[str, str] = field(default_factory=dict)  # what the partner types to correct the refused row
    schema: str = ""

    @property
    def contrat(self) -> str:
        """The contract the file is checked against."""
        return self.schema or self.fichier.split("_")[0].split(".")[0]

    @property
    def nom(self) -> str:
        """What pytest shows."""
        return f"{self.numero}-{self.fichier}-{'-'.join(self.codes) or self.attendu[0]}"
