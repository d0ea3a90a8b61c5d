"""Changing units by hand, from a day on. When the bank's tables change a unit again, they prevail."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from riskloop.organisation import leaving, timeline
from riskloop.organisation.action import Action, do, require
from riskloop.organisation.functions import CHANGE_ORGANISATION
from riskloop.organisation.models import UnitVersion, User
from riskloop.organisation.models.dated import Source
from riskloop.organisation.models.units import Level
from riskloop.organisation.scope import may
from riskloop.organisation.unit_scope import place_of

NUMBER = re.compile(r"\w[\w.-]*")


@dataclass
class UnitChange(Action):
    """A change of one unit from a day on."""

    user: User | None
    changed: str
    day: dt.date
    why: str
    function = CHANGE_ORGANISATION
    object_type = "unit"

    @property
    def unit_id(self) -> str | None:
        return place_of(self.changed)

    @property
    def object_id(self) -> str:
        return self.changed

    @property
    def touched(self) -> UnitVersion:
        return timeline.unit_as_of(self.changed, self.day) or UnitVersion(unit_id=self.changed)

    def noted(self) -> dict[str, Any]:
        version = timeline.unit_as_of(self.changed, self.day)
        return {} if version is None else timeline.state_of(version) | {"valid_from": version.valid_from}

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        list(UnitVersion.objects.select_for_update().filter(unit_id=self.changed))

    def check(self) -> None:
        super().check()
        require(bool(self.why.strip()), "why", _("Say why."))
        require(self.is_open(self.changed), "closed", _("The unit is not open on that day."))

    def is_open(self, unit_id: str) -> bool:
        """Whether the unit stands open on the day of the change."""
        version = timeline.unit_as_of(unit_id, self.day)
        return version is not None and timeline.is_open(version, self.day)

    def set(self, unit_id: str, **state: Any) -> None:
        timeline.set_from(UnitVersion, unit_id, self.day, state, Source.HAND)

    def settle(self) -> None:
        """Draws today's units anew; who no longer reaches his work gives it back."""
        timeline.settle_units()
        leaving.release_work(None, self.why)

    def children(self) -> list[str]:
        """The open units directly below, on the day of the change."""
        return [v.unit_id for v in timeline.children_as_of(self.changed, self.day)]

    def check_parent(self, parent_id: str, level: str) -> None:
        """The unit above stands open, is of a higher level, and is within reach of the one who changes."""
        require(self.is_open(parent_id), "parent", _("The unit above is not open on that day."))
        above = timeline.unit_as_of(parent_id, self.day)
        order = list(Level.values)
        higher = above is not None and order.index(above.level) < order.index(level)
        require(higher, "parent_level", _("The unit above must be of a higher level."))
        self.check_reach(parent_id)

    def check_reach(self, other: str) -> None:
        """A change that concerns a second unit needs a role that reaches that one too."""
        reached = self.user is None or may(self.user, CHANGE_ORGANISATION, place_of(other))
        require(reached, "other_role", _("None of your roles reaches the other unit."), who=True)


@dataclass
class OpenUnit(UnitChange):
    """A new unit."""

    unit_name: str
    level: str
    parent_id: str
    name = "open_unit"

    @property
    def unit_id(self) -> str | None:
        """It opens under another, there his role must reach."""
        return place_of(self.parent_id)

    def check(self) -> None:
        Action.check(self)
        require(bool(self.why.strip()), "why", _("Say why."))
        require(
            bool(self.changed.strip() and self.unit_name.strip()),
            "name",
            _("Give the unit a number and a name."),
        )
        # A slash or a space in it would break the paths of the tree.
        fit = NUMBER.fullmatch(self.changed) is not None
        require(fit, "number", _("A unit's number has letters, digits, dots and hyphens only."))
        known = UnitVersion.objects.filter(unit_id=self.changed).exists()
        require(not known, "taken", _("There is already a unit of this number."))
        require(self.level in Level.values, "level", _("Choose one of the five levels."))
        self.check_parent(self.parent_id, self.level)

    def execute(self) -> None:
        self.set(
            self.changed, name=self.unit_name, level=self.level, parent_id=self.parent_id, opened_on=self.day
        )
        self.settle()


@dataclass
class RenameUnit(UnitChange):
    """Another name."""

    unit_name: str
    name = "rename_unit"

    def check(self) -> None:
        super().check()
        require(bool(self.unit_name.strip()), "name", _("Give the unit a name."))

    def execute(self) -> None:
        self.set(self.changed, name=self.unit_name)
        self.settle()


@dataclass
class MoveUnit(UnitChange):
    """The unit, with all below it, belongs to another from the day on."""

    parent_id: str
    name = "move_unit"

    def check(self) -> None:
        super().check()
        here = timeline.unit_as_of(self.changed, self.day)
        self.check_parent(self.parent_id, here.level if here else "")
        above = timeline.path_as_of(self.parent_id, self.day)
        require(self.changed not in above, "circle", _("A unit cannot move below itself."))

    def execute(self) -> None:
        self.set(self.changed, parent_id=self.parent_id)
        self.settle()


class _MoveAlong(MoveUnit):
    """Part of a merger, which was checked as a whole; it has its own line in the history of the unit."""

    def check(self) -> None:
        """The whole was checked."""

    def execute(self) -> None:
        self.set(self.changed, parent_id=self.parent_id)


class CloseUnit(UnitChange):
    """The unit does no business from the day on. What is below it must have closed or moved before."""

    name = "close_unit"

    def check(self) -> None:
        super().check()
        require(
            not self.children(), "children", _("Units below it are still open; close or move them first.")
        )

    def execute(self) -> None:
        self.set(self.changed, closed_on=self.day)
        self.settle()


@dataclass
class MergeUnit(UnitChange):
    """The unit closes and lives on in another of its level; what is below it moves there."""

    into: str
    name = "merge_unit"

    def check(self) -> None:
        super().check()
        require(self.into != self.changed, "itself", _("A unit cannot be merged into itself."))
        require(self.is_open(self.into), "into", _("The other unit is not open on that day."))
        one, other = timeline.unit_as_of(self.changed, self.day), timeline.unit_as_of(self.into, self.day)
        same = one is not None and other is not None and one.level == other.level
        require(same, "level", _("Units of different levels are not merged."))
        self.check_reach(self.into)

    def execute(self) -> None:
        for child in self.children():
            do(_MoveAlong(self.user, child, self.day, self.why, self.into))
        self.set(self.changed, closed_on=self.day, merged_into_id=self.into)
        self.settle()
