"""recount_health: every line that was counted into the board's days is counted into them anew."""

from typing import Any

from django.core.management.base import BaseCommand

from common import clock, progress
from watch.models import LineHealth
from watch.services import health_again


class Command(BaseCommand):
    help = (
        "看板每天的小结：数过的每一单重新数一遍，差多少改多少，计数清理过的不动。停了再运行，数两遍也一样。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        newest = LineHealth.objects.order_by("-pk").values_list("pk", flat=True).first()
        with progress.bar(newest, "重新数", unit="单") as bar:
            for reached in health_again.run(now=clock.now()):
                bar.update(reached - bar.n)
        self.stdout.write("数完了。")
