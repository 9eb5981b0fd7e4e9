"""For the whole suite: where nothing is missing, a skipped test is a failure."""

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With QPV_AUCUN_SAUT=1 the run fails when a test was skipped: a green run must have run everything."""
    rapport = session.config.pluginmanager.get_plugin("terminalreporter")
    if rapport is None or not os.environ.get("QPV_AUCUN_SAUT"):
        return
    sautes = rapport.stats.get("skipped", [])
    for saute in sautes:
        rapport.write_line(f"Test sauté alors que rien ne manque : {saute.nodeid} ({saute.longrepr[-1]})", red=True)
    if sautes and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
