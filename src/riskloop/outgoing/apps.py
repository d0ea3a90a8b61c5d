from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    name = "riskloop.outgoing"
    label = "outgoing"

    def ready(self) -> None:
        from riskloop.organisation import telling
        from riskloop.outgoing import metrics, notices, vocabulary

        metrics.register(metrics.own)
        notices.register(*vocabulary.KINDS)
        telling.register(vocabulary.VOCABULARY)
