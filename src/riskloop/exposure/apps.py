from django.apps import AppConfig


class ExposureConfig(AppConfig):
    name = "riskloop.exposure"
    label = "exposure"
