from django.apps import AppConfig


class ExposureConfig(AppConfig):
    name = "riskloop.exposure"
    label = "exposure"

    def ready(self) -> None:
        from riskloop.exposure import vocabulary
        from riskloop.organisation import telling

        telling.register(vocabulary.VOCABULARY)
