"""The single hits of the statistical models, as a person may see them and open findings on them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.utils.translation import gettext as _

from riskloop.bank.text import Text
from riskloop.detection.evidence import gather_for
from riskloop.detection.kept import kept_hit, kept_hits, kept_parameters
from riskloop.loop.actions import require
from riskloop.loop.findings import compared
from riskloop.loop.intake import open_finding
from riskloop.loop.models import QuasiEvent
from riskloop.loop.statistics import reaches_everything
from riskloop.models.catalogue import AnyModel
from riskloop.models.hits import event_id
from riskloop.organisation.functions import DISCRIMINATE, READ_STATISTICS
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import LookKind, Unit, User
from riskloop.organisation.scope import below, may, units_of
from riskloop.organisation.traces import trace, widest_unit

STATISTIC = "statistic"
"""The kind of object under which looks at hits are traced."""


@dataclass(frozen=True)
class Row:
    """One hit as the page lists it."""

    hit: dict[str, Any]
    compared: list[tuple[Text, Any]]
    event: QuasiEvent | None
    may_open: bool

    @property
    def key(self) -> str:
        return masked_subject(self.hit["subject_kind"], self.hit["subject_id"])

    @property
    def id(self) -> uuid.UUID:
        """By which a hit is named: its subject may be a customer's number."""
        return id_of(self.hit)


def id_of(hit: Mapping[str, Any]) -> uuid.UUID:
    """The identity of the event that the hit would be."""
    return event_id(hit["model"], hit["subject_kind"], hit["subject_id"], hit["booked_on"])


def rows_of(
    user: User, model: AnyModel, first: dt.date, last: dt.date, unit: str = "", teller: str = ""
) -> Iterator[Row]:
    """The hits of the reader's units, lazily, the newest first.

    Args:
        unit: only in this unit and below; of one that he does not reach nothing.
        teller: only hits that name this teller.
    """
    units: set[str] | None = None
    if unit or not reaches_everything(user):
        reach = units_of(user, READ_STATISTICS)
        if unit:
            chosen = Unit.objects.filter(pk=unit).first()
            reach = reach.filter(pk__in=below(chosen).values("pk")) if chosen else reach.none()
        units = set(reach.values_list("unit_id", flat=True))
    for hit in kept_hits(settings.HOME, model.code, first, last, units=units, teller_id=teller):
        event = QuasiEvent.objects.filter(pk=id_of(hit)).first()
        may_open = event is None and may(user, DISCRIMINATE, hit["unit_id"])
        yield Row(hit, compared(model, hit), event, may_open)


def hit_within_reach(user: User, model: AnyModel, day: dt.date, hit_id: str) -> pa.Table | None:
    """The hit of this id on a day, as a table of one row; None where he does not see it."""
    for hit in kept_hits(settings.HOME, model.code, day, day):
        if str(id_of(hit)) == hit_id and may(user, READ_STATISTICS, hit["unit_id"]):
            return kept_hit(settings.HOME, model.code, day, hit["subject_id"])
    return None


def trace_rows(user: User, model: AnyModel, unit_id: str, rows: Sequence[Row], query: str) -> None:
    """Writes down which rows the reader sees: in the unit that he chose, else in all of his."""
    chosen = unit_id and may(user, READ_STATISTICS, unit_id)
    trace(
        user,
        LookKind.LOOK,
        READ_STATISTICS,
        STATISTIC,
        model.code,
        unit_id if chosen else widest_unit(user, READ_STATISTICS),
        customer_ids=[customer for row in rows for customer in row.hit["customer_ids"]],
        rows=len(rows),
        query=query,
    )


def open_on(user: User, model: AnyModel, day: dt.date, hit: pa.Table, why: str) -> QuasiEvent:
    """Opens a finding on a hit.

    Raises:
        Refused: as `open_finding`.
    """
    (row,) = hit.to_pylist()
    # Before the lake is read for it; the action itself asks again.
    allowed = may(user, DISCRIMINATE, row["unit_id"])
    require(allowed, "role", _("None of your roles allows this for this unit."), who=True)
    parameters = kept_parameters(settings.HOME, model, day, row["parameter_version"])
    evidence = gather_for(settings.HOME, model, parameters, day, hit)
    return open_finding(user, model, parameters, row, evidence, why)
