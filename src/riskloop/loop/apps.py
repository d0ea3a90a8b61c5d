from django.apps import AppConfig


class LoopConfig(AppConfig):
    name = "riskloop.loop"
    label = "loop"

    def ready(self) -> None:
        from riskloop.loop import saved_filters, vocabulary
        from riskloop.loop.release import release
        from riskloop.organisation import leaving, telling

        leaving.register(release)
        telling.register(vocabulary.VOCABULARY)
        telling.register(saved_filters.VOCABULARY)
