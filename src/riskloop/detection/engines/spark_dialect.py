"""Where Spark computes otherwise than the embedded engine, and how it is brought to agree.

Models are written once. What differs is mended here, for all of them, where Ibis writes Spark's SQL.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import ibis.expr.datatypes as types
import ibis.expr.operations as ops
import sqlglot.expressions as sge
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


class _Types(PySparkType):
    # As DuckDB's: what a decimal of no stated size is. Spark's own (38, 18) leaves a product of such
    # numbers 6 places of its 20.
    default_decimal_precision = 18
    default_decimal_scale = 3


class Compiler(PySparkCompiler):
    """Ibis' compiler for Spark, with the answers of DuckDB."""

    type_mapper = _Types

    def visit_Divide(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        """Of decimals a double, as wide as they are; by zero as IEEE 754 has it, and no error."""
        above, below = self._double(op.left, left), self._double(op.right, right)
        if isinstance(op.right, ops.Literal) and op.right.value:
            return sge.Div(this=sge.paren(above), expression=sge.paren(below))
        quotient = sge.Div(this=sge.paren(above), expression=self.f.nullif(below, 0))
        by_zero = sge.Mul(this=sge.paren(above), expression=self.POS_INF)
        return self.if_(sge.paren(below).eq(0), by_zero, quotient)

    def visit_FloorDivide(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        """Of decimals, the floor of the double."""
        return super().visit_FloorDivide(
            op, left=self._double(op.left, left), right=self._double(op.right, right)
        )

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:  # noqa: N802
        """Nothing counted is 0 and not null."""
        return super().visit_CountStar(op, arg=arg, where=None) if where is None else self.f.count_if(where)

    def _double(self, op: Any, arg: Any) -> Any:
        return self.cast(arg, types.float64) if op.dtype.is_decimal() else arg
