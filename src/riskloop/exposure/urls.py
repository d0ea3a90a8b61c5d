"""Where the exposure page is."""

from __future__ import annotations

from django.urls import path

from riskloop.exposure import views

urlpatterns = [path("exposure/", views.exposure, name="exposure")]
