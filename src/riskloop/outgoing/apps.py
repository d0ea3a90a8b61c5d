from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    name = "riskloop.outgoing"
    label = "outgoing"
