"""Every page at both widths, in both languages, in light and dark: nothing runs over, nothing goes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from riskloop.loop.models import QuasiEvent


def places() -> dict[str, str]:
    closed = QuasiEvent.objects.filter(state="closed").first()
    new = QuasiEvent.objects.filter(state="new").first()
    return {
        "overview": "/",
        "queue": "/events/?state=open&withdrawn=no",
        "event-new": f"/events/{new.pk}/",
        "event-closed": f"/events/{closed.pk}/",
        "models": "/models/",
        "model": "/models/A10/",
        "statistics": "/statistics/",
        "statistic": "/statistics/C12/",
        "runs": "/runs/",
        "my-sessions": "/accounts/sessions/",
        "second-factor-set-up": "/accounts/second-factor/",
        "app-with-codes": "/accounts/second-factor/totp/activate/",
        "password": "/accounts/password/",
        "tokens": "/tokens/",
        "operations": "/api/",
    }


def tallest_row(page: Page) -> int:
    return page.evaluate(
        "Math.max(0, ...[...document.querySelectorAll('tbody tr')].map(r => r.offsetHeight))"
    )


LINE, MOST_LINES = 20, 8


@pytest.mark.parametrize("width", [1280, 1920])
@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-hans"), ("dark", "en")])
def test_every_page_fits(
    visit: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    scheme: str,
    language: str,
) -> None:
    page = visit(width=width, scheme=scheme, language=language)
    for name, place in places().items():
        page.goto(place)
        page.wait_for_load_state("networkidle")
        picture(page, f"{name}-{width}-{scheme}-{language}")
        runs_over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert runs_over <= 0, f"{name} is {runs_over}px too wide at {width}"
        assert tallest_row(page) <= MOST_LINES * LINE, f"{name} squeezes a column at {width}"
