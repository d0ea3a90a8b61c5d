from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "riskloop.organisation"
    label = "organisation"
