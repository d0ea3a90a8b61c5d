"""The operations that belong to no one app: the models, the ledger of runs, and what was imported."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Query, Schema

from riskloop.detection.ledger import Row
from riskloop.models.catalogue import catalogue
from riskloop.organisation.functions import READ_MODELS, READ_RUNS
from riskloop.organisation.operations import (
    Label,
    Limit,
    Offset,
    Operations,
    Page,
    day_of,
    label,
    paged,
)
from riskloop.web import catalogue_pages
from riskloop.web.catalogue_pages import Entry
from riskloop.web.runs import Runs, open_cells

router = Operations(tags=["models and runs"])


class RunOut(Schema):
    """One cell of the ledger: a model on a business day."""

    day: dt.date
    model: str
    state: str
    parameter_version: str
    data_version: str
    rows_read: int
    hits: int
    seconds: float
    note: str
    finished_at: dt.datetime | None


class ModelLine(Schema):
    """A supervision model with its hits of the last 30 days of the ledger. `own`: it is the bank's own."""

    code: str
    own: bool
    name: Label
    category: str
    handling: str
    grade: str
    version: int
    hits: int
    last_run: RunOut | None


class ParameterOut(Schema):
    """A parameter with the value in force, its bounds, and why."""

    code: str
    name: Label
    value: Any
    unit: str
    low: str
    high: str
    why: Label


class ModelDetail(ModelLine):
    """All that a model's file says of it, but for its examples. `supervised`: as of today."""

    purpose: Label
    definition: Label
    false_positives: Label
    decided: Label | None
    subject: str
    supervised: bool
    days_read: int
    clean_rate: float | None
    hits_per_10000: float | None
    parameters: list[ParameterOut]
    compared: dict[str, Label]
    drivers: list[str]
    needs: dict[str, list[str]]


class ImportOut(Schema):
    """One load of tables, as it was reported."""

    at: dt.datetime
    report: dict[str, Any]


class RunQuery(Schema):
    """Cells of one model, in one state, from `first` to `last` (both included)."""

    model: str = ""
    state: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@router.reads("/models", READ_MODELS, answers=list[ModelLine])
def list_models(request: HttpRequest) -> list[ModelLine]:  # noqa: ARG001 — ninja's form
    """Every supervision model, by code."""
    runs = Runs(settings.HOME)
    return [ModelLine(**_line(catalogue_pages.entry(m, runs))) for m in catalogue().values()]


@router.reads("/models/{code}", READ_MODELS, answers=ModelDetail)
def get_model(request: HttpRequest, code: str) -> ModelDetail:  # noqa: ARG001 — ninja's form
    """One supervision model. With its parameters in force."""
    found = catalogue().get(code)
    if found is None:
        raise Http404
    runs = Runs(settings.HOME)
    told = catalogue_pages.about_model(found, {})
    return ModelDetail(
        **_line(catalogue_pages.entry(found, runs)),
        purpose=label(found.purpose),
        definition=label(found.definition),
        false_positives=label(found.false_positives),
        decided=label(found.decided) if found.decided else None,
        subject=str(found.subject),
        supervised=told["supervised"],
        days_read=told["days_read"],
        clean_rate=told["clean_rate"],
        hits_per_10000=runs.per_ten_thousand(code),
        parameters=[_parameter(p) for p in told["parameters"]],
        compared={name: label(text) for name, text in found.compared.items()},
        drivers=list(found.drivers),
        needs={table: list(columns) for table, columns in found.needs.items()},
    )


@router.reads("/runs", READ_RUNS, answers=Page[RunOut])
def list_runs(
    request: HttpRequest,  # noqa: ARG001 — ninja's form
    query: Query[RunQuery],
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Cells of the ledger, the newest day first."""
    first = day_of("first", query.first, dt.date(1900, 1, 1))
    last = day_of("last", query.last, dt.date(2199, 12, 31))
    rows = Runs(settings.HOME).cells(first, last, query.model, query.state)
    return paged(rows, limit, offset, _run)


@router.reads("/runs/gaps", READ_RUNS, answers=Page[RunOut])
def list_gaps(request: HttpRequest, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:  # noqa: ARG001
    """Cells that are missing, stale or failed. Looks into every file of the lake, and takes its time."""
    return paged(open_cells(settings.HOME), limit, offset, _run)


@router.reads("/imports", READ_RUNS, answers=list[ImportOut])
def list_imports(request: HttpRequest) -> list[ImportOut]:  # noqa: ARG001 — ninja's form
    """The latest loads of tables, the newest first."""
    return [
        ImportOut(at=record["at"], report={k: v for k, v in record.items() if k != "at"})
        for record in Runs(settings.HOME).imports()
    ]


def _run(row: Row) -> RunOut:
    return RunOut(**row.as_dict())


def _line(entry: Entry) -> dict[str, Any]:
    model = entry.model
    return {
        "code": model.code,
        "own": entry.own,
        "name": label(model.name),
        "category": model.category,
        "handling": model.handling,
        "grade": model.grade,
        "version": model.version,
        "hits": entry.hits,
        "last_run": _run(entry.run) if entry.run else None,
    }


def _parameter(told: dict[str, Any]) -> ParameterOut:
    about, value = told["about"], told["value"]
    return ParameterOut(
        code=told["code"],
        name=label(about.name),
        value=list(value) if isinstance(value, tuple) else value,
        unit=about.unit,
        low=f"{about.low:f}",
        high=f"{about.high:f}",
        why=label(about.why),
    )
