"""Proves the indicators of a build, the large ones side by side in processes of their own."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from etl.parent import die_with
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.preuve import prove
from etl.secrecy.audit.tableau import Tableau

# Presences under which a proof is over before a process has started.
PETIT = 2_000


def prove_all(tableaux: Iterable[tuple[Tableau, Certificat | None]], petit: int = PETIT) -> Iterator[Certificat]:
    """Yield the certificate of each tableau, in their order; where it is searched changes nothing.

    With each tableau goes the proof of what the public has read already, if any.

    Raises NonProuve as `prove` does.
    """
    ouvriers: ProcessPoolExecutor | None = None
    attendus: deque[Callable[[], Certificat]] = deque()
    coeurs = os.cpu_count() or 1
    try:
        for tableau, avant in tableaux:
            if len(tableau.lignes) < petit or coeurs == 1:
                attendus.append(_now(tableau, avant))
            else:
                ouvriers = ouvriers or _open(coeurs)
                attendus.append(_later(ouvriers.submit(prove, tableau, avant)))
            # No more in hand than what the processes need to stay busy: a tableau may be large.
            while len(attendus) > 2 * coeurs:
                yield attendus.popleft()()
        while attendus:
            yield attendus.popleft()()
    finally:
        if ouvriers:
            ouvriers.shutdown(wait=False, cancel_futures=True)


def _now(tableau: Tableau, avant: Certificat | None) -> Callable[[], Certificat]:
    certificat = prove(tableau, avant)
    return lambda: certificat


def _later(promesse: "Future[Certificat]") -> Callable[[], Certificat]:
    return promesse.result


def _open(coeurs: int) -> ProcessPoolExecutor:
    """Start fresh interpreters: a fork would copy the threads of the database engine in the middle of their work."""
    return ProcessPoolExecutor(coeurs, get_context("spawn"), die_with, (os.getpid(),))
