"""Taking in figures alone: the facts of exposure, from lists instead of from the loop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from riskloop.bank.errors import BadInput
from riskloop.bulletin.lists import EVENTS, QUASI, VOLUMES, read
from riskloop.bulletin.models import ListedEvent, ListedQuasiEvents, ListedVolume
from riskloop.exposure.models import DailyVolume, RiskEvent
from riskloop.loop.models import QuasiEvent
from riskloop.organisation import history
from riskloop.organisation.models import History

_BATCH = 5000


@dataclass(frozen=True)
class Taken:
    """What an import did with one file."""

    file: str
    rows: int
    added: int
    changed: int
    removed: int

    def as_dict(self) -> dict[str, str | int]:
        return {
            "file": self.file,
            "rows": self.rows,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
        }


@transaction.atomic
def import_figures(folder: Path) -> list[Taken]:
    """Each file replaces what earlier ones said of the years that it names; the same file changes nothing.

    A year comes from the loop or from lists, never from both, or its events and volumes would count twice.
    Of each file the history keeps a line.

    Raises:
        BadInput: a file says what cannot be (nothing of any file is taken), or the loop has the year.
    """
    lists = read(folder)
    taken: list[Taken] = []
    if lists.events is not None:
        listed = [one for one, _event in lists.events]
        years = _years(one.booked_on for one in listed)
        _not_of_the_loop(QuasiEvent, "booked_on", years, EVENTS)
        taken.append(_replaced(EVENTS, ListedEvent, "booked_on", listed, years, ("event_id",)))
        events = [event for _one, event in lists.events]
        _replaced(EVENTS, RiskEvent, "booked_on", events, years, ("event_id",))
    if lists.quasi is not None:
        years = _years(one.first for one in lists.quasi)
        _not_of_the_loop(QuasiEvent, "booked_on", years, QUASI)
        key = ("first", "months", "unit_id", "handling")
        taken.append(_replaced(QUASI, ListedQuasiEvents, "first", lists.quasi, years, key))
    if lists.volumes is not None:
        taken.append(_volumes(lists.volumes))
    history.record(_line(folder, one) for one in taken)
    return taken


def _line(folder: Path, taken: Taken) -> History:
    """What was done, by the operator of the machine, with one file; it stands also where nothing changed."""
    counts = {name: count for name, count in taken.as_dict().items() if name != "file"}
    return history.line("import_figures", "figures", taken.file, after={"folder": folder.name, **counts})


def _volumes(volumes: Sequence[ListedVolume]) -> Taken:
    """Volumes of days are facts like any other; the sums of the longer ones follow by trigger."""
    years = _years(one.first for one in volumes)
    listed = ListedVolume.objects.filter(months=0).values_list("first", "unit_id", "teller_id", "business")
    ours = set(listed.filter(_within("first", years)))
    days = DailyVolume.objects.filter(_within("day", years))
    for day, *whose in days.values_list("day", "unit_id", "teller_id", "business").iterator():
        if (day, *whose) not in ours:
            raise BadInput(f"{VOLUMES} tells volumes of {day.year}, which the journal has told already")
    key = ("first", "months", "unit_id", "teller_id", "business")
    taken = _replaced(VOLUMES, ListedVolume, "first", volumes, years, key)
    daily = [
        DailyVolume(
            day=one.first,
            unit_id=one.unit_id,
            teller_id=one.teller_id,
            business=one.business,
            volume=one.volume,
        )
        for one in volumes
        if one.months == 0
    ]
    _replaced(VOLUMES, DailyVolume, "day", daily, years, ("day", "unit_id", "teller_id", "business"))
    return taken


def _years(days: Iterable[dt.date]) -> list[int]:
    return sorted({day.year for day in days})


def _within(column: str, years: Sequence[int]) -> Q:
    return Q(**{f"{column}__year__in": years})


def _not_of_the_loop(model: type[QuasiEvent], column: str, years: Sequence[int], file: str) -> None:
    found = model.objects.filter(_within(column, years)).order_by(column).first()
    if found is not None:
        raise BadInput(f"{file} tells events of {found.booked_on.year}, of which the loop has its own")


def _replaced(
    file: str,
    model: type[models.Model],
    day: str,
    rows: Sequence[models.Model],
    years: Sequence[int],
    key: tuple[str, ...],
) -> Taken:
    """Makes the table say of these years what the rows say; rows that say it already are left alone."""
    columns = [f.attname for f in model._meta.concrete_fields if f.attname != "id"]

    def keyed(names: Sequence[str]) -> Callable[[models.Model], tuple[Hashable, ...]]:
        return lambda row: tuple(_hashable(getattr(row, name)) for name in names)

    key_of, all_of = keyed(key), keyed(columns)
    wanted = {key_of(row): row for row in rows}
    where = _within(day, years)
    if model._meta.pk.attname == "event_id":
        # An event that moved to another year keeps its number.
        where |= Q(event_id__in=[row.pk for row in rows])
    kept: dict[tuple[Hashable, ...], models.Model] = {
        key_of(row): row for row in model._default_manager.filter(where)
    }
    changed = [k for k, row in kept.items() if k in wanted and all_of(row) != all_of(wanted[k])]
    removed = [k for k in kept if k not in wanted]
    gone: list[Any] = [kept[k].pk for k in (*changed, *removed)]
    model._default_manager.filter(pk__in=gone).delete()
    new = [row for k, row in wanted.items() if k not in kept]
    model._default_manager.bulk_create([*new, *(wanted[k] for k in changed)], batch_size=_BATCH)
    return Taken(file, len(rows), len(new), len(changed), len(removed))


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value
