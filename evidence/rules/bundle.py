"""A bundle checked with nothing but itself: every entry against its digest, its place and the head."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evidence.rules import merkle
from evidence.rules.entries import digest_of, head_text

FORMAT = "aftersales-evidence-1"
NAMES = {"format", "ticket_no", "order_no", "head", "entries", "waiting", "policies"}


class NoBundle(Exception):
    """What was given can't be read as a bundle; the message says why."""


def entries(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the entries say, as far as it was not erased: [{kind, order_no, at, data}]."""
    return [json.loads(entry["body"]) for entry in bundle["entries"] if entry["body"] is not None]


def check_shape(bundle: Any) -> None:
    """Raise NoBundle unless all that is looked at below is there."""
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise NoBundle(f"这不是凭据包：缺少 format：{FORMAT}。")
    head, rows = bundle.get("head"), bundle.get("entries")
    if not isinstance(head, dict) or type(head.get("size")) is not int or not _hex(head.get("root")):
        raise NoBundle("凭据包里的 head 不完整。")
    if not isinstance(rows, list) or not all(_is_entry(row) for row in rows):
        raise NoBundle("凭据包里的 entries 不完整。")
    if not all(isinstance(bundle.get(name), str) for name in ("order_no", "ticket_no")):
        raise NoBundle("凭据包里没写是哪张售后单、哪个订单。")
    if type(bundle.get("waiting")) is not int or set(bundle) - NAMES:
        raise NoBundle("凭据包里多了不该有的内容。")


def signed_text(head: Mapping[str, Any]) -> bytes:
    """The bytes that the head's signature has to cover."""
    return head_text(size=head["size"], root=head["root"], sealed_at=str(head.get("sealed_at")))


def gaps(bundle: Mapping[str, Any]) -> Iterator[str]:
    """What a whole bundle has and this one has not: its ticket, the decision of each remedy, a word on what was erased.

    That nothing else was left out, only the log itself can show.
    """
    said = entries(bundle)
    if strange := {each["order_no"] for each in said} - {bundle["order_no"]}:
        yield f"里面有别的订单的条目：{'、'.join(sorted(map(str, strange)))}"
    erased = {
        digest for each in said if each["kind"] == "erased" for digest in each["data"].get("digests", [])
    }
    blank = {entry["digest"] for entry in bundle["entries"] if entry["body"] is None}
    if blank - erased:
        yield f"有 {len(blank - erased)} 条内容被抹去，却没有抹去的记录"
    if blank or bundle["waiting"]:  # what was erased can't be read, what waits isn't in it yet
        return
    if bundle["ticket_no"] not in [each["data"].get("no") for each in said if each["kind"] == "ticket"]:
        yield f"里面没有售后单 {bundle['ticket_no']} 的经过"
    decided = {each["data"].get("id") for each in said if each["kind"] == "decision"}
    if {each["data"].get("decision") for each in said if each["kind"] == "remedy"} - decided:
        yield "补偿所依据的决定不在里面"
    yield from _unfounded(said)


def _unfounded(said: list[dict[str, Any]]) -> Iterator[str]:
    """Facts that a decision takes from what a person established, and that nobody established so."""
    found = {each["data"].get("id"): each["data"].get("facts") for each in said if each["kind"] == "finding"}
    for decision in (each["data"] for each in said if each["kind"] == "decision"):
        sources, facts = decision.get("sources"), decision.get("facts")
        named = sources.get("findings") if isinstance(sources, dict) else None  # older ones name none
        for number in [row.get("id") for row in named or () if isinstance(row, dict)]:
            stated = found.get(number)
            if not isinstance(stated, dict):
                yield f"决定所依据的、由人查明的事实第 {number} 号不在里面"
            elif not isinstance(facts, dict) or any(facts.get(name) != stated[name] for name in stated):
                yield f"决定的事实和由人查明的第 {number} 号不一样"


def problems(bundle: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """(n, what is wrong) for each entry that does not prove itself."""
    size, root = bundle["head"]["size"], bytes.fromhex(bundle["head"]["root"])
    seen: set[int] = set()
    for entry in bundle["entries"]:
        place = entry["n"]
        if place in seen:
            yield place, "序号重复"
        seen.add(place)
        if entry["body"] is not None and digest_of(salt=entry["salt"], body=entry["body"]) != entry["digest"]:
            yield place, "内容和摘要对不上：内容被改过"
        leaf = merkle.leaf_hash(bytes.fromhex(entry["digest"]))
        path = [bytes.fromhex(step) for step in entry["path"]]
        if not merkle.is_included(leaf=leaf, index=place, size=size, path=path, root=root):
            yield place, "不在这个头的存证里"


def _is_entry(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and set(row) == {"n", "digest", "salt", "body", "path"}
        and type(row.get("n")) is int
        and _hex(row.get("digest"))
        and isinstance(row.get("path"), list)
        and len(row["path"]) <= 64
        and all(_hex(step) for step in row["path"])
        and _says(row)
    )


def _says(row: Mapping[str, Any]) -> bool:
    if row["body"] is None:  # erased
        return row["salt"] is None
    return isinstance(row.get("salt"), str) and isinstance(row.get("body"), str) and _readable(row["body"])


def _readable(body: str) -> bool:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(said, dict)
        and all(isinstance(said.get(name), str) for name in ("kind", "order_no"))
        and isinstance(said.get("data"), dict)
    )


def _hex(text: Any) -> bool:
    try:
        return isinstance(text, str) and len(bytes.fromhex(text)) == 32
    except ValueError:
        return False
