"""Where the pages of changes and trials of the models are."""

from __future__ import annotations

from django.urls import path

from riskloop.governance.changes import views
from riskloop.governance.health import views as health_views
from riskloop.governance.trials import views as trial_views
from riskloop.governance.what_if import views as what_if_views

urlpatterns = [
    path("changes-of-models/", views.changes, name="model_changes"),
    path("changes-of-models/<int:change_id>/", views.change, name="model_change"),
    path("changes-of-models/<int:change_id>/<str:action>/", views.act_on_change, name="act_on_model_change"),
    path("models/<str:code>/change/", views.propose, name="propose_model_change"),
    path("what-if/", what_if_views.what_ifs, name="what_ifs"),
    path("what-if/<int:question_id>/", what_if_views.what_if, name="what_if"),
    path("what-if/<int:question_id>/again/", what_if_views.again, name="ask_what_if_again"),
    path("models/<str:code>/what-if/", what_if_views.ask, name="ask_what_if"),
    path("trials-of-models/", trial_views.trials, name="model_trials"),
    path("trials-of-models/<int:trial_id>/", trial_views.trial, name="model_trial"),
    path(
        "trials-of-models/<int:trial_id>/<str:action>/", trial_views.act_on_trial, name="act_on_model_trial"
    ),
    path("models/<str:code>/trial/", trial_views.propose_trial, name="propose_model_trial"),
    path("health-of-models/", health_views.models, name="model_healths"),
    path("health-of-models/<str:code>/", health_views.model, name="model_health"),
]
