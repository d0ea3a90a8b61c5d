from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "riskloop.organisation"
    label = "organisation"

    def ready(self) -> None:
        from riskloop.organisation import tokens

        tokens.register()
