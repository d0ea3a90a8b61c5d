"""All that the sections of a bulletin are made of, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from riskloop.bulletin import facts, known
from riskloop.bulletin.facts import Case, Driven, Handled
from riskloop.bulletin.known import Known
from riskloop.bulletin.scope import Scope
from riskloop.exposure.belonging import Change, changes_of, day_of, names_on
from riskloop.exposure.measures import Measures
from riskloop.exposure.periods import Period


@dataclass(frozen=True)
class On:
    """A period that the bulletin's own is compared with: its key in the names of cells, and its name."""

    key: str
    name: str
    change: str
    period: Period

    @property
    def within(self) -> str:
        """The change as it is called within a sentence."""
        return self.change[:1].lower() + self.change[1:]


@dataclass(frozen=True)
class Sources:
    """Lists by period have the bulletin's own first, then those of `compared`.

    Attributes:
        measures: of the unit with all below it.
        below: by unit directly below (and the unit's own) the same.
        volume_known: by period, of which days its volume is known.
        quasi_known: by period and handling, of which days lists tell the quasi-events, where they do.
        counted: by period, whether the loop could find the events of all its days.
    """

    scope: Scope
    period: Period
    compared: Sequence[On]
    measures: Sequence[Measures]
    below: Mapping[str, Sequence[Measures]]
    volume_known: Sequence[Known]
    quasi_known: Sequence[Mapping[str, Known]]
    counted: Sequence[bool]
    handled: Sequence[Handled]
    driven: Sequence[Driven]
    cases: Sequence[Case]

    @classmethod
    def read(cls, scope: Scope, period: Period) -> Sources:
        compared = _compared(period)
        periods = [period, *(on.period for on in compared)]
        volumes = known.volumes(scope, period, periods)
        quasi = known.quasi_events(periods)
        return cls(
            scope,
            period,
            compared,
            facts.measures_of(scope, period, periods),
            facts.measures_below(scope, period, periods),
            volumes,
            quasi,
            [
                not of.untold and (of.whole or of.of_times or facts.tells_events(scope, period, p))
                for of, p in zip(volumes, periods, strict=True)
            ],
            [facts.handled(scope, period, p, of) for of, p in zip(quasi, periods, strict=True)],
            facts.driven(scope, period),
            facts.cases(scope, period),
        )

    @property
    def keys(self) -> list[str]:
        """The periods' keys in the names of cells, in order."""
        return ["now", *(on.key for on in self.compared)]

    @property
    def named(self) -> list[str]:
        """The periods as they are written, in order."""
        return [
            str(period).replace("..", " – ") for period in (self.period, *(on.period for on in self.compared))
        ]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Names of the units that the bulletin names, as on the last day of the period."""
        asked = {self.scope.unit_id, *self.below, *(case.unit_id for case in self.cases)}
        return {key: v.name for key, v in names_on(day_of(self.period), asked).items()}

    @cached_property
    def changes(self) -> Sequence[Change]:
        """What came to the unit or left it since the first day of all that is shown."""
        since = min(period.first for period in (self.period, *(on.period for on in self.compared)))
        return changes_of(self.scope.unit_id, since, day_of(self.period))

    @cached_property
    def tellers(self) -> Mapping[str, tuple[int, int]]:
        """By number volume and risk events."""
        return facts.counted_of_tellers(self.scope, self.period)


def _compared(period: Period) -> list[On]:
    """The period before, and the same a year before unless it is the same days."""
    on = [On("previous", _("Previous period"), _("On the previous period"), period.previous)]
    if period.year_before == period.previous:
        return [On("previous", _("Year before"), _("On the year before"), period.previous)]
    # A period longer than a year overlaps the same days of the year before: that would say nothing.
    if period.year_before.last < period.first:
        year = On(
            "year_before",
            _("Same period last year"),
            _("On the same period last year"),
            period.year_before,
        )
        on.append(year)
    return on
