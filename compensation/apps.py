"""What is owed."""

from django.apps import AppConfig


class CompensationConfig(AppConfig):
    name = "compensation"
    verbose_name = "补偿"

    def ready(self) -> None:
        from compensation import receivers  # noqa: F401  hears how remedies fare
