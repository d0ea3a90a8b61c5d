"""What the test of killed workers does in a process of its own, a line of JSON for each thing it asks.

A worker is forked from it, so that none waits until everything is loaded once more; it is a process like any
other, and can be killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from riskloop.bank.home import Home
from riskloop.web.startup import prepare


def stage(url: str) -> None:
    """A person who is told by e-mail, and a webhook."""
    from riskloop.organisation.account_actions import create_user
    from riskloop.organisation.action import do
    from riskloop.organisation.models import Unit
    from riskloop.organisation.sync import sync_organisation
    from riskloop.outgoing.webhook_actions import AddEndpoint
    from riskloop.outgoing.webhooks import OPENED

    unit = {"unit_id": "HO", "name": "总行", "level": "head_office", "parent_id": None}
    sync_organisation(units=[unit | {"opened_on": None, "closed_on": None}], staff=[], tellers=[])
    at = Unit.objects.get()
    person = create_user(username="lin", password=None, display_name="林岚", staff_id="", unit=at)
    person.email = "lin@bank.example"
    person.save()
    do(AddEndpoint(None, "工单系统", url, [OPENED]))


def announce() -> None:
    """One event is announced to the webhook."""
    import datetime as dt

    from riskloop.outgoing import webhooks

    webhooks.announce(webhooks.OPENED, webhooks.EventTold("0d3c", "A10", "HO", dt.date(2024, 3, 29), "new"))


def tell() -> None:
    """One notice, put into an e-mail."""
    import datetime as dt

    from riskloop.organisation.models import User
    from riskloop.outgoing import mail, notices
    from riskloop.outgoing.models import Mail

    again = Mail.objects.count()
    about = {"webhook": 1, "day": dt.date(2024, 3, 29)}
    notices.tell(
        User.objects.filter(username="lin"), "webhook_given_up", "webhook", 1, occasion=again, **about
    )
    mail.gather()


def state() -> dict[str, Any]:
    """How the newest job of each kind, message and e-mail stand, and how many workers there are."""
    from django.db import connection

    from riskloop.outgoing.models import Delivery, Mail

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs"
            " WHERE task_name ~ 'deliver|send' ORDER BY id"
        )
        jobs = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        workers = cursor.fetchone()[0]
    delivery = Delivery.objects.order_by("-created_at").first()
    mail = Mail.objects.order_by("-at").first()
    return {
        "jobs": jobs,
        "delivery": delivery and [delivery.state, delivery.attempts],
        "mail": mail and bool(mail.sent_at),
        "workers": workers,
    }


def pass_time() -> None:
    """The killed worker's last sign of life was long ago."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")


def work(hang: str, reached: str) -> int:
    """Begins a worker, which hangs at a step where one is named, and leaves a file that says so."""
    from django.db import connections

    # What is open belongs to one process.
    connections.close_all()
    child = os.fork()
    if child:
        return child
    ended = 1
    try:
        _work(hang, reached)
        ended = 0
    finally:
        # Without what the process it was forked from does at its end.
        os._exit(ended)


def _work(hang: str, reached: str) -> None:
    from riskloop.outgoing import delivery, mail
    from riskloop.outgoing.worker import work as until_told

    def stop_here() -> None:
        Path(reached).touch()
        threading.Event().wait()

    def hanging(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
        def hangs(*given: Any, **more: Any) -> Any:
            if before:
                stop_here()
            done = function(*given, **more)
            stop_here()
            return done

        return hangs

    places: dict[str, tuple[Any, str, bool]] = {
        "deliver:begun": (delivery, "_send", True),
        "deliver:sent": (delivery, "_send", False),
        "deliver:noted": (delivery, "deliver", False),
        "send_mail:begun": (mail.EmailMessage, "send", True),
        "send_mail:sent": (mail.EmailMessage, "send", False),
        "send_mail:noted": (mail, "send", False),
    }
    if hang:
        where, name, before = places[hang]
        setattr(where, name, hanging(getattr(where, name), before=before))
    until_told()


def end(worker: int, kill: bool) -> int:
    """Kills a worker, or tells it to end; returns with what it ended."""
    os.kill(worker, signal.SIGKILL if kill else signal.SIGTERM)
    return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])


ASKED: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (stage, announce, tell, state, pass_time, work, end)
}


def main() -> None:
    prepare(Home(Path(os.environ["RISKLOOP_HOME"])))
    # The addresses of all pages, which every worker would else load for itself.
    import_module("riskloop.web.urls")
    for line in sys.stdin:
        what, *given = json.loads(line)
        print(json.dumps(ASKED[what](*given)), flush=True)


if __name__ == "__main__":
    main()
