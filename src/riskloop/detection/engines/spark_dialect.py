# ruff: noqa: N802 - Ibis names a visitor after the operation that it visits.
"""Where Spark computes otherwise than the embedded engine, and how it is brought to agree.

Models are written once. What differs is mended here, for all of them, where Ibis writes Spark's SQL.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import ibis.expr.datatypes as types
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.backends.sql.datatypes import PySparkType

from riskloop.bank.tables import Kind

TYPES: MappingProxyType[Kind, str] = MappingProxyType(
    {
        "id": "STRING",
        "text": "STRING",
        "date": "DATE",
        # Local bank time, as the files say: Spark's plain TIMESTAMP is a moment in UTC.
        "time": "TIMESTAMP_NTZ",
        "money": "DECIMAL(18, 2)",
        "signed_money": "DECIMAL(18, 2)",
        "flag": "BOOLEAN",
        "int": "BIGINT",
    }
)


_PLACES = 3
"""Of a decimal of no stated size, as DuckDB's (18, 3). Spark's (38, 18) leaves a product 6 of 20 places."""


class _Types(PySparkType):
    default_decimal_precision = 18
    default_decimal_scale = _PLACES


class Compiler(PySparkCompiler):
    """Ibis' compiler for Spark, with the answers of DuckDB."""

    type_mapper = _Types

    def visit_Divide(self, op: Any, *, left: Any, right: Any) -> Any:
        """Of decimals a double, not a decimal of the places left over; by zero as IEEE 754, not an error."""
        above, below = self._double(op.left, left), self._double(op.right, right)
        if isinstance(op.right, ops.Literal) and op.right.value:
            return sge.paren(above) / sge.paren(below)
        by_zero = sge.paren(above) * self.POS_INF
        return self.if_(sge.paren(below).eq(0), by_zero, sge.paren(above) / self.f.nullif(below, 0))

    def visit_FloorDivide(self, op: Any, *, left: Any, right: Any) -> Any:
        """Of decimals, the floor of the double."""
        above, below = self._double(op.left, left), self._double(op.right, right)
        return super().visit_FloorDivide(op, left=above, right=below)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """To the nearest whole number, not to the one nearer to zero."""
        if to.is_integer() and op.arg.dtype.is_decimal():
            arg = self.f.round(arg)
        elif to.is_integer() and op.arg.dtype.is_floating():
            arg = self.f.anon.rint(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_Mean(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Of decimals the exact sum by the count, as a double, not a decimal of 4 more places."""
        if not op.arg.dtype.is_decimal():
            return super().visit_Mean(op, arg=arg, where=where)
        # In the smallest unit the sum is whole, so that the one rounding is that of the quotient.
        scale: int | None = op.arg.dtype.scale
        units = 10 ** (_PLACES if scale is None else scale)
        aggregate: Any = self.agg
        total, count = aggregate.sum(arg, where=where), aggregate.count(arg, where=where)
        return self.cast(total * units, types.float64) / self.f.nullif(
            self.cast(count * units, types.float64), 0
        )

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Nothing counted is 0, not null."""
        return super().visit_CountStar(op, arg=arg, where=None) if where is None else self.f.count_if(where)

    def visit_ArrayCollect(self, op: Any, **given: Any) -> Any:
        """Nothing collected is null, not an empty list."""
        collected = super().visit_ArrayCollect(op, **given)
        return self.if_(self.f.array_size(collected).eq(0), NULL, collected)

    def visit_WindowFunction(self, op: Any, **given: Any) -> Any:
        """Over each aggregate of what the two above are made of."""
        window = super().visit_WindowFunction(op, **given)
        if not isinstance(op.func, ops.Mean | ops.ArrayCollect):
            return window

        def over(node: Any) -> Any:
            if not isinstance(node, sge.AggFunc | sge.Filter):
                return node
            own = window.copy()
            own.set("this", node.copy())
            return own

        return window.this.transform(over)

    def visit_ExtractSecond(self, op: Any, *, arg: Any) -> Any:  # noqa: ARG002
        """The whole second, without its parts."""
        return self.f.anon.second(arg)

    def visit_TimestampDelta(self, op: Any, *, part: Any, left: Any, right: Any) -> Any:
        """Boundaries crossed, as from 31 December to 1 January is a year; not whole units gone by."""
        cut = self.f.anon.date_trunc
        return super().visit_TimestampDelta(
            op, part=part, left=cut(part.copy(), left), right=cut(part.copy(), right)
        )

    def visit_DateDelta(self, op: Any, **given: Any) -> Any:
        """As of moments."""
        return self.visit_TimestampDelta(op, **given)

    def _double(self, op: Any, arg: Any) -> Any:
        return self.cast(arg, types.float64) if op.dtype.is_decimal() else arg
