"""Where the loop's pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.loop import (
    bulk_views,
    calendar_views,
    context_views,
    export_views,
    saved_views,
    statistics_views,
    views,
)
from riskloop.loop.assignment import views as assignment_views
from riskloop.loop.attachments import views as attachment_views
from riskloop.loop.evidence import views as evidence_views
from riskloop.loop.exceptions import views as exception_views
from riskloop.loop.oversight import views as oversight_views
from riskloop.loop.parts import PLACES
from riskloop.loop.queries import views as query_views

urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/export/", export_views.export, name="export_events"),
    path("events/bulk/", bulk_views.bulk, name="bulk"),
    path("events/filters/", saved_views.save_filter, name="save_filter"),
    path("events/filters/<int:number>/delete/", saved_views.delete_filter, name="delete_filter"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/attachments/", attachment_views.attachments, name="attachments"),
    path("events/<uuid:event_id>/evidence/", evidence_views.evidence, name="evidence_file"),
    path("attachments/<uuid:attachment_id>/", attachment_views.attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/strike/", attachment_views.strike, name="strike_attachment"),
    path("events/<uuid:event_id>/earlier/", context_views.earlier, name="event_earlier"),
    path("events/<uuid:event_id>/usual/", context_views.usual, name="event_usual"),
    path("events/<uuid:event_id>/<slug:action>/", views.act, name="act"),
    path("assignment/", assignment_views.assignment, name="assignment"),
    path("assignment/<int:user_id>/", assignment_views.monitor, name="monitor"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("exceptions/", exception_views.exceptions, name="exceptions"),
    path("oversight/", oversight_views.oversight, name="oversight"),
    path("oversight/<int:number>/", oversight_views.sample, name="sample"),
    path("queries/", query_views.queries, name="queries"),
    path("queries/<int:number>/", query_views.query, name="query"),
    path("statistics/", statistics_views.index, name="statistics"),
    path("statistics/<str:code>/", statistics_views.of_model, name="statistic"),
    path("statistics/<str:code>/open/", statistics_views.open_one, name="open_finding"),
    *(
        path(f"{place}/<int:number>/<slug:action>/", views.act_on_part, {"kind": kind}, name=f"act_on_{kind}")
        for kind, place in PLACES.items()
    ),
]
