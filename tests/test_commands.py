"""The command reference is what the commands say of themselves."""

import os
import subprocess
import sys
from pathlib import Path

REFERENCE = Path(__file__).parents[1] / "docs" / "commands.md"


def test_the_reference_is_up_to_date() -> None:
    command = [sys.executable, "-m", "typer", "riskloop.cli", "utils", "docs"]
    told = [*command, "--name", "riskloop", "--title", "The command line"]
    plain = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "GITHUB_ACTIONS"}}
    said = subprocess.run(told, capture_output=True, text=True, check=True, env=plain).stdout
    assert said.strip() == REFERENCE.read_text(encoding="utf-8").strip(), "`make docs` writes it anew"
