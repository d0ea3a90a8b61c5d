"""Where the bulletins are."""

from __future__ import annotations

from django.urls import path

from riskloop.bulletin import views

urlpatterns = [
    path("bulletin/", views.bulletin, name="bulletin"),
    path("bulletin/file/", views.bulletin_file, name="bulletin_file"),
]
