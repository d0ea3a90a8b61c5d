"""Where the loop's pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.loop import export_views, statistics_views, views
from riskloop.loop.attachments import views as attachment_views
from riskloop.loop.evidence import views as evidence_views

urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/export/", export_views.export, name="export_events"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/attachments/", attachment_views.attachments, name="attachments"),
    path("events/<uuid:event_id>/evidence/", evidence_views.evidence, name="evidence_file"),
    path("attachments/<uuid:attachment_id>/", attachment_views.attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/strike/", attachment_views.strike, name="strike_attachment"),
    path("events/<uuid:event_id>/<slug:action>/", views.act, name="act"),
    path("statistics/", statistics_views.index, name="statistics"),
    path("statistics/<str:code>/", statistics_views.of_model, name="statistic"),
    path("statistics/<str:code>/open/", statistics_views.open_one, name="open_finding"),
    path("measures/<int:measure_id>/<slug:action>/", views.act_on_measure, name="act_on_measure"),
]
