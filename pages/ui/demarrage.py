"""First start: with no published base and no partner file, build the invented demonstration in a child process."""


def pret(titre: str) -> bool:
    """True when a published base can be read; else draws what is going on."""
    return True
