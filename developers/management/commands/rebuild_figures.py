"""rebuild_figures: the makers' figures by the day are forgotten, and every order is counted anew."""

from typing import Any

from django.core.management.base import BaseCommand

from common import clock, progress
from developers.services.figures import following


class Command(BaseCommand):
    help = "开发者页每天的数全部作废，每一单重新数一遍；数完之前页面上写着正在数。停了接着数，数两遍也一样。"

    def handle(self, *args: Any, **options: Any) -> None:
        following.rebuild()
        with progress.bar(None, "重新数", unit="批") as bar:
            while following.step(now=clock.now()):
                bar.update(1)
        self.stdout.write("数完了。")
