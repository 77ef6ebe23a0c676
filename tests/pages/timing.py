"""How long the order page takes a server of our own on this machine: p50 and p95 over a few hundred requests.

python -m tests.pages.timing [--requests 400] [--readers 2]
The database is made for it and thrown away; the clock stands still, the counts are those of a busy order.
"""

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.pages.screens import throw_away_database


def order_page(*, requests: int = 400, readers: int = 2) -> dict[str, float]:
    """{p50, p95, slowest} in milliseconds, asked by so many readers at once; needs Django and an empty database."""
    from tests.pages import stages
    from tests.pages.town import cookie_of, open_town

    with open_town() as (town, url):
        stages.open_shop(now=stages.NOW)
        stages.sell(town, "busy", *stages.fell(850), now=stages.NOW)
        number = town.orders["busy"]
        cookie = cookie_of(order_no=number)
        _ask(url, f"/orders/{number}/", cookie, 20)  # warm
        with ThreadPoolExecutor(readers) as pool:
            share = [
                pool.submit(_ask, url, f"/orders/{number}/", cookie, requests // readers)
                for _ in range(readers)
            ]
            taken = sorted(second for each in share for second in each.result())
    cuts = statistics.quantiles(taken, n=100)
    return {"p50": cuts[49] * 1000, "p95": cuts[94] * 1000, "slowest": taken[-1] * 1000}


def _ask(url: str, path: str, cookie: str, times: int) -> list[float]:
    taken = []
    for _ in range(times):
        connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        taken.append(time.perf_counter() - started)
        assert answer.status == 200, (answer.status, body[:200])
        connection.close()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--readers", type=int, default=2)
    given = parser.parse_args()
    with throw_away_database():
        found = order_page(requests=given.requests, readers=given.readers)
    print("，".join(f"{name} {value:.0f} 毫秒" for name, value in found.items()))


if __name__ == "__main__":
    main()
