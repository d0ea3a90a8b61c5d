"""A model on the engines: what it says in memory, DuckDB says over the lake, and Spark."""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.memory import Row, arrow_table, memory_bank
from riskloop.bank.tables import TABLES
from riskloop.detection.engines.engine import check_engine, open_engine
from riskloop.models import versions
from riskloop.models.api import EXAMPLE_DAY, AnyModel
from riskloop.models.delivered import delivered
from riskloop.models.own import VARIABLE, lock_of, look
from riskloop.models.testing.banks import Case, together
from riskloop.models.testing.running import Hits, Tried, by_subject
from riskloop.models.testing.suite import CHECKS, Check, Outcome, run_checks


def check_model(model: AnyModel, engine: str = "duckdb", master: str = "") -> Iterator[Outcome]:
    """Every check of a model, one after the other.

    Args:
        engine: "spark" runs it there as well.
        master: where Spark runs; "" for this machine.

    Raises:
        BadInput: there is no such engine, or Spark is not installed.
    """
    check_engine(engine, master)
    checks: dict[str, Check] = {**CHECKS, "lake": lambda tried: on_engine(tried, "duckdb")}
    if engine == "spark":
        checks["spark"] = lambda tried: on_engine(tried, "spark", master)
    version = checks.pop("version")
    yield from run_checks(model, checks.items())
    if importlib.util.find_spec("pyspark") is None:
        yield Outcome(model.code, "spark sql", skipped="PySpark is not installed")
    else:
        yield from run_checks(model, [("spark sql", spark_sql)])
    yield from run_checks(model, [("version", version)])


def asked_for(codes: Sequence[str]) -> tuple[list[AnyModel], list[Outcome]]:
    """The models to be tested, those of the bank's own where none is named, and what of these did not load.

    Raises:
        BadInput: there is no such model, or none of the bank's own at all.
    """
    own = look()
    if codes:
        known = {**delivered(), **own.models}
        strange = [code for code in codes if code.upper() not in known]
        if strange:
            why = own.problems or (f"there is no model {strange[0]}; `riskloop models list` names them",)
            raise BadInput("; ".join(why))
        return [known[code.upper()] for code in dict.fromkeys(codes)], []
    if not own.models and not own.problems:
        raise BadInput(
            f"there is no model of the bank's own: {VARIABLE} names their folders, and `riskloop models new`"
            " writes one"
        )
    broken = [Outcome("", "loads", (problem,)) for problem in own.problems]
    return list(own.models.values()), broken


def record(models: Iterable[AnyModel]) -> list[str]:
    """Records models that have passed, each beside its file; says which and where."""
    written: list[str] = []
    for model in models:
        lock = lock_of(model)
        if versions.write({model.code: model}, lock):
            written.append(f"{model.code} is recorded as version {model.version} in {lock}")
    return written


def on_engine(tried: Tried, engine: str, master: str = "") -> list[str]:
    """All examples in a lake: the engine says of it what the model says of the same rows in memory."""
    found: list[str] = []
    for case in together(tried.model):
        expected = tried.compiled(case.parameters, case.day).run(case.rows)
        said = _said(tried.model, case, engine, master)
        found += [
            f"{engine} says of {subject} {said.get(subject, 'nothing')}, and in memory it is"
            f" {expected.get(subject, 'nothing')}"
            for subject in sorted(said.keys() | expected.keys())
            if said.get(subject) != expected.get(subject)
        ]
    return found


def spark_sql(tried: Tried) -> list[str]:
    """It is written for any engine: besides running on DuckDB, it compiles to Spark's SQL."""
    from riskloop.detection.engines.spark_dialect import Compiler

    # Ibis knows its options for Spark once its backend is there.
    if ibis.pyspark.name != "pyspark":
        return ["Ibis has no backend for Spark"]
    compiler, model = Compiler(), tried.model
    hits = model.hits(memory_bank({}, EXAMPLE_DAY), model.parameters())
    sql = compiler.to_sqlglot(hits.unbind()).sql(dialect=compiler.dialect)
    return [] if sql.startswith(("SELECT", "WITH")) else [f"it compiles to no query: {sql[:80]}"]


def _said(model: AnyModel, case: Case, engine: str, master: str) -> Hits:
    with TemporaryDirectory(prefix="riskloop-") as folder:
        home = Home(Path(folder))
        put_in_lake(Lake(home), case.rows, case.day)
        with closing(open_engine(home, engine, master)) as opened:
            rows = opened.run(
                (model.code,),
                lambda bank: model.hits(bank, case.parameters),
                model.needs,
                model.days_of(case.parameters),
                case.day,
            )
            return by_subject(model, case.parameters, case.day, rows)


def put_in_lake(lake: Lake, rows: Mapping[str, list[Row]], day: dt.date) -> None:
    """Writes whole rows as a bank would have handed them over; every table is there, if without rows."""
    for name, table in TABLES.items():
        given = rows.get(name, [])
        if table.date_column is None:
            lake.write_standing(name, day, arrow_table(name, given, day))
            continue
        by_day: defaultdict[dt.date, list[Row]] = defaultdict(list)
        for row in given:
            by_day[row[table.date_column]].append(row)
        for on, own in by_day.items():
            lake.write_facts(name, on, arrow_table(name, own, day))
