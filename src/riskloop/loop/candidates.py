"""Whom one may choose for an event: nobody who has an interest in what is behind it."""

from __future__ import annotations

from django.db.models import QuerySet

from riskloop.loop.models import QuasiEvent
from riskloop.organisation.forms import open_units
from riskloop.organisation.functions import CARRY_OUT, DISCRIMINATE
from riskloop.organisation.models import Staff, StaffCustomer, Teller, User
from riskloop.organisation.scope import people_in, people_who_may


def possible_monitors(event: QuasiEvent) -> QuerySet[User]:
    """Who may discriminate events of the unit, has no interest in this one, nor works there."""
    there = Staff.objects.filter(unit_id=event.unit_id).values("staff_id") if event.unit_id else ()
    return _free_of_interest(event, DISCRIMINATE).exclude(staff_id__in=there)


def possible_owners(event: QuasiEvent) -> QuerySet[User]:
    """Who may carry out measures for the event's unit, and has no interest in what is behind the event."""
    return _free_of_interest(event, CARRY_OUT)


def _free_of_interest(event: QuasiEvent, function: str) -> QuerySet[User]:
    hands, authorisers, customers = event.named("teller_ids", "authoriser_ids", "customer_ids")
    tellers = Teller.objects.filter(teller_id__in=hands | authorisers)
    interested = tellers.exclude(staff_id=None).values("staff_id")
    related = StaffCustomer.objects.filter(customer_id__in=customers).values("staff_id")
    return (
        people_who_may(function, event.unit_id)
        .exclude(staff_id__in=interested)
        .exclude(staff_id__in=related)
        .order_by("display_name", "username")
    )


def monitors_of(reader: User, function: str) -> QuerySet[User]:
    """Those who discriminate events in the units where the reader may do something."""
    return people_in(DISCRIMINATE, open_units(reader, function)).order_by("display_name", "username")
