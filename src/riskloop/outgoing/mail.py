"""Notices by e-mail: the sentence and where it leads, nothing more.

Every minute what people have been told since is put together, one e-mail a person (`gather`), and each is
sent by a job of its own, tried again while the server does not take it. Where a worker is killed between the
server's taking it and our writing that down, it is sent again, with the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from riskloop.outgoing.jobs import later
from riskloop.outgoing.models import Mail, Notice
from riskloop.outgoing.notices import settings_of, told

SEND = "outgoing.send_mail"
MOST = 50
"""Notices of one e-mail."""
STALE = dt.timedelta(days=1)
"""An e-mail that could not be sent for so long is sent no more: what it says stands on the pages."""


def gather() -> int:
    """Puts what waits together into e-mails, each with its job; returns how many."""
    people = (
        Notice.objects.filter(to_mail=True).order_by("person").values_list("person", flat=True).distinct()
    )
    return sum(_put_together(person) for person in list(people))


@transaction.atomic
def _put_together(person: int) -> int:
    waiting = Notice.objects.filter(to_mail=True, person=person).select_for_update(skip_locked=True)
    notices = list(waiting.order_by("id").values_list("pk", flat=True)[:MOST])
    if not notices:
        return 0
    mail = Mail.objects.create(person_id=person)
    Notice.objects.filter(pk__in=notices).update(mail=mail, to_mail=False)
    later(SEND, mail=str(mail.pk))
    return 1


@transaction.atomic
def send(mail_id: str) -> bool:
    """Sends an e-mail that was not sent yet; returns whether it did."""
    mail = Mail.objects.select_for_update(of=("self",)).select_related("person").get(pk=uuid.UUID(mail_id))
    person, choice = mail.person, settings_of(mail.person)
    wanted = settings.EMAIL_HOST and person.is_active and person.email and choice.by_mail
    if mail.sent_at is not None or not wanted or timezone.now() - mail.at > STALE:
        return False
    with override(choice.language):
        message = _message(mail)
        message.send()
    mail.sent_at = timezone.now()
    mail.save(update_fields=["sent_at"])
    return True


def _message(mail: Mail) -> EmailMessage:
    lines = told(mail.notices.order_by("id"))
    several = ngettext("%(number)s notice", "%(number)s notices", len(lines)) % {"number": len(lines)}
    text = "\n\n".join(f"{line.text}\n{settings.ADDRESS}{line.address}" for line in lines)
    host = urlsplit(settings.ADDRESS).hostname or "riskloop"
    return EmailMessage(
        subject=f"{_('riskloop')}: {several}",
        body=f"{text}\n",
        to=[mail.person.email],
        headers={"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
