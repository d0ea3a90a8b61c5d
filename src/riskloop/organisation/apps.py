from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "riskloop.organisation"
    label = "organisation"

    def ready(self) -> None:
        from riskloop.organisation import telling, tokens, vocabulary

        tokens.register()
        telling.register(vocabulary.VOCABULARY)
