"""What every engine hands on: hits in one shape, to the cell, whatever computed them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pyarrow as pa

from riskloop.models.api import Model, Parameters

_IDS = pa.list_(pa.string())
_LISTS = ("entry_ids", "teller_ids", "authoriser_ids", "account_ids", "customer_ids")

HIT_SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("subject_kind", pa.string()),
        ("subject_id", pa.string()),
        ("booked_on", pa.date32()),
        ("unit_id", pa.string()),
        ("amount", pa.decimal128(18, 2)),
        ("count", pa.int64()),
        *((name, _IDS) for name in _LISTS),
        ("evidence", pa.string()),
        ("parameter_version", pa.string()),
    ]
)
"""One row a hit. `evidence` is a JSON object of the values compared, by name, numbers as text."""

_NAMESPACE = uuid.UUID("6e0b9f0c-1c55-5d0a-9a39-2b1f7f5f3a65")


def event_id(model: str, subject_kind: str, subject_id: str, booked_on: dt.date) -> uuid.UUID:
    """The identity of a quasi-event: the same on every engine and every run."""
    return uuid.uuid5(_NAMESPACE, json.dumps([model, subject_kind, subject_id, str(booked_on)]))


def parameter_version(model: Model[Any], parameters: Parameters) -> str:
    """A short fingerprint of the values in force and of the model's version."""
    text = json.dumps([model.code, model.version, plain_values(parameters)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def plain_values(parameters: Parameters) -> dict[str, Any]:
    """A model's values by name, as JSON can keep them without loss."""
    return {name: plain(value) for name, value in asdict(parameters).items()}  # pyright: ignore[reportArgumentType]


def plain(value: Any) -> Any:
    """A compared value as JSON can keep it without loss: decimals and dates as text."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def to_hits(model: Model[Any], parameters: Parameters, day: dt.date, rows: pa.Table) -> pa.Table:
    """Brings what a model returned into `HIT_SCHEMA`, sorted by subject.

    Args:
        rows: the model's columns: some of `STANDARD` (or the singular of a list, `entry_id`: a list
            of one) and the evidence named in `model.compared`.

    Raises:
        ValueError: a column that is neither, a missing subject, or a subject hit twice.
    """
    version = parameter_version(model, parameters)
    hits = [_hit(model, day, version, row) for row in rows.to_pylist()]
    hits.sort(key=lambda h: h["subject_id"])
    seen: set[str] = set()
    for found in hits:
        if found["subject_id"] in seen:
            raise ValueError(f"model {model.code} hits {found['subject_id']} twice on {day}")
        seen.add(found["subject_id"])
    return pa.Table.from_pylist(hits, schema=HIT_SCHEMA)


def _hit(model: Model[Any], day: dt.date, version: str, row: Mapping[str, Any]) -> dict[str, Any]:
    left = dict(row)
    subject_id = left.pop("subject_id")
    if subject_id is None:
        raise ValueError(f"model {model.code} hit nothing in particular on {day}: {row}")
    found: dict[str, Any] = {
        "model": model.code,
        "subject_kind": model.subject,
        "subject_id": subject_id,
        "booked_on": day,
        "unit_id": left.pop("unit_id"),
        "amount": left.pop("amount", None),
        "count": left.pop("count", 1),
        "parameter_version": version,
    }
    for name in _LISTS:
        one = left.pop(name.removesuffix("s"), None)
        many = left.pop(name, None) or []
        found[name] = sorted({str(i) for i in (*many, one) if i is not None})
    strange = set(left) - set(model.compared)
    if strange:
        raise ValueError(f"model {model.code} returns {', '.join(sorted(strange))}, unlabelled")
    found["evidence"] = json.dumps({k: plain(v) for k, v in sorted(left.items())})
    return found
