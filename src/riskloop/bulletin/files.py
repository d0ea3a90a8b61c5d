"""A bulletin as a file: what it is written as is what its name ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.utils import translation

from riskloop.bank.errors import BadInput
from riskloop.bulletin import excel, page, word
from riskloop.bulletin.blocks import Bulletin
from riskloop.bulletin.report import bulletin_of
from riskloop.exposure.periods import parse

LANGUAGES: Mapping[str, str] = MappingProxyType({"zh": "zh-hans", "en": "en"})
ENDINGS: Mapping[str, Callable[[Bulletin], bytes]] = MappingProxyType(
    {".html": page.written, ".docx": word.written, ".xlsx": excel.written}
)


def bulletin_file(unit_id: str, period: str, ending: str, language: str) -> bytes:
    """The bulletin of a unit and a period as .html, .docx or .xlsx, in `zh` or `en`.

    Raises:
        BadInput: the ending, the language, the period or the unit is none that is known.
        DoesNotFollow: a figure is not what its parts make of it.
    """
    if ending not in ENDINGS:
        raise BadInput(f"--out ends with {ending or 'nothing'}, and must end with {', '.join(ENDINGS)}")
    if language not in LANGUAGES:
        raise BadInput(f"--language is {language}, and must be zh or en")
    try:
        asked = parse(period)
    except ValueError:
        raise BadInput(f"--period is {period}, and must be as 2019, 2019-Q1 or 2019-03") from None
    with translation.override(LANGUAGES[language]):
        return ENDINGS[ending](bulletin_of(unit_id, asked))
