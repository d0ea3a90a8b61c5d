"""The forms by which files are attached and struck through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.loop import actions
from riskloop.loop.attachments.file_kinds import KINDS
from riskloop.loop.attachments.uploads import incoming_of
from riskloop.loop.models import Attachment, Purpose, QuasiEvent
from riskloop.organisation.forms import ActionForm, words
from riskloop.organisation.models import User

ACCEPTED = ",".join(f".{extension}" for extension in KINDS)


class SeveralFiles(forms.ClearableFileInput):
    """A field of the browser that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """The files that were chosen, one at least where required; whether they will do, the action says."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # noqa: ARG002 — Django's form
        if not data and not self.required:
            return []
        if not data:
            raise forms.ValidationError(_("Choose a file."))
        return list(data)


class AttachForm(ActionForm):
    """Some files for an event, or for something of it."""

    name = "attach"
    done = gettext_lazy("The files are attached.")
    purpose = forms.ChoiceField(choices=Purpose.choices, widget=forms.HiddenInput)
    of = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    # Before the files: where one of those is too large, what follows it is not read any more.
    about = words(gettext_lazy("About the files"), required=False)
    chosen = FilesField(label=gettext_lazy("Files"))

    def __init__(
        self,
        user: User,
        event: QuasiEvent,
        given: Any = None,
        uploads: Any = None,
        *,
        purpose: str = Purpose.EVENT,
        of: Any = None,
    ) -> None:
        self.event = event
        super().__init__(user, given)
        if uploads is not None:
            self.files = uploads
        self.fields["purpose"].initial = purpose
        self.fields["of"].initial = "" if of is None else str(of)
        self.fields["chosen"].widget.attrs["accept"] = ACCEPTED

    def act(self) -> None:
        given = self.cleaned_data
        incoming = incoming_of(given["chosen"])
        actions.attach(self.event, self.user, incoming, given["purpose"], given["of"], given["about"])


class StrikeForm(ActionForm):
    """Why one file is wrong."""

    name = "strike"
    done = gettext_lazy("The file is struck through.")
    why = words(gettext_lazy("Why it is wrong"))

    def __init__(self, user: User, attachment: Attachment, given: Any = None) -> None:
        self.attachment = attachment
        super().__init__(user, given, prefix=f"{self.name}-{attachment.pk}")

    def act(self) -> None:
        actions.strike(self.attachment, self.user, self.cleaned_data["why"])
