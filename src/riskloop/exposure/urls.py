"""Where the exposure pages are."""

from __future__ import annotations

from django.urls import path

from riskloop.exposure import map_views, views
from riskloop.exposure.drivers.views import drivers
from riskloop.exposure.glance_views import exposure_glance
from riskloop.exposure.samples import views as samples

urlpatterns = [
    path("exposure/", views.exposure, name="exposure"),
    path("exposure/glance/", exposure_glance, name="exposure_glance"),
    path("exposure/map/", map_views.exposure_map, name="exposure_map"),
    path("inspections/", samples.inspection_samples, name="inspection_samples"),
    path("inspections/draw/", samples.draw_inspection, name="draw_inspection"),
    path("inspections/<int:number>/", samples.inspection_sample, name="inspection_sample"),
    path("exposure/drivers/", drivers, name="exposure_drivers"),
    path("exposure/events/", views.events, name="exposure_events"),
    path("exposure/volumes/", views.volumes, name="exposure_volumes"),
]
