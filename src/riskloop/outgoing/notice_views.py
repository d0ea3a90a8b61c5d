"""The bell in the top bar, and the page of one's notices."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from riskloop.organisation.action import do
from riskloop.organisation.forms import OK, ActionForm, answer
from riskloop.organisation.gate import needs
from riskloop.organisation.models import User
from riskloop.organisation.request import SignedIn
from riskloop.outgoing.models import Notice
from riskloop.outgoing.notice_actions import ChooseNotices
from riskloop.outgoing.notices import mark_read, notices_of, settings_of, told, unread_by

ROWS = 50
STOP_POLLING = 286
"""HTMX's own status: the part asks for itself no more."""


class NoticesForm(ActionForm):
    """How one's notices come."""

    name = "choose_notices"
    done = gettext_lazy("Saved.")
    by_mail = forms.BooleanField(label=gettext_lazy("Also send my notices by e-mail"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of e-mails"), choices=settings.LANGUAGES)

    def prepare(self) -> None:
        choice = settings_of(self.user)
        self.initial = {"by_mail": choice.by_mail, "language": choice.language}

    def act(self) -> None:
        do(ChooseNotices(self.user, self.cleaned_data["by_mail"], self.cleaned_data["language"]))


class NoticeTable(tables.Table):
    """Only for its pages: the rows are drawn by the template."""

    id = tables.Column()

    class Meta:
        model = Notice
        fields = ("id",)


@login_not_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The number of unread notices, which the page asks for again and again.

    Open before the door: where the session has ended the page stays as it is, with what was typed into it.
    """
    if not isinstance(request.user, User):
        return render(request, "outgoing/bell.html", {"unread": 0, "over": True}, status=STOP_POLLING)
    return render(request, "outgoing/bell.html", {"unread": unread_by(request.user)})


@needs()
@require_safe
def notices(request: SignedIn) -> HttpResponse:
    """What the reader was told, the newest first."""
    return _page(request)


@needs()
@require_POST
def read_notice(request: SignedIn, notice_id: int) -> HttpResponse:
    """Marks one notice as read, and goes where it leads."""
    notice = get_object_or_404(notices_of(request.user), pk=notice_id)
    mark_read(request.user, notice.pk)
    (one,) = told([notice]) or (None,)
    return redirect(one.address if one and "go" in request.POST else "notices")


@needs()
@require_POST
def read_notices(request: SignedIn) -> HttpResponse:
    """Marks all as read."""
    mark_read(request.user)
    return redirect("notices")


@needs()
@require_POST
def choose_notices(request: SignedIn) -> HttpResponse:
    """How one's notices come."""

    def page(form: ActionForm, status: int) -> HttpResponse:
        return _page(request, form, status)

    return answer(request, NoticesForm(request.user, request.POST), page, lambda: "notices")


def _page(request: SignedIn, form: ActionForm | None = None, status: int = OK) -> HttpResponse:
    found = notices_of(request.user)
    only_unread = request.GET.get("show") == "unread"
    table = NoticeTable(found.filter(read_at=None) if only_unread else found, order_by=())
    table.paginate(page=1, per_page=ROWS)
    table.page = table.paginator.get_page(request.GET.get("page"))
    rows: list[Any] = [row.record for row in table.paginated_rows]
    context = {
        "title": _("Notices"),
        "notices": told(rows),
        "table": table,
        "only_unread": only_unread,
        "form": form or NoticesForm(request.user),
        "mails": bool(settings.EMAIL_HOST),
    }
    return render(request, "outgoing/notices.html", context, status=status)
