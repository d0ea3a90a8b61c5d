from django.apps import AppConfig


class BulletinConfig(AppConfig):
    name = "riskloop.bulletin"
    label = "bulletin"

    def ready(self) -> None:
        from riskloop.bulletin import vocabulary
        from riskloop.organisation import telling

        telling.register(vocabulary.VOCABULARY)
