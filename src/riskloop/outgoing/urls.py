"""Where the pages of what goes out are."""

from __future__ import annotations

from django.urls import path

from riskloop.outgoing import notice_views

urlpatterns = [
    path("notices/", notice_views.notices, name="notices"),
    path("notices/bell/", notice_views.bell, name="bell"),
    path("notices/read/", notice_views.read_notices, name="read_notices"),
    path("notices/settings/", notice_views.choose_notices, name="choose_notices"),
    path("notices/<int:notice_id>/read/", notice_views.read_notice, name="read_notice"),
]
