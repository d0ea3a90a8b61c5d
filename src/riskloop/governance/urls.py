"""Where the pages of changes of the models are."""

from __future__ import annotations

from django.urls import path

from riskloop.governance import health_views, views

urlpatterns = [
    path("changes-of-models/", views.changes, name="model_changes"),
    path("changes-of-models/<int:change_id>/", views.change, name="model_change"),
    path("changes-of-models/<int:change_id>/<str:action>/", views.act_on_change, name="act_on_model_change"),
    path("models/<str:code>/change/", views.propose, name="propose_model_change"),
    path("health-of-models/", health_views.models, name="model_healths"),
    path("health-of-models/<str:code>/", health_views.model, name="model_health"),
]
