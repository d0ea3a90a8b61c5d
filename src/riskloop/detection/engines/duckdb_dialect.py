"""What a model's query must look like for DuckDB, where Ibis writes it otherwise."""

from __future__ import annotations

from typing import Any

import sqlglot.expressions as sge
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler


class Compiler(DuckDBCompiler):
    """Ibis's compiler, for which what only filters and renames columns is no result to be kept.

    Ibis names what is read more than once, and DuckDB keeps all rows of what is named. Of a great day's
    journal that is every entry, where each reader, with its own filters and joins handed down to the
    file, reads few.
    """

    def to_sqlglot(self, *args: Any, **kwargs: Any) -> Any:
        """As Ibis's own, with such common table expressions marked `NOT MATERIALIZED`."""
        query = super().to_sqlglot(*args, **kwargs)
        for named in query.find_all(sge.CTE):
            if _only_filters(named.this):
                named.set("materialized", False)
        return query


def _only_filters(query: Any) -> bool:
    """Whether each of its rows is a row of one table, looked at by itself."""
    if not isinstance(query, sge.Select) or not isinstance(query.args["from_"].this, sge.Table):
        return False
    return not any(query.args.get(part) for part in ("joins", "group", "distinct", "limit")) and not any(
        query.find_all(sge.AggFunc, sge.Window, sge.Unnest, sge.Subquery)
    )
