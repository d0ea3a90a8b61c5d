"""Making a sample for inspection of a list of exposure, and saying what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.exposure import beside
from riskloop.exposure.beside import ListAsked
from riskloop.exposure.figures import ORDERS, counted
from riskloop.exposure.models import Chosen, InspectionSample, InspectionState, Listed, SampledRow
from riskloop.exposure.peers import Peers, Verdict
from riskloop.exposure.report import Row, Subject, reached
from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import DRAW_INSPECTIONS
from riskloop.organisation.models import Unit, User

SAMPLE = "inspection_sample"
MOST = 200
"""Rows of a sample at most: more is a list and no sample."""
SUBJECTS = {Listed.UNITS: Subject.UNIT, Listed.TELLERS: Subject.TELLER, Listed.BUSINESSES: Subject.BUSINESS}
CLOSED = (InspectionState.DONE, InspectionState.DROPPED)


@dataclass
class DrawInspection(Action):
    """Keeps rows of a list as a sample for inspection, with their figures of this moment and the reason.

    Args:
        unit: within which the list looks; `asked` is the list, of this unit alone.
        order: a measure, or `estimate`; with "-" the highest first.
        chosen: as `Chosen`: `keys` where they are ticked, `number` of the first.
        beside_peers: whether the list shows each beside its peers.
    """

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people choose whom to inspect, no machine
    unit: Unit
    asked: ListAsked
    order: str
    chosen: str
    why: str
    number: int = 0
    keys: Sequence[str] = ()
    beside_peers: bool = False
    sample: InspectionSample = field(init=False)
    name = "draw_inspection_sample"
    function = DRAW_INSPECTIONS
    object_type = SAMPLE

    def __post_init__(self) -> None:
        listed = next(kind for kind, subject in SUBJECTS.items() if subject is self.asked.subject)
        self.sample = InspectionSample(
            unit=self.unit,
            listed=listed,
            first=self.asked.period.first,
            last=self.asked.period.last,
            level=self.asked.level,
            order=self.order,
            chosen=self.chosen,
            reason=self.why,
            made_by=self.user,
        )

    @property
    def unit_id(self) -> str:
        return self.unit.pk

    @property
    def touched(self) -> InspectionSample:
        return self.sample

    @property
    def reason(self) -> str:
        return self.why

    @property
    def beside(self) -> dict[str, Any]:
        return {"rows": self.sample.rows.count()}

    def check(self) -> None:
        super().check()
        require(
            reached(self.user, self.unit.pk) is not None and list(self.asked.roots) == [self.unit.pk],
            "unit",
            _("None of your roles reads the exposure of this unit."),
            who=True,
        )
        require(bool(self.why.strip()), "reason", _("Say why they are to be inspected."))
        require(self.chosen in Chosen.values, "chosen", _("Choose which rows."))
        known = self.order.removeprefix("-") in {*ORDERS, beside.ESTIMATE}
        require(known, "order", _("There is no such order."))
        if self.chosen == str(Chosen.ROWS):
            require(bool(self.keys), "rows", _("Tick at least one row of the list."))
            self._require_few(len(self.keys))
        if self.chosen == str(Chosen.FIRST):
            require(self.number > 0, "number", _("Say how many."))
            self._require_few(self.number)

    def _require_few(self, number: int) -> None:
        require(number <= MOST, "too_many", _("A sample has at most %(most)s rows.") % {"most": MOST})

    def execute(self) -> None:
        by_estimate = self.order.removeprefix("-") == beside.ESTIMATE
        of = None
        if self.beside_peers or by_estimate or self.chosen == str(Chosen.HIGHER):
            of = self.asked.peers()
        rows, self.sample.total = self._rows(of)
        require(bool(rows), "nothing", _("Nothing of the list is chosen."))
        self._require_few(len(rows))
        self.sample.save()
        SampledRow.objects.bulk_create(_kept(self.sample, place, row) for place, row in enumerate(rows, 1))

    def _rows(self, of: Peers | None) -> tuple[Sequence[Row], int]:
        if self.chosen == str(Chosen.FIRST):
            page = beside.page_of(self.asked, self.order, self.number, 0, of)
            return page.rows, page.total
        there = {key for key, _volume, _events in counted(*self.asked.together, self.asked.period)}
        keys = (
            self._higher(of) if of and self.chosen == str(Chosen.HIGHER) else list(dict.fromkeys(self.keys))
        )
        self._require_few(len(keys))
        require(set(keys) <= there, "rows", _("A row that is ticked is not on the list any more."))
        return beside.of_keys(self.asked, keys, of).rows, len(there)

    @staticmethod
    def _higher(of: Peers) -> list[str]:
        standings = of.standings(of.keys)
        keys = of.by_estimate(down=True)
        return [key for key in keys if key in standings and standings[key].verdict is Verdict.HIGHER]


def _decimal(score: Fraction) -> Decimal:
    """Exactly: scores have two decimals."""
    return Decimal(score.numerator) / Decimal(score.denominator)


def _kept(sample: InspectionSample, place: int, row: Row) -> SampledRow:
    of, standing = row.measures, row.standing
    return SampledRow(
        sample=sample,
        place=place,
        key=row.key,
        name=row.name,
        belongs_to=row.unit_name if row.subject is Subject.TELLER else row.level,
        own=row.own,
        volume=of.value("volume"),
        internal_events=of.internal_events,
        external_events=of.external_events,
        controllable_events=of.controllable_events,
        internal_score=_decimal(of.internal_score),
        external_score=_decimal(of.external_score),
        controllable_score=_decimal(of.controllable_score),
        estimate=standing.estimate if standing else None,
        low=standing.low if standing else None,
        high=standing.high if standing else None,
        verdict=standing.verdict if standing else "",
    )


@dataclass
class MarkInspection(Action):
    """Says that a sample is planned, was inspected, or is dropped; what is over stays so."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — as above
    sample: InspectionSample
    state: str
    remark: str
    name = "mark_inspection_sample"
    function = DRAW_INSPECTIONS
    object_type = SAMPLE

    @property
    def unit_id(self) -> str:
        return self.sample.unit_id

    @property
    def touched(self) -> InspectionSample:
        return self.sample

    @property
    def reason(self) -> str:
        return self.remark

    def lock(self) -> None:
        self.sample.refresh_from_db(from_queryset=InspectionSample.objects.select_for_update())

    def check(self) -> None:
        super().check()
        require(self.sample.state not in CLOSED, "over", _("The sample is inspected or dropped already."))
        marks = set(InspectionState.values) - {str(InspectionState.OPEN)}
        require(self.state in marks, "state", _("Choose what has become of it."))
        dropped = self.state == str(InspectionState.DROPPED)
        require(not dropped or bool(self.remark.strip()), "remark", _("Say why it is dropped."))

    def execute(self) -> None:
        self.sample.state, self.sample.remark = self.state, self.remark
        self.sample.marked_by, self.sample.marked_at = self.user, timezone.now()
        self.sample.save()
