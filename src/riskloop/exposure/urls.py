"""Where the exposure pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.exposure import views

urlpatterns = [
    path("exposure/", views.exposure, name="exposure"),
    path("exposure/events/", views.events, name="exposure_events"),
    path("exposure/volumes/", views.volumes, name="exposure_volumes"),
]
