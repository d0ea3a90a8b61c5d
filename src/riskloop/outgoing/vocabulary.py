"""What the actions, objects and fields of what goes out are called in the history (`telling`)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from riskloop.organisation.naming import choices
from riskloop.organisation.telling import Deed, Field, Vocabulary, for_machines

VOCABULARY = Vocabulary(
    objects={"notice_settings": _("Notice settings")},
    fields={
        "notice_settings": {
            "by_mail": Field(_("Notices by e-mail")),
            "language": Field(_("Language of e-mails"), choices(settings.LANGUAGES)),
            # Whose they are: the line says it.
            **for_machines("person_id"),
        }
    },
    actions={"choose_notices": Deed(_("Chose how notices come"), "ti-bell-cog")},
)
