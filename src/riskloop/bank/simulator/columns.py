"""Columns of canonical tables out of arrays of numbers, without a loop over rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from riskloop.bank.tables import TABLES

_compute: Any = pc
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NOBODY = -1
"""Where a number that names a thing (an account, a teller) names none."""
NEVER = int(np.iinfo(np.int32).min)
"""The day number of what has not happened."""
_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together, row by row."""
    return _compute.binary_join_element_wise(*parts, "")


def padded(numbers: Ints, width: int) -> pa.Array:
    """Numbers as text of at least so many digits."""
    text = _compute.cast(pa.array(numbers), pa.string())
    return _compute.utf8_lpad(text, width, "0")


def numbered(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Ids as text: a prefix and a padded number."""
    return joined(prefix, padded(numbers, width))


def picked(values: pa.Array | Sequence[str | None], places: Ints) -> pa.Array:
    """The values at these places; null where the place is `NOBODY`."""
    array: Any = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return array.take(pa.array(places, mask=places == NOBODY))


def some(made: pa.Array, where: Flags) -> pa.Array:
    """A column that has the values of `made`, in their order, where `where` is true, and null elsewhere."""
    return picked(made, np.where(where, np.cumsum(where) - 1, NOBODY))


def cents(amounts: Ints) -> pa.Array:
    """Whole cents as decimal(18, 2), without a float between."""
    raw = np.empty((len(amounts), 2), dtype=np.int64)
    raw[:, 0] = amounts
    raw[:, 1] = amounts >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(amounts), [None, pa.py_buffer(raw)])


def dates(days: Ints) -> pa.Array:
    """Days since 1970 as dates; null where `NEVER`."""
    return pa.array(days.astype(np.int32), mask=days == NEVER).cast(pa.date32())


def times(day: dt.date, micros: Ints) -> pa.Array:
    """Microseconds of a day as times."""
    return pa.array(np.datetime64(day, "us") + micros.astype("timedelta64[us]"))


def table_of(name: str, columns: dict[str, Any], rows: int) -> pa.Table:
    """A canonical table of the columns given; a scalar fills its column, what is not given is null."""
    schema = TABLES[name].arrow_schema
    arrays = [_column(columns.get(field.name), field.type, rows) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(value: Any, kind: pa.DataType, rows: int) -> Any:
    if value is None:
        return pa.nulls(rows, kind)
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value.cast(kind) if value.type != kind else value
    if isinstance(value, np.ndarray):
        return pa.array(value).cast(kind)
    return pa.repeat(pa.scalar(value, kind), rows)
