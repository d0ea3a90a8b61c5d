"""Where Spark computes otherwise than the embedded engine, and how an expression is brought to agree.

Models are written once. What differs is mended here, for all of them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import ibis.expr.datatypes as types
import ibis.expr.operations as ops

from riskloop.bank.bank import Relation
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

_PLAIN_DECIMAL = types.Decimal(18, 3)
"""What a decimal of no stated size is to DuckDB. Spark's (38, 18) leaves a product 6 places of 20."""


def in_spark(relation: Relation) -> Relation:
    """The same relation, in operations that Spark computes as DuckDB does."""
    return relation.op().replace(_agreeing).to_expr()


def _agreeing(node: Any, changed: Any) -> Any:
    if changed:
        node = node.__recreate__(changed)
    match node:
        case ops.Literal() if _is_plain_decimal(node.dtype):
            return ops.Literal(node.value, _PLAIN_DECIMAL)
        case ops.Cast() if _is_plain_decimal(node.to):
            return ops.Cast(node.arg, _PLAIN_DECIMAL)
        case ops.Divide():
            # Of decimals DuckDB makes a double, Spark a decimal of as many places as are left over.
            return ops.Divide(_double(node.left), _double(node.right))
        case _:
            return node


def _is_plain_decimal(dtype: Any) -> bool:
    return dtype.is_decimal() and dtype.precision is None


def _double(value: Any) -> Any:
    return ops.Cast(value, types.float64) if value.dtype.is_decimal() else value
