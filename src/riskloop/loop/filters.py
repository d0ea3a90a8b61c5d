"""What the queue may be narrowed down to; every number on the overview is a link that says it here."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any, cast

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ChoiceField

from riskloop.loop.deadlines import Mark, clock
from riskloop.loop.escalation import escalated_to
from riskloop.loop.models import (
    DONE,
    OWED,
    UNVERIFIED,
    Grade,
    Measure,
    Objection,
    ObjectionKind,
    ObjectionState,
    Outcome,
    QuasiEvent,
    Query,
    State,
)
from riskloop.loop.queries.addressing import owed_by
from riskloop.loop.repeats import repeated
from riskloop.loop.states import CONCLUDED, FOUND, IN_HAND, OPEN
from riskloop.models.catalogue import catalogue
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.masking import SUBJECTS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.models.units import Level
from riskloop.organisation.scope import below, units_of

Events = QuerySet[QuasiEvent]

GROUPS = {"open": OPEN, "in_hand": IN_HAND, "concluded": CONCLUDED, "confirmed": FOUND}
STATES = [
    ("open", _("Still open")),
    ("in_hand", _("In hand")),
    ("concluded", _("With a conclusion")),
    ("confirmed", _("Confirmed")),
    *State.choices,
]
GRADES = [*reversed(Grade.choices)]
MANY_UNITS = 400


def _models() -> list[tuple[str, str]]:
    """All models: of the statistical ones too a person may have opened a finding."""
    language = get_language()
    return [(m.code, f"{m.code} {m.name.in_language(language)}") for m in catalogue().values()]


def _rows(units: QuerySet[Unit]) -> QuerySet[Unit, tuple[str, str, str]]:
    return units.order_by("path").values_list("unit_id", "name", "path")


def _within_sight(units: QuerySet[Unit], chosen: str) -> QuerySet[Unit]:
    """Of many units the levels that fit into a list together, those above the chosen one, and its own."""
    # Nobody needs to know by how much a level is too large: of 40,000 units a thousand are looked at.
    some = [units.filter(level=one).order_by().values_list("level")[: MANY_UNITS + 1] for one in Level.values]
    numbers = Counter(level for (level,) in some[0].union(*some[1:], all=True))
    fitting: list[str] = []
    for level in Level.values:
        if sum(numbers[one] for one in (*fitting, level)) > MANY_UNITS:
            break
        fitting.append(level)
    seen = Q(level__in=fitting)
    unit = units.filter(pk=chosen).first() if chosen else None
    if unit is not None:
        steps = unit.path.split("/")
        seen |= Q(path__in=["/".join(steps[:n]) for n in range(1, len(steps) + 1)]) | Q(parent=unit)
    return units.filter(seen)


class UnitField(ChoiceField):
    """A unit within reach. The list is looked up where it is drawn; what was chosen, by itself."""

    units: QuerySet[Unit]

    def valid_value(self, value: Any) -> bool:
        return self.units.filter(pk=value).exists()


class UnitFilter(filters.ChoiceFilter):
    field_class = UnitField


class EventFilter(filters.FilterSet):
    """The queue's filters; a reader only ever narrows what `visible_to` lets him see."""

    text = filters.CharFilter(method="by_text", label=_("Search"))
    state = filters.ChoiceFilter(method="by_state", choices=STATES, label=_("State"), empty_label=_("All"))
    grade = filters.ChoiceFilter(choices=GRADES, label=_("Grade"), empty_label=_("All"))
    model = filters.ChoiceFilter(choices=_models, label=_("Model"), empty_label=_("All"))
    unit = UnitFilter(method="by_unit", label=_("Unit and below"), empty_label=_("All"))
    first = filters.DateFilter(field_name="booked_on", lookup_expr="gte", label=_("From day"))
    last = filters.DateFilter(field_name="booked_on", lookup_expr="lte", label=_("To day"))
    assignee = filters.ChoiceFilter(
        method="by_assignee",
        choices=[("mine", _("Mine")), ("nobody", _("Nobody's")), ("others", _("Others'"))],
        label=_("Assignee"),
        empty_label=_("All"),
    )
    outcome = filters.ChoiceFilter(
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.EXCLUDED],
        label=_("Outcome"),
        empty_label=_("All"),
    )
    due = filters.ChoiceFilter(
        method="by_due",
        choices=[
            (Mark.WARNING.value, _("Due soon")),
            (Mark.OVERDUE.value, _("Overdue")),
            ("escalated", _("Come up to me")),
        ],
        label=_("Due by"),
        empty_label=_("All"),
    )
    query = filters.ChoiceFilter(
        method="by_query",
        choices=[
            ("answered", _("Answered, to be judged")),
            ("asked", _("To be answered")),
            ("owed", _("For me to answer")),
        ],
        label=_("Queries"),
        empty_label=_("All"),
    )
    measure = filters.ChoiceFilter(
        method="by_measure",
        choices=[
            ("mine", _("For me to do")),
            ("ownerless", _("Nobody owes it")),
            ("unverified", _("Done, to be verified")),
            ("overdue", _("Overdue")),
        ],
        label=_("Measures"),
        empty_label=_("All"),
    )
    objection = filters.ChoiceFilter(
        method="by_objection",
        choices=ObjectionKind.choices,
        label=_("To be decided"),
        empty_label=_("All"),
    )
    repeat = filters.ChoiceFilter(
        method="by_repeat",
        choices=[("yes", _("Repeat offences only"))],
        label=_("Repeat offences"),
        empty_label=_("All"),
    )
    withdrawn = filters.ChoiceFilter(
        method="by_withdrawn",
        choices=[("no", _("Not withdrawn")), ("yes", _("Withdrawn only"))],
        label=_("Withdrawn"),
        empty_label=_("All"),
    )

    bundle = filters.UUIDFilter(label=_("Bundle"), widget=forms.HiddenInput)

    class Meta:
        model = QuasiEvent
        fields: tuple[str, ...] = ()

    def __init__(self, given: QueryDict, events: Events, reader: User) -> None:
        super().__init__(given, queryset=events)
        self.reader = reader
        self.filters["unit"].extra["choices"] = lambda: self._units(given.get("unit", ""))
        cast("UnitField", self.form.fields["unit"]).units = units_of(reader, READ_EVENTS)
        for name, field in self.form.fields.items():
            kind = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{kind} {kind}-sm"
            if name in {"first", "last"}:
                field.widget.input_type = "date"

    @cached_property
    def has_many_units(self) -> bool:
        """Whether the reader's units are too many for one list: it then shows those below what is chosen."""
        return len(self._first_units) > MANY_UNITS

    @cached_property
    def _first_units(self) -> list[tuple[str, str, str]]:
        return list(_rows(units_of(self.reader, READ_EVENTS))[: MANY_UNITS + 1])

    def _units(self, chosen: str) -> list[tuple[str, str]]:
        """The reader's units, indented by level; of many the upper levels, and the way down to the chosen."""
        rows = self._first_units
        if self.has_many_units:
            rows = list(_rows(_within_sight(units_of(self.reader, READ_EVENTS), chosen)))
        shallowest = min((path.count("/") for _id, _name, path in rows), default=0)
        return [
            (unit_id, "\u2003" * (path.count("/") - shallowest) + f"{name} {unit_id}")
            for unit_id, name, path in rows
        ]

    def by_text(self, events: Events, _name: str, given: str) -> Events:
        """Subject, account, entry, customer or teller: whole ids, of the subject also a part.

        Not of a subject known by a customer's number: by its parts one could guess what is masked.
        """
        text = given.strip()
        return events.filter(
            Q(subject_id=text)
            | (Q(subject_id__icontains=text) & ~Q(subject_kind__in=SUBJECTS))
            | Q(account_ids__contains=[text])
            | Q(entry_ids__contains=[text])
            | Q(customer_ids__contains=[text])
            | Q(teller_ids__contains=[text])
        )

    def by_state(self, events: Events, _name: str, state: str) -> Events:
        return events.filter(state__in=GROUPS.get(state, (state,)))

    def by_unit(self, events: Events, _name: str, unit_id: str) -> Events:
        return events.filter(unit_id__in=below(Unit.objects.get(unit_id=unit_id)).values("unit_id"))

    def by_assignee(self, events: Events, _name: str, whose: str) -> Events:
        if whose == "mine":
            return events.filter(assignee=self.reader)
        if whose == "nobody":
            return events.filter(assignee=None)
        return events.exclude(assignee=None).exclude(assignee=self.reader)

    def by_due(self, events: Events, _name: str, mark: str) -> Events:
        here = clock()
        if mark == "escalated":
            return events.filter(escalated_to(self.reader, here))
        return events.filter(here.which(Mark(mark)))

    def by_query(self, events: Events, _name: str, which: str) -> Events:
        wanted = owed_by(self.reader) if which == "owed" else Query.objects.filter(state=which)
        return events.filter(pk__in=wanted.order_by().values("event"))

    def by_measure(self, events: Events, _name: str, which: str) -> Events:
        owed = Measure.objects.filter(OWED)
        wanted = {
            "ownerless": Measure.objects.filter(UNVERIFIED, owner=None),
            "mine": owed.filter(owner=self.reader),
            "unverified": Measure.objects.filter(DONE),
            "overdue": owed.filter(due_on__lt=timezone.localdate()),
        }[which]
        return events.filter(pk__in=wanted.values("event"))

    def by_objection(self, events: Events, _name: str, kind: str) -> Events:
        undecided = Objection.objects.filter(kind=kind, state=ObjectionState.OPEN)
        return events.filter(pk__in=undecided.values("event"))

    def by_repeat(self, events: Events, _name: str, _which: str) -> Events:
        return repeated(events)

    def by_withdrawn(self, events: Events, _name: str, which: str) -> Events:
        return events.exclude(withdrawn_on=None) if which == "yes" else events.filter(withdrawn_on=None)
