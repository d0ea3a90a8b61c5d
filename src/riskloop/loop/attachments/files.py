"""Where attachments' bytes lie: in the home's `files/`, outside the web root, each under its SHA-256.

A file is received into `files/incoming/`, hashed and counted as it comes, and gone again unless it is kept.
What is kept is only ever found by its hash: no name that somebody gives leads to a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
import weakref
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from riskloop.bank.home import Home
from riskloop.loop.models import Attachment
from riskloop.organisation.action import require
from riskloop.organisation.row_security import EVERYTHING, reading

INCOMING = "incoming"
LEFT_BEHIND_S = 3600
"""What lies in the folder of incoming files for longer was left there by a process that was killed."""
MB = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = MB


class Damaged(Exception):
    """The bytes kept under a hash are gone, or are no longer those that have this hash."""


class Incoming:
    """A file on its way in.

    Attributes:
        name: as it was given.
        size: bytes so far.
        file: the bytes, to be read once all have come.
    """

    def __init__(self, home: Home, name: str, at_most_mb: int) -> None:
        folder = home.files / INCOMING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        handle, path = tempfile.mkstemp(dir=folder)
        self.home = home
        self.name = name
        self.size = 0
        self.file: IO[bytes] = os.fdopen(handle, "w+b")
        self._path = Path(path)
        self._at_most_mb = at_most_mb
        self._hash = hashlib.sha256()
        # Also where whoever received it breaks off in the middle.
        self._gone = weakref.finalize(self, _take_away, self.file, self._path)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Takes on some more of it.

        Raises:
            Refused: `size`: it is larger than it may be; nothing of it is left.
        """
        self.size += len(chunk)
        if self.size > self._at_most_mb * MB:
            self.close()
        require(not self.file.closed, "size", too_large(self.name, self._at_most_mb))
        self._hash.update(chunk)
        self.file.write(chunk)

    def keep(self) -> None:
        """Puts it where its hash says, safe from a power cut. The same content lies there once."""
        self.file.flush()
        os.fsync(self.file.fileno())
        place = path_of(self.home, self.sha256)
        place.parent.mkdir(exist_ok=True, mode=0o700)
        self._path.chmod(0o400)
        # Also over what is there: the same bytes, or what became of them.
        self._path.replace(place)
        _sync(place.parent)
        _sync(place.parent.parent)

    def close(self) -> None:
        """Takes it away, unless it was kept."""
        self._gone()


def _take_away(file: IO[bytes], path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)


def too_large(name: str, at_most_mb: int) -> str:
    """Why a file is not taken on."""
    return _("%(name)s is larger than %(number)d MB.") % {"name": name, "number": at_most_mb}


def received(home: Home, name: str, chunks: Iterable[bytes], at_most_mb: int) -> Incoming:
    """A file from its chunks. Whoever asks for it closes it.

    Raises:
        Refused: `size`.
    """
    incoming = Incoming(home, name, at_most_mb)
    try:
        for chunk in chunks:
            incoming.write(chunk)
    except BaseException:
        incoming.close()
        raise
    return incoming


def path_of(home: Home, sha256: str) -> Path:
    """Where the content of this hash lies.

    Raises:
        ValueError: that is no hash, and names no place.
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256")
    return home.files / sha256[:2] / sha256


def read(home: Home, sha256: str) -> bytes:
    """The content of this hash: what is looked at is what is handed on.

    Raises:
        Damaged: it is gone, or has another hash by now.
    """
    try:
        content = path_of(home, sha256).read_bytes()
    except OSError as problem:
        raise Damaged(problem.strerror) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged("the content has another hash")
    return content


def lock(sha256: str) -> None:
    """Until the transaction ends nobody else keeps or discards this content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


@contextmanager
def kept_only_if_done(home: Home, hashes: Collection[str]) -> Generator[None]:
    """Where what is done within fails, content that no attachment names is discarded again.

    To be put around the transaction: a file knows nothing of a rollback.
    """
    try:
        yield
    except BaseException:
        # In a transaction that failed nothing can be asked; who began that one puts this around it.
        with suppress(DatabaseError):
            for sha256 in set(hashes):
                _discard_unused(home, sha256)
        raise


def _discard_unused(home: Home, sha256: str) -> None:
    with transaction.atomic(), reading(EVERYTHING):
        lock(sha256)
        if not Attachment.objects.filter(sha256=sha256).exists():
            path_of(home, sha256).unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - LEFT_BEHIND_S:
                path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
