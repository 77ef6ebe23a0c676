"""The desk's pages of the rules: drafts in each state, and what a backtest of one found."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.pages.drafting import PERIOD
from tests.pages.stages import Town
from tests.pages.stops import Stop, fill

AT = "/admin/compensation/policydraft/"


def draft_stops(town: Town) -> list[Stop]:
    def stop(
        name: str, caption: str, path: str, *, do: Callable[[Page], None] | None = None, main: bool = False
    ) -> Stop:
        return Stop(name, caption, f"{AT}{path}", username="qiao", do=do, main=main, desk=True)

    made, asked, anew = (town.drafts[name] for name in ("made", "asked", "anew"))
    backwards = {"from": PERIOD[1], "to": PERIOD[0]}
    return [
        stop("drafts", "草稿：全部", "", main=True),
        stop("drafts-wrong", "草稿：另起的代码不对", "", do=fill("form.policies-new", title="", code="不行")),
        stop("draft", "草稿：在写", f"{made}/", main=True),
        stop("draft-wrong", "草稿：写错了", f"{made}/", do=_save(warranty_days="abc", title="")),
        stop("draft-asked", "草稿：等同事发布", f"{asked}/"),
        stop("draft-anew", "草稿：另起的，名字很长", f"{anew}/"),
        stop("backtest", "回测：算完了", f"{made}/backtest/", main=True),
        stop("backtest-none", "回测：还没有", f"{anew}/backtest/"),
        stop("backtest-running", "回测：在算", f"{asked}/backtest/?run={town.runs['waiting']}"),
        stop("backtest-failed", "回测：没算成", f"{asked}/backtest/?run={town.runs['failed']}"),
        stop("backtest-wrong", "回测：日期反了", f"{made}/backtest/", do=fill("#content form", **backwards)),
    ]


def _save(**typed: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        for name, value in typed.items():
            page.locator(f"[name={name}]").evaluate("(field, value) => { field.value = value }", value)
        with page.expect_navigation():
            page.locator("button[value=save]").click()

    return press
