"""Getting the web floors ready, and looking whether they are."""

from __future__ import annotations

import os
from dataclasses import dataclass

import django
from django.core.management import call_command
from django.db import connection, transaction

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home


@dataclass(frozen=True)
class Finding:
    """One thing looked at by `riskloop check`."""

    what: str
    ok: bool
    detail: str


def prepare(home: Home) -> None:
    """Starts Django over this home and brings the database to the newest shape; quick when it has it."""
    os.environ["RISKLOOP_HOME"] = str(home.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskloop.web.settings")
    django.setup()
    from riskloop.organisation.row_security import read_everything

    # A command is the operator's; the requests that `serve` answers have threads, and reaches, of their own.
    read_everything()
    call_command("migrate", verbosity=0, interactive=False)


def findings(home: Home) -> list[Finding]:
    """What an operator wants to know before he lets people in."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    from riskloop.detection.run import gaps
    from riskloop.organisation import traces
    from riskloop.organisation.history import is_append_only

    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), rolsuper FROM pg_roles WHERE rolname = current_user")
        version, superuser = cursor.fetchone()
    libraries = ("tabler/css/tabler.min.css", "htmx/htmx.min.js", "echarts/echarts.min.js")
    lacking = [name for name in libraries if not finders.find(f"vendor/{name}")]
    open_cells = gaps(home) if home.lake.is_dir() else []
    return [
        Finding("home", home.path.is_dir(), str(home.path)),
        Finding("database", True, str(version)),
        Finding("application role is no superuser", not superuser, settings.DATABASES["default"]["USER"]),
        Finding("history is append-only", is_append_only(), "triggers refuse UPDATE, DELETE, TRUNCATE"),
        Finding(
            "traces are append-only", traces.is_append_only(), "triggers refuse UPDATE, DELETE, TRUNCATE"
        ),
        Finding("pages' libraries", not lacking, ", ".join(lacking) or "all found"),
        Finding("lake", home.lake.is_dir(), str(home.lake)),
        Finding("no gaps in the ledger", not open_cells, f"{len(open_cells)} cells missing, stale or failed"),
    ]


@transaction.atomic
def create_account(
    username: str, password: str, role: str, unit_id: str, display_name: str, staff_id: str
) -> None:
    """A person with one role. BadInput names the option that does not hold."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from riskloop.organisation.action import Refused
    from riskloop.organisation.actions import assign_role, create_user
    from riskloop.organisation.models import Role, Unit, User

    roles = list(Role.objects.order_by("code").values_list("code", flat=True))
    if role not in roles:
        raise BadInput(f"--role is {role}, and must be one of {', '.join(roles)}")
    unit = Unit.objects.filter(unit_id=unit_id).first()
    if unit is None:
        raise BadInput(
            f"--unit is {unit_id}, which the bank does not have; units come with `riskloop detect`"
        )
    if User.objects.filter(username=username).exists():
        raise BadInput(f"there is already a user {username}")
    try:
        validate_password(password)
    except ValidationError as problem:
        raise BadInput(f"--password: {' '.join(problem.messages)}") from None
    try:
        person = create_user(
            username=username, password=password, display_name=display_name, staff_id=staff_id, unit=unit
        )
        assign_role(person, role, unit)
    except Refused as refused:
        raise BadInput(str(refused)) from None
