"""The pages of assignment: how the load lies, what each monitor is given, and giving out by the rule."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from riskloop.loop.assignment.giving import give_out, unassigned
from riskloop.loop.assignment.monitors import monitors
from riskloop.loop.bulk import MOST
from riskloop.loop.candidates import monitors_of
from riskloop.loop.forms.assignment import SetSkillForm
from riskloop.loop.models import AssignmentRule
from riskloop.loop.visibility import visible_to
from riskloop.organisation.forms import OK, answer
from riskloop.organisation.functions import ASSIGN
from riskloop.organisation.gate import needs
from riskloop.organisation.request import SignedIn


@needs(ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: SignedIn) -> HttpResponse:
    """The monitors with their load; sent, it gives out what nobody has, with an answer for each event."""
    events = visible_to(request.user)
    if request.method == "POST":
        answers = give_out(events, request.user, MOST)
        if not answers:
            messages.error(request, _("Nothing was given out: no monitor has room, or nothing waits."))
            return redirect("assignment")
        context = {
            "title": _("Done one by one"),
            "answers": answers,
            "done": sum(one.done for one in answers),
            "back": reverse("assignment"),
        }
        return render(request, "loop/bulk.html", context)
    context = {
        "title": _("Assignment"),
        "monitors": monitors(monitors_of(request.user, ASSIGN)),
        "rule": AssignmentRule.in_force(timezone.localdate()),
        "waiting": unassigned(events).count(),
        "most": MOST,
    }
    return render(request, "loop/assignment.html", context)


@needs(ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def monitor(request: SignedIn, user_id: int) -> HttpResponse:
    """What the rule gives to one monitor."""
    person = get_object_or_404(monitors_of(request.user, ASSIGN), pk=user_id)

    def page(form: SetSkillForm, status: int = OK) -> HttpResponse:
        context = {"title": str(person), "form": form, "monitor": monitors([person])[0]}
        return render(request, "loop/monitor.html", context, status=status)

    if request.method != "POST":
        return page(SetSkillForm(request.user, person))
    form = SetSkillForm(request.user, person, request.POST)
    return answer(request, form, page, lambda: reverse("assignment"))
