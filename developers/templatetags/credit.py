"""For pages of rooms below: how far the maker of a product is trusted, where enough was sold to say so."""

from django import template

from common.language import say, spoken
from developers.queries import credit as queries
from developers.rules.credit import GRADES

register = template.Library()


@register.simple_tag
def maker_credit(sku: str) -> str:
    """One sentence with the grade and its sample; "" where nobody makes it, or too little was sold."""
    found = queries.shown_to_buyers(sku=sku)
    if found is None:
        return ""
    return say(
        "开发者信用：{grade}（近 {months} 个月卖了 {sales} 单，货有毛病、属实的 {bad} 单）。",
        grade=spoken(GRADES[found.grade]), months=queries.scale_of(found).months, sales=found.counts["sales"],
        bad=found.counts["defects"],
    )  # fmt: skip
