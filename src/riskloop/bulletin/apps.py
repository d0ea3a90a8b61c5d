from django.apps import AppConfig


class BulletinConfig(AppConfig):
    name = "riskloop.bulletin"
    label = "bulletin"
