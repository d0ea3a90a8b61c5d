"""A person's own filters of the queue: saved under a name, and deleted again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.loop.filters import EventFilter
from riskloop.loop.models import SavedFilter
from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.models import User
from riskloop.organisation.telling import Deed, Field, Vocabulary, for_machines
from riskloop.organisation.traces import widest_unit

MOST = 20
LONGEST_NAME = 40
SAVED_FILTER = "saved_filter"
SAID = frozenset(EventFilter.base_filters) | {"sort"}  # pyright: ignore[reportAttributeAccessIssue]
"""What a saved filter keeps of a queue's address."""


def filters_of(user: Any) -> QuerySet[SavedFilter]:
    """His own and nobody else's, the oldest first."""
    return SavedFilter.objects.filter(user=user).order_by("created_at", "pk")


def kept_of(query: str) -> str:
    """Of a queue's address what narrows and orders it."""
    given = QueryDict(query)
    return urlencode(sorted((n, v) for n in given for v in given.getlist(n) if n in SAID and v))


@dataclass
class SaveFilter(Action):
    """Keeps the filters under a name."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — only a person has filters of his own
    label: str
    query: str
    saved: SavedFilter = field(init=False)
    name = "save_filter"
    function = READ_EVENTS
    object_type = SAVED_FILTER

    def __post_init__(self) -> None:
        self.saved = SavedFilter(user=self.user, name=self.label.strip(), query=kept_of(self.query))

    @property
    def unit_id(self) -> str | None:
        return widest_unit(self.user, READ_EVENTS)

    @property
    def touched(self) -> SavedFilter:
        return self.saved

    def lock(self) -> None:
        # Two of the same name, or one too many, could else be saved at once.
        User.objects.select_for_update(no_key=True).get(pk=self.user.pk)

    def check(self) -> None:
        super().check()
        length = len(self.saved.name)
        problem = _("Give the filter a name of at most %(number)d characters.") % {"number": LONGEST_NAME}
        require(0 < length <= LONGEST_NAME, "name", problem)
        require(bool(self.saved.query), "query", _("Narrow the queue down first: this filter says nothing."))
        own = filters_of(self.user)
        require(not own.filter(name=self.saved.name).exists(), "name", _("You have a filter of this name."))
        require(own.count() < MOST, "many", _("You have as many filters as one can have: delete one first."))

    def execute(self) -> None:
        self.saved.save()


@dataclass
class DeleteFilter(Action):
    """Forgets one's own filter."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride]
    saved: SavedFilter
    name = "delete_filter"
    function = READ_EVENTS
    object_type = SAVED_FILTER
    number: int = field(init=False)

    def __post_init__(self) -> None:
        self.number = self.saved.pk

    @property
    def unit_id(self) -> str | None:
        return widest_unit(self.user, READ_EVENTS)

    @property
    def object_id(self) -> int:
        return self.number

    @property
    def touched(self) -> SavedFilter:
        return self.saved

    def lock(self) -> None:
        self.saved.refresh_from_db(from_queryset=filters_of(self.user).select_for_update())

    def check(self) -> None:
        super().check()
        require(self.saved.user_id == self.user.pk, "owner", _("The filter is somebody else's."), who=True)

    def noted(self) -> dict[str, Any]:
        return {} if self.saved.pk is None else super().noted()

    def execute(self) -> None:
        self.saved.delete()


VOCABULARY = Vocabulary(
    objects={SAVED_FILTER: gettext_lazy("Saved filter")},
    fields={
        SAVED_FILTER: {
            "name": Field(gettext_lazy("Name")),
            "query": Field(gettext_lazy("Filters"), for_auditors=True),
            **for_machines("id", "user_id", "created_at"),
        }
    },
    actions={
        "save_filter": Deed(gettext_lazy("Filter saved"), "ti-bookmark-plus"),
        "delete_filter": Deed(gettext_lazy("Filter deleted"), "ti-bookmark-off"),
    },
)
