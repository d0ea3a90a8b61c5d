"""What the pages of the models show: the models' own files, and how they ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.bank.derived import DERIVED
from riskloop.bank.tables import TABLES
from riskloop.detection.ledger import Row
from riskloop.governance.in_force import InForce
from riskloop.models import clean_month
from riskloop.models.api import Example
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.models.own import is_own
from riskloop.organisation.models import Unit
from riskloop.web.runs import Runs


@dataclass(frozen=True)
class Entry:
    """A model with its last run and its hits of the last 30 days of the ledger."""

    model: AnyModel
    run: Row | None
    hits: int

    @property
    def own(self) -> bool:
        """Whether the model is the bank's own."""
        return is_own(self.model.code)


def by_category(runs: Runs) -> list[tuple[str, list[Entry]]]:
    """Every model, under its class, in the order of the codes: the bank's own after those delivered."""
    entries = [entry(model, runs) for model in catalogue().values()]
    classes = dict.fromkeys(e.model.category for e in entries)
    return [(category, [e for e in entries if e.model.category == category]) for category in classes]


def coverage() -> list[tuple[str, list[str]]]:
    """Which tables feed which models: every table, canonical or derived, with the codes that read it."""
    models = catalogue().values()
    return [(name, [m.code for m in models if name in m.needs]) for name in (*TABLES, *DERIVED)]


def entry(model: AnyModel, runs: Runs) -> Entry:
    return Entry(model, runs.last(model.code), runs.recent_hits(model.code))


def about_model(model: AnyModel, drivers: Mapping[str, str]) -> dict[str, Any]:
    """Everything a model's file says, ready for its page, with the values in force today.

    Args:
        drivers: names of the risk drivers by code, in the reader's language.
    """
    today, decided = timezone.localdate(), InForce()
    values = decided.parameters(model, today)
    in_force = asdict(values)  # pyright: ignore[reportArgumentType]
    branches = {unit.pk: unit.name for unit in Unit.objects.filter(pk__in=decided.branches(model, today))}
    own = {
        name: asdict(decided.parameters(model, today, pk))  # pyright: ignore[reportArgumentType]
        for pk, name in branches.items()
    }
    return {
        "model": model,
        "supervised": decided.supervised(model.code, today),
        "days_read": model.days_read(values),
        "clean_rate": clean_month.recorded().rate(model.code),
        "parameters": [
            {
                "code": name,
                "about": about,
                "value": in_force[name],
                "own": [(b, theirs[name]) for b, theirs in own.items() if theirs[name] != in_force[name]],
            }
            for name, about in model.about().items()
        ],
        "compared": list(model.compared.items()),
        "drivers": [(code, drivers.get(code, code)) for code in model.drivers],
        "needs": list(model.needs.items()),
        "examples": [_example(example) for example in model.examples],
    }


def hits_over_time(code: str, runs: Runs) -> dict[str, Any] | None:
    """An ECharts option: the model's hits by business day; None where it never ran."""
    by_day = runs.hits_by_day(code)
    if all(hits is None for _day, hits in by_day):
        return None
    return {
        "xAxis": {"type": "category", "data": [f"{day:%m-%d}" for day, _hits in by_day]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": _("Hits"), "barMaxWidth": 18, "data": [hits for _day, hits in by_day]}
        ],
    }


def _example(example: Example) -> dict[str, Any]:
    return {
        "title": example.title,
        "subject_id": example.subject_id,
        "settings": list(example.settings.items()),
        "tables": [_table(name, rows) for name, rows in example.rows.items()],
    }


def _table(name: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Only the columns that the example names, in the order of the contract."""
    rows = list(rows)
    columns = [c.name for c in TABLES[name].columns if any(c.name in row for row in rows)]
    return {
        "name": name,
        "columns": columns,
        "rows": [[(column, row.get(column)) for column in columns] for row in rows],
    }
