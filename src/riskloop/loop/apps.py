from django.apps import AppConfig


class LoopConfig(AppConfig):
    name = "riskloop.loop"
    label = "loop"

    def ready(self) -> None:
        from riskloop.loop import notices, saved_filters, vocabulary
        from riskloop.loop.release import release
        from riskloop.organisation import leaving, telling
        from riskloop.outgoing.notices import register

        leaving.register(release)
        register(*notices.KINDS)
        telling.register(vocabulary.VOCABULARY)
        telling.register(saved_filters.VOCABULARY)
