"""The operations on one's own filters of the queue."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema

from riskloop.loop.models import SavedFilter
from riskloop.loop.saved_filters import DeleteFilter, SaveFilter, filters_of
from riskloop.organisation.action import do
from riskloop.organisation.functions import READ_EVENTS
from riskloop.organisation.operations import Number, Operations, Words, signed_in

router = Operations(tags=["events"])


class FilterIn(Schema):
    """`query` is a query of the queue, such as `state=new&grade=major`."""

    name: Words
    query: Words


class FilterOut(Schema):
    """A saved filter of one's own."""

    id: int
    name: str
    query: str


def _out(saved: SavedFilter) -> FilterOut:
    return FilterOut(id=saved.pk, name=saved.name, query=saved.query)


@router.reads("/filters", READ_EVENTS, answers=list[FilterOut])
def list_filters(request: HttpRequest) -> list[FilterOut]:
    """One's own saved filters. The oldest first."""
    return [_out(saved) for saved in filters_of(signed_in(request))]


@router.does("/filters", READ_EVENTS, answers=FilterOut)
def save_filter(request: HttpRequest, given: FilterIn) -> FilterOut:
    """Saves a filter under a name."""
    return _out(do(SaveFilter(signed_in(request), given.name, given.query)).saved)


@router.does("/filters/{number}/delete", READ_EVENTS, answers=list[FilterOut])
def delete_filter(request: HttpRequest, number: Number) -> list[FilterOut]:
    """Deletes one of one's own filters. The others are answered."""
    user = signed_in(request)
    do(DeleteFilter(user, get_object_or_404(filters_of(user), pk=number)))
    return list_filters(request)
