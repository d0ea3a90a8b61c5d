"""The web shell as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "riskloop.web"

    def ready(self) -> None:
        """The libraries' signals reach us only once every model is loaded."""
        from riskloop.organisation import telling
        from riskloop.web import sessions, sign_in_events, vocabulary

        sessions.connect()
        sign_in_events.connect()
        telling.register(vocabulary.VOCABULARY)
