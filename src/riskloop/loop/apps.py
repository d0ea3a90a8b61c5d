from django.apps import AppConfig


class LoopConfig(AppConfig):
    name = "riskloop.loop"
    label = "loop"
