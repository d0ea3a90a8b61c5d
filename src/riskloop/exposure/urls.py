"""Where the exposure pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.exposure import views
from riskloop.exposure.drivers.views import drivers
from riskloop.exposure.glance_views import exposure_glance

urlpatterns = [
    path("exposure/", views.exposure, name="exposure"),
    path("exposure/glance/", exposure_glance, name="exposure_glance"),
    path("exposure/drivers/", drivers, name="exposure_drivers"),
    path("exposure/events/", views.events, name="exposure_events"),
    path("exposure/volumes/", views.volumes, name="exposure_volumes"),
]
