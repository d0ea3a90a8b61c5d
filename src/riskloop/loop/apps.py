from django.apps import AppConfig


class LoopConfig(AppConfig):
    name = "riskloop.loop"
    label = "loop"

    def ready(self) -> None:
        from riskloop.loop.release import release
        from riskloop.organisation import leaving

        leaving.register(release)
