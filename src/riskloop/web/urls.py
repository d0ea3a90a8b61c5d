"""Where the pages are."""

from __future__ import annotations

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from riskloop.organisation import trace_views
from riskloop.web import demo, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("", include("riskloop.loop.urls")),
    path("", include("riskloop.exposure.urls")),
    path("traces/", trace_views.traces, name="traces"),
    path("models/", views.models, name="models"),
    path("models/<str:code>/", views.model, name="model"),
    path("runs/", views.runs, name="runs"),
    path("runs/gaps/", views.gaps, name="gaps"),
    # Of allauth the three doors that lead in and out: nobody signs himself up, or resets by e-mail.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("demo/<str:token>/", demo.sign_in, name="demo"),
    path("language/", login_not_required(set_language), name="set_language"),
]
handler403 = "riskloop.web.views.forbidden"
handler404 = "riskloop.web.views.not_found"
handler500 = "riskloop.web.views.failure"
