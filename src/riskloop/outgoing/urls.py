"""Where the pages of what goes out are."""

from __future__ import annotations

from django.urls import path

from riskloop.outgoing import notice_views, webhook_views

urlpatterns = [
    path("notices/", notice_views.notices, name="notices"),
    path("notices/bell/", notice_views.bell, name="bell"),
    path("notices/read/", notice_views.read_notices, name="read_notices"),
    path("notices/settings/", notice_views.choose_notices, name="choose_notices"),
    path("notices/<int:notice_id>/read/", notice_views.read_notice, name="read_notice"),
    path("webhooks/", webhook_views.webhooks, name="webhooks"),
    path("webhooks/<int:webhook_id>/", webhook_views.webhook, name="webhook"),
    path("webhooks/<int:webhook_id>/change/", webhook_views.change_webhook, name="change_webhook"),
    path(
        "webhooks/<int:webhook_id>/renew_secret/",
        webhook_views.renew_webhook_secret,
        name="renew_webhook_secret",
    ),
    path("webhooks/<int:webhook_id>/test/", webhook_views.test_webhook, name="test_webhook"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<uuid:delivery_id>/again/",
        webhook_views.send_webhook_again,
        name="send_webhook_again",
    ),
]
