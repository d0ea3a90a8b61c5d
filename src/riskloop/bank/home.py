"""Where an installation keeps its things: the folders under `RISKLOOP_HOME`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT = ".riskloop"


@dataclass(frozen=True)
class Home:
    """The folders of one installation. Nothing is created by looking; writers make what they need."""

    path: Path

    @classmethod
    def find(cls, given: str | Path | None = None) -> Home:
        """The home that `--home` names, else `RISKLOOP_HOME`, else `.riskloop` in the working folder."""
        return cls(Path(given or os.environ.get("RISKLOOP_HOME") or DEFAULT).expanduser().resolve())

    @property
    def lake(self) -> Path:
        """Plain Parquet: facts as `TABLE/booked_on=DAY/*.parquet`, standing data as `TABLE/*.parquet`."""
        return self.path / "lake"

    @property
    def rejects(self) -> Path:
        """Rows that the gate set aside, with table, row, column and reason."""
        return self.path / "rejects"

    @property
    def runs(self) -> Path:
        """The ledger of runs and the hits of statistical models."""
        return self.path / "runs"

    @property
    def db(self) -> Path:
        """The embedded PostgreSQL."""
        return self.path / "db"

    @property
    def files(self) -> Path:
        """Attachments."""
        return self.path / "files"
