"""A process tied to its parent ends with it, whatever ended the parent."""

import subprocess
import sys

ENFANT = """
import os, time
from etl.parent import die_with
die_with(os.getppid())
print("né", flush=True)
time.sleep(60)
print("survivant")
"""
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {ENFANT!r}])
"""


def test_a_killed_parent_takes_its_child_along():
    commande = [sys.executable, "-c", PARENT]
    with subprocess.Popen(commande, stdout=subprocess.PIPE, encoding="utf-8", env={"PYTHONUTF8": "1"}) as parent:
        assert parent.stdout.readline() == "né\n"
        parent.kill()
        assert parent.stdout.read() == ""  # until the last of them is gone
