"""Files on their way in by a page or the API: written to the home as they come, or stopped.

A file that is too large is not read to its end, and where no file is expected none is taken on at all.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _

from riskloop.loop.attachments.files import MB, Incoming
from riskloop.organisation.action import Refused

TAKING_FILES = {"attachments", "api_attach", "query", "act_on_measure"}
"""The names of the addresses that take files; nobody else is to fill the disk."""
AROUND_FILES = MB
"""What a request may have beside its files."""


def largest_request() -> int:
    """Bytes of a request at most."""
    return settings.ATTACHMENTS_MB * MB + AROUND_FILES


class Upload(UploadedFile[bytes]):
    """A file that has come, as forms know it. When the request ends it is gone, unless it was attached."""

    def __init__(self, incoming: Incoming, media_type: str) -> None:
        super().__init__(file=incoming.file, name=incoming.name, content_type=media_type, size=incoming.size)
        self.incoming = incoming

    def close(self) -> None:
        self.incoming.close()


class IntoTheHome(FileUploadHandler):
    """Takes all files on; none is ever held in memory or in a folder of others."""

    chunk_size: ClassVar[int] = 256 * 1024  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._incoming: Incoming | None = None
        self.refused: Refused | None = None
        self._length = 0

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 — Django's form
        META: dict[str, str],  # noqa: ARG002, N803
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        self._length = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if not self._is_expected():
            self._stop("unexpected", _("No file is taken here."))
        if self._length > largest_request():
            told = _("The files have more than %(number)d MB together.") % {"number": settings.ATTACHMENTS_MB}
            self._stop("size", told)
        self._incoming = Incoming(settings.HOME, self.file_name or "", settings.ATTACHMENT_MB)

    def _is_expected(self) -> bool:
        request = self.request
        if request is None or request.resolver_match is None or not request.user.is_authenticated:
            return False
        return request.resolver_match.url_name in TAKING_FILES

    def _stop(self, code: str, reason: str) -> None:
        self.upload_interrupted()
        self.refused = Refused(code, reason)
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 — Django's form
        assert self._incoming is not None  # noqa: S101 — `new_file` comes first
        try:
            self._incoming.write(raw_data)
        except Refused as refused:
            self._stop(refused.code, str(refused))
        except OSError:
            self.upload_interrupted()
            raise

    def file_complete(self, file_size: int) -> Upload:  # noqa: ARG002
        assert self._incoming is not None  # noqa: S101
        incoming, self._incoming = self._incoming, None
        return Upload(incoming, self.content_type or "")

    def upload_interrupted(self) -> None:
        if self._incoming is not None:
            self._incoming.close()


def stopped(request: HttpRequest) -> Refused | None:
    """Why the files of a request were not taken on to their end; None where they were."""
    for handler in request.upload_handlers:
        if isinstance(handler, IntoTheHome) and handler.refused is not None:
            return handler.refused
    return None


def incoming_of(uploads: list[Any]) -> list[Incoming]:
    """The files that have come, as `actions.attach` takes them."""
    return [cast("Upload", one).incoming for one in uploads]
