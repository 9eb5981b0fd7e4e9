"""How long work tells where it stands: a callback, drawn as a bar by the command line."""

from typing import Protocol


class Progress(Protocol):
    """Called at each step: a French label, the step's rank and the number of steps."""

    def __call__(self, etape: str, rang: int, total: int) -> None:
        """Show the step."""


def silent(etape: str, rang: int, total: int) -> None:
    """Show nothing."""
