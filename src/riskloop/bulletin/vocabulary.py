"""What the import of figures is called in the history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.organisation.telling import Deed, Field, Vocabulary

VOCABULARY = Vocabulary(
    objects={"figures": _("Figures from lists")},
    fields={
        "figures": {
            "folder": Field(_("Folder"), for_auditors=True),
            "rows": Field(_("Rows of the file")),
            "added": Field(_("Rows added")),
            "changed": Field(_("Rows changed")),
            "removed": Field(_("Rows removed")),
        }
    },
    actions={"import_figures": Deed(_("Figures taken in from lists"), "ti-file-import")},
)
