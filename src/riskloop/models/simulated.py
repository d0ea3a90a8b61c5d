"""A simulated bank in which every model of the catalogue has its planted cases.

The planted cases are the models' own examples, moved into the bank: a new model is planted by being
written. Locality (a model's hits on a subject depend on the facts that reach it, and on nothing else)
is why they still hit there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from riskloop.bank.errors import BadInput
from riskloop.bank.feeds import tables
from riskloop.bank.home import Home
from riskloop.bank.load import load
from riskloop.bank.simulator.planting import Case
from riskloop.bank.simulator.simulate import Spec, simulate
from riskloop.models.catalogue import catalogue

LABELS = ("labels.parquet", "near_misses.parquet")


def cases() -> list[Case]:
    """The examples of all models that run with the values in force, as cases to plant."""
    return [
        Case(
            model=model.code,
            title=example.title.en,
            subject_kind=model.subject,
            subject_id=example.subject_id,
            day=example.day,
            rows=example.rows,
            also=example.also,
        )
        for model in catalogue().values()
        for example in model.examples
        if not example.settings
    ]


def simulate_bank(
    home: Home,
    *,
    outlets: int,
    days: int,
    per_day: int,
    seed: int,
    to: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Makes the bank as a feed in `to`, or, without it, loads it into the home through the gate.

    The labels lie beside the feed, or in the home.

    Raises:
        BadInput: a size below 1, a negative seed, or a folder to write to that holds something already.
    """
    for option, value in (("--outlets", outlets), ("--days", days), ("--per-day", per_day)):
        if value < 1:
            raise BadInput(f"{option} is {value}, and must be at least 1")
    if seed < 0:
        raise BadInput(f"--seed is {seed}, and must be at least 0")
    spec = Spec(outlets=outlets, days=days, per_day=per_day, seed=seed)
    if to is not None:
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise BadInput(f"--out is {to}, which holds something already")
        return simulate(spec, to, cases(), progress).as_dict()
    home.path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.path, prefix="simulated-") as folder:
        feed = Path(folder)
        made = simulate(spec, feed, cases(), progress).as_dict()
        loaded = load(home, tables.deliveries(feed), feed=f"simulated seed {seed}", progress=progress)
        for name in LABELS:
            shutil.copyfile(feed / name, home.path / f".{name}")
            (home.path / f".{name}").replace(home.path / name)
    return made | {"rows_in": loaded.rows_in, "kept": loaded.kept, "set_aside": loaded.set_aside}
