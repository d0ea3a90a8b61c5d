"""Which files may be attached: by their name, and by what is really in them.

A name says what a file claims to be; the content must begin, or be built, as that. Office files are looked
into as far as it takes to see what they are, and nothing is unpacked.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

import puremagic
from django.utils.translation import gettext as _

from riskloop.loop.attachments.files import MB
from riskloop.organisation.action import require

LONGEST_NAME = 100
"""Characters: also in Chinese within the 255 bytes that file systems allow."""
UNPACKED_MB = 200
"""An Office file that says it unpacks to more is no document."""
MOST_PARTS = 5000
"""… nor is one of more parts."""
_HEAD = 4096
_CHUNK = MB
_IN_NO_NAME = frozenset('/\\:*?"<>|')
_LAYOUT = frozenset("\t\n\r\f")
_TEXT_ENCODINGS = ("utf-8-sig", "gb18030")
_CONTENT_TYPES = "[Content_Types].xml"
_LARGEST_CONTENT_TYPES = MB
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ACTIVE = ("macro", "vba", "activex")
"""What names parts of an Office file that run: macros of either kind, and controls."""

Check = Callable[[str, IO[bytes]], None]
"""Refuses a file by its name, for the sentence, and its content, at the beginning."""


@dataclass(frozen=True)
class Kind:
    """One kind of file that may be attached."""

    media_type: str
    check: Check


def cleaned(name: str) -> str:
    """A file's name as it is kept: composed letters, single blanks, no blank around it.

    Raises:
        Refused: `name`: none is left, it is too long, or it tries to be a path or to look like another.
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    stem = kept.rpartition(".")[0]
    require(bool(stem.strip(". ")), "name", _("A file has a name, with an extension."))
    too_long = _("The name of a file has at most %(number)d characters.") % {"number": LONGEST_NAME}
    require(len(kept) <= LONGEST_NAME, "name", too_long)
    # Category C: controls, what turns the direction of writing, halves of characters, unassigned ones.
    strange = any(letter in _IN_NO_NAME or unicodedata.category(letter)[0] == "C" for letter in kept)
    require(not strange, "name", _("The name of a file holds no path and no invisible characters."))
    return kept


def media_type_of(name: str, file: IO[bytes]) -> str:
    """What the file is, by its name and by its content; it is left at its beginning.

    Raises:
        Refused: `kind`: such files are not taken; `content`: it is not what its name says, or not harmless.
    """
    extension = name.rpartition(".")[2].lower()
    kind = KINDS.get(extension)
    accepted = {"name": name, "kinds": _(", ").join(KINDS)}
    require(
        kind is not None, "kind", _("%(name)s: only files of these kinds are taken: %(kinds)s.") % accepted
    )
    assert kind is not None  # noqa: S101 — `require` saw to it
    file.seek(0)
    kind.check(name, file)
    file.seek(0)
    return kind.media_type


def _is_not(name: str) -> str:
    return _("%(name)s is not what its name says: its content is of another kind.") % {"name": name}


def _begins_as(media_type: str) -> Check:
    """By the marks at the very beginning: what a program would open it by."""

    def check(name: str, file: IO[bytes]) -> None:
        try:
            found = puremagic.magic_string(file.read(_HEAD))
        except puremagic.PureError:
            found = []
        begins = any(match.mime_type == media_type and match.offset == 0 for match in found)
        require(begins, "content", _is_not(name))

    return check


def _is_text(name: str, file: IO[bytes]) -> None:
    readable = any(_decodes(file, encoding) for encoding in _TEXT_ENCODINGS)
    why = _("%(name)s is no text in UTF-8 or GB18030 without control characters.") % {"name": name}
    require(readable, "content", why)


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            if _has_controls(decoder.decode(chunk)):
                return False
        return not _has_controls(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return False


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(letter) == "Cc" for letter in set(text) - _LAYOUT)


def _office(what: str) -> Kind:
    """An Open XML file with this for its main part, and with nothing in it that runs."""
    main_type = f"{_OFFICE}.{what}.main+xml"

    def check(name: str, file: IO[bytes]) -> None:
        try:
            with ZipFile(file) as archive:
                _require_modest(name, archive)
                types = _content_types(archive)
                parts = {part.filename.lower() for part in archive.infolist()}
        except (BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError, RuntimeError, OSError):
            # … the last three: a way of packing that is not known, or a password.
            types, parts = {}, set[str]()
        main = [part for part, of in types.items() if of == main_type]
        active = any(word in said.lower() for said in {*parts, *types.values()} for word in _ACTIVE)
        why = _("%(name)s holds macros or other things that run; save it without them.") % {"name": name}
        require(not active, "content", why)
        is_whole = len(main) == 1 and main[0].lstrip("/").lower() in parts
        require(is_whole, "content", _is_not(name))

    return Kind(f"{_OFFICE}.{what}", check)


def _require_modest(name: str, archive: ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    why = _("%(name)s unpacks to more than a document does.") % {"name": name}
    require(unpacked <= UNPACKED_MB * MB and len(parts) <= MOST_PARTS, "content", why)


def _content_types(archive: ZipFile) -> Mapping[str, str]:
    """The types of the parts that are named one by one, by their names."""
    with archive.open(_CONTENT_TYPES) as part:
        said = part.read(_LARGEST_CONTENT_TYPES)
    # No such list declares anything, and what is not declared cannot grow while it is read.
    if b"<!" in said:
        raise BadZipFile(_CONTENT_TYPES)
    listed = ElementTree.fromstring(said).iter(f"{_TYPES}Override")  # noqa: S314
    return {one.get("PartName", ""): one.get("ContentType", "") for one in listed}


_JPEG = Kind("image/jpeg", _begins_as("image/jpeg"))
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "pdf": Kind("application/pdf", _begins_as("application/pdf")),
        "png": Kind("image/png", _begins_as("image/png")),
        "jpg": _JPEG,
        "jpeg": _JPEG,
        "docx": _office("wordprocessingml.document"),
        "xlsx": _office("spreadsheetml.sheet"),
        "txt": Kind("text/plain", _is_text),
        "csv": Kind("text/csv", _is_text),
    }
)
"""By extension what may be attached."""
