"""verify_evidence [BUNDLE]: the whole record against itself and the tables, or one bundle with nothing but itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.clock import rfc3339
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
        parser.add_argument(
            "--key", default="", help="凭据包的头该由哪个公钥签名（十六进制）；不写就不核对是谁签的"
        )

    def handle(self, *args: Any, bundle: Path | None, key: str, **options: Any) -> None:
        found = 0
        for finding in self._bundle(bundle, key) if bundle else self._everything():
            found += 1
            if found <= SHOWN:
                self.stderr.write(finding.encode("utf-8", "replace").decode())
        if found:
            raise CommandError(f"有 {found} 处出入。", returncode=1)
        self.stdout.write(self.fine)

    def _everything(self) -> Iterator[str]:
        count, waiting = verifying.count(), verifying.waiting()
        if row := standstill.current():
            self.stdout.write(f"数据库退回过：从 {rfc3339(row.began_at)} 起只对账，什么也不往外发。")
        yield from check_everything(bar=bar)
        self.fine = f"存证 {count} 条全部一致；账目、决定、补偿、经过与存证相同，每个决定重算都一样。"
        if waiting:
            self.fine += f"\n另有 {waiting} 条等着封存；过一分钟还在等，就是 worker 没在运行。"

    def _bundle(self, path: Path, key: str) -> Iterator[str]:
        data = _read(path)
        head = data["head"]
        if not data["entries"] and data["waiting"]:
            self.fine = f"还没有封存：{data['waiting']} 条等着。过一分钟再下载一次，才有证明。"
            return
        for place, what in bundles.problems(data):
            yield f"第 {place} 条：{what}"
        yield from bundles.gaps(data)
        text = bundles.signed_text(head)
        if key and key.lower() != head.get("public_key"):
            yield f"{head['size']} 条的头：不是这个公钥签的"
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
            f"{len(made)} 个决定重算都一样。"
            + (f"\n另有 {data['waiting']} 条还没有封存，这个包不完整。" if data["waiting"] else "")
            + (
                ""
                if key
                else f"\n没有核对是谁签的：公钥 {head.get('public_key')}，请与存证页上的核对，或用 --key。"
            )
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
