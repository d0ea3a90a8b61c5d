"""The API's schema as a document: `python -m riskloop.web.api_schema` writes `docs/api.json` anew."""

from __future__ import annotations

import json
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.json"


def document() -> str:
    """The schema in OpenAPI 3.1, as the document has it."""
    from riskloop.web.api import schema

    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    import django

    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskloop.web.settings")
    main()
