"""People from the command line: the first administrator, unlocking, a lost phone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slow.test_cli import riskloop

UNITS = """
import sys
from pathlib import Path
from riskloop.bank.home import Home
from riskloop.web.startup import prepare
prepare(Home(Path(sys.argv[1])))
from riskloop.organisation.sync import sync_organisation
unit = {"unit_id": "HO", "name": "总行", "level": "head_office", "parent_id": None}
sync_organisation(units=[unit | {"opened_on": None, "closed_on": None}], staff=[], tellers=[])
"""
ACCOUNTS = """
import json, sys
from pathlib import Path
from riskloop.bank.home import Home
from riskloop.web.startup import prepare
prepare(Home(Path(sys.argv[1])))
from riskloop.organisation.models import User
print(json.dumps({u.username: [u.must_change_password, u.has_usable_password()] for u in User.objects.all()}))
"""


def python(script: str, home: Path) -> str:
    """What a script over this home printed."""
    command = [sys.executable, "-c", script, str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_people_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests' own settings must not reach a command that has a home of its own.
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    monkeypatch.delenv("RISKLOOP_HOME", raising=False)
    create = ("admin", "create", "--role", "R01", "--home", tmp_path, "--password")
    early = riskloop(*create, "7731-long-enough", "zhang")
    assert early.returncode == 2
    assert "units come with `riskloop detect`" in early.stderr
    python(UNITS, tmp_path)

    made = riskloop(*create, "7731-long-enough", "zhang")
    assert (made.returncode, made.stdout) == (0, "zhang may sign in as R01 of HO\n")
    assert riskloop(*create, "", "by-sso").returncode == 0
    assert json.loads(python(ACCOUNTS, tmp_path)) == {"zhang": [True, True], "by-sso": [False, False]}

    weak = riskloop(*create, "83047291653012", "li")
    assert weak.returncode == 2
    assert "--password" in weak.stderr

    unlocked = riskloop("admin", "unlock", "zhang", "--home", tmp_path)
    assert (unlocked.returncode, unlocked.stdout) == (0, "nothing was locked for zhang\n")
    forgotten = riskloop("admin", "forget-second-factor", "zhang", "--home", tmp_path)
    assert (forgotten.returncode, forgotten.stdout) == (0, "zhang had none\n")
    nobody = riskloop("admin", "forget-second-factor", "nobody", "--home", tmp_path)
    assert (nobody.returncode, "there is no user nobody" in nobody.stderr) == (2, True)
