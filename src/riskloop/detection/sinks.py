"""Where hits go: to a file alone, or, by a sink of a floor above, into the loop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from riskloop.bank.errors import BadInput
from riskloop.models.api import Model, Parameters
from riskloop.models.hits import HIT_SCHEMA

Evidence = Mapping[str, Sequence[Mapping[str, Any]]]
"""The canonical rows behind one hit, by table, as JSON can keep them."""


class Sink(Protocol):
    """Takes what one cell found. When it returns, the hits are kept: the ledger is written after it."""

    def take(
        self,
        day: dt.date,
        model: Model[Any],
        values: Mapping[str, Parameters],
        hits: pa.Table,
        evidence: Mapping[str, Evidence],
    ) -> None:
        """All hits of one model on one day (`HIT_SCHEMA`), with the evidence of each subject.

        Args:
            values: the parameters by the version that the hits bear.
        """
        ...

    def take_volumes(self, day: dt.date, rows: Sequence[Mapping[str, Any]]) -> None:
        """The day's online volume: rows of unit_id, teller_id and volume."""
        ...

    def finish_day(self, day: dt.date) -> None:
        """Every model has run on the day; called again whenever one of them has run anew."""
        ...


class FileSink:
    """Hits to one `.parquet` or `.csv` file, which appears whole when all are in.

    In CSV a list is a JSON array in its cell.

    Raises:
        BadInput: another ending, or a folder that is not there.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix not in {".parquet", ".csv"}:
            raise BadInput(f"--out is {path}, and must end in .parquet or .csv")
        if not path.parent.is_dir():
            raise BadInput(f"--out is {path}, whose folder does not exist")
        self.path = path
        self._hits: list[pa.Table] = []

    def take(
        self,
        day: dt.date,  # noqa: ARG002
        model: Model[Any],  # noqa: ARG002
        values: Mapping[str, Parameters],  # noqa: ARG002
        hits: pa.Table,
        evidence: Mapping[str, Evidence],  # noqa: ARG002
    ) -> None:
        self._hits.append(hits)

    def take_volumes(self, day: dt.date, rows: Sequence[Mapping[str, Any]]) -> None:
        """A file of hits has no place for volumes."""

    def finish(self) -> None:
        """Puts the file in place, sorted by day, model and subject."""
        hits = pa.concat_tables([HIT_SCHEMA.empty_table(), *self._hits]).sort_by(
            [("booked_on", "ascending"), ("model", "ascending"), ("subject_id", "ascending")]
        )
        beside = self.path.with_name(f".{self.path.name}")
        try:
            if self.path.suffix == ".parquet":
                pq.write_table(hits, beside, compression="zstd")
            else:
                pc.write_csv(_flat(hits), beside)
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)


def _flat(hits: pa.Table) -> pa.Table:
    """Lists as JSON text, for CSV."""
    import json

    for position, field in enumerate(hits.schema):
        if pa.types.is_list(field.type):
            cells = [json.dumps(ids) for ids in hits.column(position).to_pylist()]
            hits = hits.set_column(position, field.name, pa.array(cells, pa.string()))
    return hits
