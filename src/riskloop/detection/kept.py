"""The hits of every cell as files of the home: what the pages of the statistical models read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.home import Home
from riskloop.models.api import Parameters
from riskloop.models.catalogue import AnyModel, parameters_of
from riskloop.models.hits import plain_values

VALUES = "values"
"""Under this name a file of hits says by version with which values they were found."""


def hits_file(home: Home, code: str, day: dt.date) -> Path:
    """Where the hits of one cell are kept, if it ran."""
    return home.runs / "hits" / code / f"{day}.parquet"


def keep_hits(home: Home, code: str, day: dt.date, hits: pa.Table, values: Mapping[str, Parameters]) -> None:
    """Puts the hits of one cell in place of those there, with the values that they were found with.

    Args:
        values: by the version that the hits bear.
    """
    told = {version: plain_values(parameters) for version, parameters in values.items()}
    write_hits(hits_file(home, code, day), hits, {VALUES: json.dumps(told)})


def write_hits(file: Path, hits: pa.Table, told: Mapping[str, str]) -> None:
    """Puts a file of hits in place, whole, with what is told beside them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}")
    pq.write_table(hits.replace_schema_metadata(dict(told)), beside, compression="zstd")
    beside.replace(file)


def kept_hits(
    home: Home,
    code: str,
    first: dt.date,
    last: dt.date,
    *,
    units: Collection[str] | None = None,
    teller_id: str = "",
) -> Iterator[dict[str, Any]]:
    """The hits of a model from `first` to `last`, the newest day first.

    Args:
        units: only hits in these units; None for all, those without a unit included.
        teller_id: only hits that name this teller.
    """
    if units is not None and not units:
        return
    for number in range((last - first).days, -1, -1):
        file = hits_file(home, code, first + dt.timedelta(days=number))
        if not file.is_file():
            continue
        wanted = None if units is None else [("unit_id", "in", sorted(units))]
        hits = pq.read_table(file, filters=wanted)
        yield from (hit for hit in hits.to_pylist() if not teller_id or teller_id in hit["teller_ids"])


def kept_parameters(home: Home, model: AnyModel, day: dt.date, version: str) -> Parameters:
    """The values with which a kept hit of this version was found; else those of the model's file.

    Raises:
        OSError: nothing is kept of the model and day.
    """
    metadata = pq.read_schema(hits_file(home, model.code, day)).metadata or {}
    told: dict[str, Any] = json.loads(metadata.get(VALUES.encode(), b"{}"))
    return parameters_of(model, told.get(version))


def kept_hit(home: Home, code: str, day: dt.date, subject_id: str) -> pa.Table | None:
    """The one hit of a model on a subject and day, as a table of one row; None when there is none."""
    file = hits_file(home, code, day)
    if not file.is_file():
        return None
    found = pq.read_table(file, filters=[("subject_id", "=", subject_id)])
    return found if found.num_rows else None
