"""The operations of the models' health: the pages' own figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Query, Schema

from riskloop.detection.drift import ColumnDrift, TableDrift, mean_of, nulls_of, quantile_of
from riskloop.governance.health.charts import days_of
from riskloop.governance.health.figures import Health, Line, as_dict, usual_period
from riskloop.governance.health.forms import HealthForm
from riskloop.governance.health.rows import READERS, Reach
from riskloop.models.catalogue import catalogue
from riskloop.organisation.operations import Label, Operations, day_of, label, require_valid, signed_in

router = Operations(tags=["models and runs"])


class HealthPeriod(Schema):
    """From `first` to `last`, both included; without them the newest 30 days of the ledger. A unit has all
    below; without one all units within reach."""

    first: dt.date | None = None
    last: dt.date | None = None
    unit: str = ""


class RunsOut(Schema):
    """Days that it ran on, gaps, days outside supervision; `lacking` says why it is not applicable."""

    done: int
    gaps: int
    lacking: str
    outside: int


class WeekOut(Schema):
    """The week up to the last day. `compared` of its hits are of days that have usual days; `usual`, `low`
    and `high` are of these days, null without enough past; `chance` is that of a week as far off."""

    first: dt.date
    last: dt.date
    hits: int | None
    compared_days: int
    compared: int | None
    weeks: int
    usual: float | None
    low: int | None
    high: int | None
    chance: float | None


class ShareOut(Schema):
    """A share with its exact interval of 95 %; null of nothing."""

    of: int
    among: int
    share: float | None
    low: float | None
    high: float | None


class HealthFigures(Schema):
    """The figures of a model in a period, within reach. Null is unknown. `marks` are of silent, loud, quiet
    and inputs; `drifted` counts the marked inputs of the whole bank, null for who reads no runs."""

    runs: RunsOut
    hits: int | None
    week: WeekOut
    last_hit: dt.date | None
    silent_days: int
    longest_silence: int
    silence_chance: float | None
    opened: int
    concluded: int
    confirmed: ShareOut
    minutes: float | None
    hours: float | None
    changed_on: dt.date | None
    marks: list[str]
    drifted: int | None


class ModelHealth(HealthFigures):
    """A model under supervision on the last day."""

    code: str
    name: Label


class ModelHealths(Schema):
    """All models of a period; `outside` are those that are not under supervision on the last day."""

    first: dt.date
    last: dt.date
    items: list[ModelHealth]
    outside: list[str]


class HealthDay(Schema):
    """A day of the ledger: hits are null where it did not run, low and high without enough past."""

    day: dt.date
    hits: int | None
    low: int | None
    high: int | None


class HealthMonth(ShareOut):
    month: dt.date


class BranchHealth(HealthFigures):
    """A first-level branch; of hits in none `unit_id` is null."""

    unit_id: str | None
    name: str | None


class ColumnOut(Schema):
    """A column in the week against the usual weeks. `shares` are by class the week's and the usual one;
    `median` and `usual_median` are to the width of a class."""

    column: str
    kind: str
    nulls: float | None
    usual_nulls: float | None
    mean: float | None
    usual_mean: float | None
    median: float | None
    usual_median: float | None
    index: float | None
    limit: float | None
    marked: bool | None
    shares: dict[str, tuple[float, float]]


class TableOut(Schema):
    """A table of facts that the model reads: its rows in the week, and its columns."""

    table: str
    rows: WeekOut
    rows_mark: str | None
    columns: list[ColumnOut]


class ModelHealthDetail(ModelHealth):
    """One model with its days, months, branches and inputs; `inputs` is null for who reads no runs."""

    supervised: bool
    days: list[HealthDay]
    months: list[HealthMonth]
    branches: list[BranchHealth]
    inputs: list[TableOut] | None


@router.reads("/model_health", *READERS, answers=ModelHealths)
def list_model_health(request: HttpRequest, period: Query[HealthPeriod]) -> dict[str, Any]:
    """How every model under supervision does in a period."""
    health = _asked(request, period)
    items = [_named(line) for line in health.lines()]
    return {
        "first": health.first,
        "last": health.last,
        "items": items,
        "outside": [m.code for m in health.outside],
    }


@router.reads("/model_health/{code}", *READERS, answers=ModelHealthDetail)
def get_model_health(request: HttpRequest, code: str, period: Query[HealthPeriod]) -> dict[str, Any]:
    """How one model does. By day, month and first-level branch, and what it reads."""
    model = catalogue().get(code)
    if model is None:
        raise Http404
    health = _asked(request, period)
    line = health.one(model)
    branches = [
        as_dict(of) | {"unit_id": unit.pk if unit else None, "name": unit.name if unit else None}
        for unit, of in health.branches(model)
    ]
    days = [
        {"day": d.day, "hits": d.hits, **dict(zip(("low", "high"), d.usual or (None, None), strict=True))}
        for d in days_of(health, model)
    ]
    return _named(line) | {
        "supervised": health.decided.supervised(code, health.last),
        "days": days,
        "months": [{"month": month, **share.as_dict()} for month, share in health.months(model).items()],
        "branches": branches,
        "inputs": None if line.inputs is None else [_table(one) for one in line.inputs],
    }


def _asked(request: HttpRequest, period: HealthPeriod) -> Health:
    """By the page's own form: what it refuses is refused here."""
    user = signed_in(request)
    last = period.last and day_of("last", period.last, period.last)
    first, last = usual_period(settings.HOME, last)
    given = {"first": str(period.first or first), "last": str(last), "unit": period.unit}
    form = HealthForm(user, given)
    require_valid(form)
    asked = form.cleaned_data
    return Health(settings.HOME, Reach(user, form.chosen), asked["first"], asked["last"])


def _named(line: Line) -> dict[str, Any]:
    return as_dict(line) | {"code": line.model.code, "name": label(line.model.name)}


def _table(table: TableDrift) -> dict[str, Any]:
    return {
        "table": table.table,
        "rows": table.rows.as_dict(),
        "rows_mark": table.rows.way,
        "columns": [_column(one) for one in table.columns],
    }


def _column(column: ColumnDrift) -> dict[str, Any]:
    numbers = column.way in {"number", "day"}
    told = {
        name: (one(column.week), one(column.usual)) if numbers else (None, None)
        for name, one in (("mean", mean_of), ("median", lambda profile: quantile_of(profile, 0.5)))
    }
    return {
        "column": column.column,
        "kind": column.way,
        "nulls": nulls_of(column.week),
        "usual_nulls": nulls_of(column.usual),
        "mean": told["mean"][0],
        "usual_mean": told["mean"][1],
        "median": told["median"][0],
        "usual_median": told["median"][1],
        "index": column.index,
        "limit": column.limit,
        "marked": column.marked,
        "shares": dict(column.shares),
    }
