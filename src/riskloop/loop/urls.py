"""Where the loop's pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.loop import bulk_views, export_views, saved_views, statistics_views, views

urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/export/", export_views.export, name="export_events"),
    path("events/bulk/", bulk_views.bulk, name="bulk"),
    path("events/filters/", saved_views.save_filter, name="save_filter"),
    path("events/filters/<int:number>/delete/", saved_views.delete_filter, name="delete_filter"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/<slug:action>/", views.act, name="act"),
    path("statistics/", statistics_views.index, name="statistics"),
    path("statistics/<str:code>/", statistics_views.of_model, name="statistic"),
    path("statistics/<str:code>/open/", statistics_views.open_one, name="open_finding"),
    path("measures/<int:measure_id>/<slug:action>/", views.act_on_measure, name="act_on_measure"),
]
