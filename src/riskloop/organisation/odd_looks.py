"""What is odd about looks at customers' affairs: marks for the reviewer, computed when he reads.

A mark is a question to the person, no verdict. It is set by what the reviewer himself reaches: of somebody
who looks around in several branches, the head office sees the whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import ExtractHour, TruncDate
from django.utils.translation import gettext as _

from riskloop.bank.home import Home
from riskloop.organisation.functions import REVIEW_TRACES
from riskloop.organisation.models import History, Look, LookKind, Staff, StaffCustomer, Unmasking
from riskloop.organisation.scope import Person, within
from riskloop.organisation.working_days import days_off

MANY_LOOKS = 20
"""Distinct objects a day that a person looked at without a part in them: more are odd."""
MANY_UNMASKINGS = 5
"""Times a day that a person asked for personal data in clear: more are odd."""
FIRST_HOUR, LAST_HOUR = 7, 20
"""A look before the first or from the last hour on is outside working hours."""
LISTS = frozenset({"queue", "statistic"})
"""What is no single object: nobody has a part in a list."""
NO_PART = frozenset({"unmask", "hide_again"})
"""Actions by which nobody takes a part in an object."""

Looks = QuerySet[Look]


@dataclass(frozen=True)
class Mark:
    """One odd pattern, in words."""

    code: str
    name: str
    why: str


@dataclass(frozen=True)
class Ranked:
    """A person with how many of his looks bear a mark, and by mark."""

    username: str
    name: str
    looks: int
    odd: int
    by_mark: list[int]


def marks() -> list[Mark]:
    """All patterns, in the reader's language."""
    number = {"number": MANY_LOOKS}
    clear = {"number": MANY_UNMASKINGS}
    hours = {"first": FIRST_HOUR, "last": LAST_HOUR}
    return [
        Mark(
            "many",
            _("Many looks without a case"),
            _(
                "More than %(number)d different objects in one day of which the person neither was the "
                "assignee nor did anything about them."
            )
            % number,
        ),
        Mark(
            "near",
            _("Own or colleagues' business"),
            _(
                "A customer concerned is the person himself, a relative of his, or a member of staff of his "
                "unit or a relative of theirs."
            ),
        ),
        Mark(
            "hours",
            _("Outside working hours"),
            _("Before %(first)d:00, from %(last)d:00 on, or on a day on which the bank does not work.")
            % hours,
        ),
        Mark(
            "clear",
            _("Many times in clear"),
            _("The person asked for personal data in clear more than %(number)d times in that day.") % clear,
        ),
    ]


CODES = ("many", "near", "hours", "clear")


def looks_for(reviewer: Person, first: dt.date, last: dt.date, home: Home) -> Looks:
    """The looks from `first` to `last`, both included, within the reviewer's units, with their marks.

    Each has `day`, and `odd_many`, `odd_near`, `odd_hours`, `odd_clear`: whether it bears the mark.
    """
    seen = (
        Look.objects.filter(within(reviewer, REVIEW_TRACES))
        .annotate(day=TruncDate("at"))
        .filter(day__range=(first, last))
        .annotate(without_case=_without_case())
    )
    crowded = _pairs(
        seen.filter(without_case=True)
        .order_by()
        .values_list("user_id", "day")
        .annotate(number=Count("object_id", distinct=True))
        .filter(number__gt=MANY_LOOKS)
    )
    clear = _pairs(
        Unmasking.objects.annotate(day=TruncDate("granted_at"))
        .filter(day__range=(first, last))
        .order_by()
        .values_list("user_id", "day")
        .annotate(number=Count("pk"))
        .filter(number__gt=MANY_UNMASKINGS)
    )
    hour = ExtractHour("at")
    return seen.annotate(
        hour=hour,
        odd_many=_whether(Q(without_case=True) & crowded),
        odd_near=_near(),
        odd_hours=_whether(
            Q(hour__lt=FIRST_HOUR) | Q(hour__gte=LAST_HOUR) | Q(day__in=days_off(home, first, last))
        ),
        odd_clear=_whether(Q(kind=LookKind.CLEAR_LOOK) & clear),
    )


def marks_of(look: Look) -> list[str]:
    """The codes of the marks that one of `looks_for` bears."""
    return [code for code in CODES if getattr(look, f"odd_{code}")]


def odd() -> Q:
    """Looks with any mark."""
    found = Q()
    for code in CODES:
        found |= Q(**{f"odd_{code}": True})
    return found


def ranked(looks: Looks, at_most: int) -> list[Ranked]:
    """Who has most looks with a mark."""
    flags = [f"odd_{code}" for code in CODES]
    # Grouped by the marks themselves: each is computed once a look.
    groups = (
        looks.order_by()
        .values_list("user__username", "user__display_name", *flags)
        .annotate(number=Count("pk"))
    )
    found: dict[str, Ranked] = {}
    for username, name, *bears, number in groups:
        before = found.get(username) or Ranked(username, name or username, 0, 0, [0] * len(CODES))
        found[username] = Ranked(
            username,
            before.name,
            before.looks + number,
            before.odd + (number if any(bears) else 0),
            [n + (number if bear else 0) for n, bear in zip(before.by_mark, bears, strict=True)],
        )
    most = sorted((one for one in found.values() if one.odd), key=lambda one: (-one.odd, one.username))
    return most[:at_most]


def _whether(condition: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _pairs(rows: Iterable[tuple[Any, ...]]) -> Q:
    """A condition on `user_id` and `day`: one of these pairs."""
    days: dict[int, list[dt.date]] = {}
    for user_id, day, _number in rows:
        days.setdefault(user_id, []).append(day)
    found = Q(pk__in=[])
    for user_id, of_user in days.items():
        found |= Q(user_id=user_id, day__in=of_user)
    return found


def _without_case() -> ExpressionWrapper[Q]:
    """Whether the looker neither did anything about the object nor was it ever given to him."""
    lines = History.objects.filter(object_type=OuterRef("object_type"), object_id=OuterRef("object_id"))
    acted = lines.filter(actor=OuterRef("user")).exclude(action__in=NO_PART)
    person = Func(OuterRef("user_id"), function="to_jsonb", output_field=JSONField())
    given = lines.filter(Q(after__assignee_id=person) | Q(after__owner_id=person))
    return _whether(~Q(object_type__in=LISTS) & ~Exists(acted) & ~Exists(given))


def _near() -> Exists:
    """Whether a customer concerned belongs to the looker, or to somebody of his unit."""
    colleagues = Staff.objects.filter(unit_id=OuterRef(OuterRef("user__unit_id"))).values("staff_id")
    concerned = Func(
        F("customer_id"),
        OuterRef("customer_ids"),
        arg_joiner=" = ANY (",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )
    own = Q(staff_id=OuterRef("user__staff_id")) | Q(staff_id__in=colleagues)
    return Exists(StaffCustomer.objects.filter(concerned, own))
