"""Where the pages are."""

from __future__ import annotations

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from riskloop.organisation import trace_views
from riskloop.web import api, demo, excel, history_page, sessions, single_sign_on, token_pages, views
from riskloop.web.accounts import ChangePassword

urlpatterns = [
    path("", views.overview, name="overview"),
    path("", include("riskloop.loop.urls")),
    path("", include("riskloop.exposure.urls")),
    path("", include("riskloop.bulletin.urls")),
    path("", include("riskloop.governance.urls")),
    path("", include("riskloop.organisation.urls")),
    path("", include("riskloop.outgoing.urls")),
    path("traces/", trace_views.traces, name="traces"),
    path("models/", views.models, name="models"),
    path("models/<str:code>/", views.model, name="model"),
    path("runs/", views.runs, name="runs"),
    path("runs/gaps/", views.gaps, name="gaps"),
    path("history/", history_page.lines, name="history"),
    path("history/chain/", history_page.chain, name="history_chain"),
    path("history/export/", history_page.export, name="history_export"),
    path("excel/", excel.excel, name="excel"),
    path("tokens/", token_pages.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", token_pages.revoke, name="revoke_token"),
    path("api/", token_pages.operations, name="api"),
    path("api/v1/", api.urls()),
    # Of allauth the doors that lead in and out, one's own password and second factor: nobody signs himself
    # up, or resets by e-mail.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", ChangePassword.as_view(), name="account_change_password"),
    path("accounts/again/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/sessions/", sessions.my_sessions, name="my_sessions"),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
    path("demo/<str:token>/", demo.sign_in, name="demo"),
    path("language/", login_not_required(set_language), name="set_language"),
]
if settings.SINGLE_SIGN_ON:
    urlpatterns += [
        path("accounts/sso/", single_sign_on.start, name="single_sign_on"),
        path("accounts/sso/back/", single_sign_on.come_back, name="single_sign_on_back"),
    ]
handler403 = "riskloop.web.views.forbidden"
handler404 = "riskloop.web.views.not_found"
handler500 = "riskloop.web.views.failure"
