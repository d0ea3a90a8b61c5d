from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "riskloop.governance"
    label = "governance"

    def ready(self) -> None:
        from riskloop.governance import notices, vocabulary
        from riskloop.organisation import telling
        from riskloop.outgoing.notices import register

        register(*notices.KINDS)
        telling.register(vocabulary.VOCABULARY)
