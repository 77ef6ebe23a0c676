"""verify_evidence [BUNDLE]: the whole record against itself and the tables, or one bundle with nothing but itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import now, rfc3339
from common.progress import bar
from compensation.rules import proving
from compensation.services.recording import DECISION
from evidence.rules import bundle as bundles
from evidence.services import signing, verifying
from integrations.services import standstill
from shop_aftersales.record import check_everything

LARGEST = 64 * 1024 * 1024
SHOWN = 200


class Command(BaseCommand):
    help = (
        "核对存证。不带文件：整个存证，连同账目和决定；带一个凭据包：只凭它自己核对。"
        "退出码：0 一致，1 有出入，2 读不了。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bundle", nargs="?", type=Path)

    def handle(self, *args: Any, bundle: Path | None, **options: Any) -> None:
        found = 0
        for finding in self._bundle(bundle) if bundle else self._everything():
            found += 1
            if found <= SHOWN:
                self.stderr.write(finding)
        if found:
            raise CommandError(f"有 {found} 处出入。", returncode=1)
        self.stdout.write(self.fine)

    def _everything(self) -> Iterator[str]:
        count = verifying.count()

        def watch(leaves: Any) -> Iterator[Any]:
            with bar(count, "核对存证", unit="条") as shown:
                for leaf in leaves:
                    yield leaf
                    shown.update(1)

        if row := standstill.current():
            self.stdout.write(f"数据库退回过：从 {rfc3339(row.began_at)} 起只对账，什么也不往外发。")
        yield from check_everything(now=now(), watch=watch)
        self.fine = f"存证 {count} 条全部一致；账目、决定与存证相同，每个决定重算都一样。"

    def _bundle(self, path: Path) -> Iterator[str]:
        data = _read(path)
        head = data["head"]
        for place, what in bundles.problems(data):
            yield f"第 {place} 条：{what}"
        text = bundles.signed_text(head)
        if not signing.is_signed(
            key=str(head.get("public_key")), signature=str(head.get("signature")), text=text
        ):
            yield f"{head['size']} 条的头：签名不对"
        made = [said for said in bundles.entries(data) if said["kind"] == DECISION]
        for said in made:
            for what in proving.differences(said["data"], policies=data.get("policies")):
                yield f"决定 #{said['data'].get('id')}（{said['data'].get('reason')}）：{what}"
        self.fine = (
            f"凭据包里 {len(data['entries'])} 条都在 {head['size']} 条的存证里，没有改过；"
            f"{len(made)} 个决定重算都一样。\n公钥 {head.get('public_key')}：请与 /api/v1/evidence/head/ 的核对。"
        )


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise CommandError(f"{path} 太大，不像凭据包。", returncode=2)
        data = json.loads(path.read_text(encoding="utf-8"))
        bundles.check_shape(data)
    except OSError as error:
        raise CommandError(f"{path} 打不开：{error.strerror}。", returncode=2) from None
    except bundles.NoBundle as error:
        raise CommandError(str(error), returncode=2) from None
    except (ValueError, RecursionError):
        raise CommandError(f"{path} 不是完整的 JSON。", returncode=2) from None
    return data
