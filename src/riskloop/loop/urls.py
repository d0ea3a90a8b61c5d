"""Where the loop's pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.loop import views

urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/<slug:action>/", views.act, name="act"),
    path("measures/<int:measure_id>/<slug:action>/", views.act_on_measure, name="act_on_measure"),
]
