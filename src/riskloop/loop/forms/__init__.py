"""The forms of every action, by the name under which pages and API send them."""

from riskloop.loop.forms import (
    closure,
    determination,
    discrimination,
    exceptions,
    objections,
    oversight,
    personal,
    queries,
)
from riskloop.loop.forms.base import EventForm, PartForm
from riskloop.loop.forms.personal import UnmaskForm

__all__ = ["ON_EVENT", "ON_PART", "EventForm", "PartForm", "UnmaskForm"]

ON_EVENT: dict[str, type[EventForm]] = {
    form.name: form
    for form in (
        *discrimination.FORMS,
        *determination.FORMS,
        *closure.FORMS,
        *queries.FORMS,
        *objections.FORMS,
        *exceptions.FORMS,
        *personal.FORMS,
    )
}
ON_PART: dict[str, dict[str, type[PartForm]]] = {
    "measure": {form.name: form for form in closure.ON_MEASURE},
    "query": {form.name: form for form in queries.ON_QUERY},
    "exception": {form.name: form for form in exceptions.ON_EXCEPTION},
    "sample": {form.name: form for form in oversight.ON_SAMPLE},
    "objection": {form.name: form for form in objections.ON_OBJECTION},
}
"""By what hangs on the event."""
