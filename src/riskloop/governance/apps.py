from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "riskloop.governance"
    label = "governance"

    def ready(self) -> None:
        from riskloop.governance import vocabulary
        from riskloop.organisation import telling

        telling.register(vocabulary.VOCABULARY)
