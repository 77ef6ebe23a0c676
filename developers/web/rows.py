"""The rows of the page's long tables, written out: node by node a template spends most of the page on them.

Whatever is text goes through `escape`; the rest are numbers and addresses that were built here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from common.language import is_english, say
from developers.web.charts import Chart


def of_days(chart: Chart, behind: str) -> SafeString:
    """A day or a week, with its figures."""
    start = f'<tr><th scope="row"><a class="link nb" href="{escape(behind)}'
    return _safe(
        f'{start}{escape(rest)}">{escape(name)}</a></th>'
        + "".join([f'<td class="n">{number}</td>' for number in numbers])
        + "</tr>"
        for name, rest, numbers in chart.rows
    )


def of_reasons(groups: Iterable[tuple[str, Iterable[Mapping[str, str]]]], behind: str) -> SafeString:
    """Each group of reasons under its name, with what each figure opens."""
    to = f'<a class="link" href="{escape(behind)}'
    count, real = _key(say("件数")), _key(say("属实"))
    change, cost = _key(say("环比")), _key(say("花费"))

    def row(one: Mapping[str, str]) -> str:
        of = f"&amp;reason={one['reason']}"
        counted = f'<b>{to}{of}">{one["count"]}</a></b>' if one["count"] else "—"
        found = f'{to}&amp;what=real{of}">{one["real"]}</a>' if one["real"] else "—"
        return (
            f'<tr><th scope="row">{escape(one["name"])}</th><td class="n"{count}>{counted}</td>'
            f'<td class="n"{real}>{found}</td><td class="n"{change}>{escape(one["change"])}</td>'
            f'<td class="n wrap full"{cost}>{to}&amp;what=cost{of}">{escape(one["cost"])}</a></td></tr>'
        )

    edge = '<tr class="edge"><th scope="rowgroup" colspan="5" class="small soft">'
    return _safe(
        f"<tbody>{edge}{escape(group)}</th></tr>{''.join(map(row, rows))}</tbody>" for group, rows in groups
    )


def of_goods(rows: Iterable[Mapping[str, str]], behind: str) -> SafeString:
    """A product, with its figures and what each opens."""
    to = f'class="link" href="{escape(behind)}'
    real, asked = _key(say("属实")), _key(say("咨询"))
    claims, cost = _key(say("售后单")), _key(say("花费"))
    return _safe(
        f'<tr><th scope="row">{escape(row["title"])}</th>'
        f'<td class="n"{real}><b><a {to}&amp;what=real&amp;{row["sku"]}">{row["real"]}</a></b></td>'
        f'<td class="n"{asked}><a {to}&amp;what=questions&amp;{row["sku"]}">{row["questions"]}</a></td>'
        f'<td class="n full"{claims}><a {to}&amp;{row["sku"]}">{row["claims"]}</a></td>'
        f'<td class="n wrap full"{cost}><a {to}&amp;what=cost&amp;{row["sku"]}">'
        f"{escape(row['cost'])}</a></td></tr>"
        for row in rows
    )


def of_cases(rows: Iterable[Mapping[str, Any]], behind: str, named: str) -> SafeString:
    """A case, with what it came to."""
    page, whose, wide = escape(behind), escape(named), ' class="full"' if is_english() else ""
    goods, reason, filed = _key(say("商品")), _key(say("事由")), _key(say("提交于"))
    state, cost = _key(say("进展")), _key(say("花费"))
    return _safe(
        f'<tr><th scope="row"><a class="link" href="{escape(row["address"])}{whose}">{row["no"]}</a>'
        f' <small class="nb">{escape(" ".join(filter(None, (row["order"], row["buyer"]))))}</small></th>'
        f'<td class="full"{goods}>{escape(row["title"])}</td><td{wide}{reason}>{escape(row["reason"])}</td>'
        f'<td{wide}{filed}><time datetime="{row["machine"]}">{escape(row["when"])}</time></td>'
        f'<td class="full"{state}><span class="state {"ok" if row["over"] else "half"}">{escape(row["state"])}</span>'
        f'</td><td class="n wrap full"{cost}><a class="link" href="{page}&amp;no={row["no"]}">{escape(row["cost"])}</a>'
        "</td></tr>"
        for row in rows
    )


def _key(name: str) -> str:
    """What stands before the figure where a row becomes a card."""
    return f' data-k="{escape(name)}"'


def _safe(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))
