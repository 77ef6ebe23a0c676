"""What is said of a recall: to the buyer of a line, to the public, and to whoever asks for it or agrees to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.clock import shanghai
from common.phrases import Phrase, joined, mark, phrase
from developers.rules.netting import IN_REVIEW, NOTHING_DUE, SKIPS
from developers.rules.recalls import BASES, CAUSES, PARTIES, REFUND, TOP_UP, Rule

Pairs = list[tuple[Phrase, str]]


def why(cause: str, text: str) -> str:
    """The words of whoever asked for it, else the cause."""
    return text or phrase("这件商品有一批要召回：{cause}。", cause=phrase(CAUSES[cause].name))


def told(*, title: str, remedy: str, fen: int, units: int) -> Phrase:
    """What it is about, what comes of it, and that there is nothing to do."""
    return phrase(
        "您买的「{title}」在召回，{gives}，不用您做什么。点开看进展。",
        title=title, gives=gives(remedy=remedy, fen=fen, units=units),
    )  # fmt: skip


def gives(*, remedy: str, fen: int, units: int) -> Phrase:
    """What one line is given."""
    if remedy == REFUND:
        return phrase("退您 {yuan}", yuan=yuan(fen))
    if remedy == TOP_UP:
        return phrase("补 {n} 个", n=units)
    return phrase("换新 {n} 份", n=units)


def offered(remedy: str, quantity: int | None) -> Phrase:
    """What every line is given, before anything is taken off."""
    if quantity is None:
        whole = {REFUND: phrase("没退过的全部退"), TOP_UP: phrase("按买的数量全部补发")}
        return whole.get(remedy, phrase("按买的数量全部换新"))
    if remedy == REFUND:
        return phrase("每单退 {n} 份", n=quantity)
    return phrase("每单补 {n} 个", n=quantity) if remedy == TOP_UP else phrase("每单换新 {n} 份", n=quantity)


def to_do(remedy: str) -> Phrase:
    """What the buyer has to do: nothing; and where it arrives."""
    if remedy == REFUND:
        return phrase("不用申请。钱退回原来付款的账户，进展在您的订单页里。")
    if remedy == TOP_UP:
        return phrase("不用申请。补到原来的地方，进展在您的订单页里。")
    return phrase("不用申请。换好的在您的订单页里看。")


def which(rule: Rule, *, supplier: str) -> Phrase:
    """2026-11-20 08:00 至 2026-11-21 08:00 付款的，供货商 南方，批次 B7. `supplier`: what the rule's is called."""
    parts = [
        phrase(
            "{start} 至 {end} {basis}的", start=moment(rule.start), end=moment(rule.end),
            basis=phrase(BASES[rule.by]),
        )
    ]  # fmt: skip
    if rule.supplier:
        parts += [phrase("，供货商 {supplier}", supplier=supplier)]
    if rule.batch:
        parts += [phrase("，批次 {batch}", batch=rule.batch)]
    if rule.version:
        parts += [phrase("，版本 {version}", version=rule.version)]
    return joined(parts)


def shown_pairs(figures: Mapping[str, Any], *, remedy: str, party: str) -> Pairs:
    """The figures of a dry run."""
    total = yuan(figures["fen"]) if remedy == REFUND else phrase("{n} 个", n=figures["units"])
    pairs: Pairs = [
        (phrase("圈到"), phrase("{n} 单", n=figures["lines"])),
        (phrase("要给的"), phrase("{n} 单，{m} 位买家", n=figures["gets"], m=figures["buyers"])),
        (phrase("一共"), total),
        (phrase("谁来承担"), phrase(PARTIES[party])),
    ]
    if figures["short"]:
        pairs.append((phrase("额度不够给全"), phrase("{n} 单", n=figures["short"])))
    return pairs + skipped_pairs(figures["nothing"])


def skipped_pairs(counted: Mapping[str, int]) -> Pairs:
    return [(phrase(SKIPS[reason]), phrase("{n} 单", n=n)) for reason, n in counted.items()]


def progress_pairs(
    progress: Mapping[str, Any], *, remedy: str, coming: int = 0, by_a_person: int = 0
) -> Pairs:
    """How far it has come; nothing of any one line. `coming`: lines that were given what has not come yet."""
    total = yuan(progress["fen"]) if remedy == REFUND else phrase("{n} 个", n=progress["units"])
    pairs: Pairs = [
        (phrase("已办"), phrase("{n} 单", n=progress["given"])),
        (phrase("一共"), total),
        (phrase("还在排队"), phrase("{n} 单", n=progress["waiting"])),
    ]
    way = mark("钱还没到账的") if remedy == REFUND else mark("还没到的")
    on_the_way = ((way, coming), (mark("其中等专人办的"), by_a_person))
    pairs += [(phrase(label), phrase("{n} 单", n=n)) for label, n in on_the_way if n]
    return pairs + _left_out(progress["skipped"])


def _left_out(skipped: Mapping[str, int]) -> Pairs:
    """Why lines were passed over: nothing is due, a claim for the same is looked at first, or it did not work out."""
    nothing = sum(n for reason, n in skipped.items() if reason in NOTHING_DUE)
    review = skipped.get(IN_REVIEW, 0)
    failed = still_to_do(skipped) - review
    counted = (
        (mark("没有要给的"), nothing), (mark("先等申请的"), review), (mark("没办成的"), failed)
    )  # fmt: skip
    return [(phrase(label), phrase("{n} 单", n=n)) for label, n in counted if n]


def still_to_do(skipped: Mapping[str, int]) -> int:
    """Lines that were passed over and may be given something yet."""
    return sum(n for reason, n in skipped.items() if reason not in NOTHING_DUE)


def moment(at: datetime) -> str:
    return f"{shanghai(at):%Y-%m-%d %H:%M}"


def yuan(fen: int) -> str:
    return f"¥{fen // 100}.{fen % 100:02d}"
