"""The import pages in a browser: handed in, followed without a touch, nothing sticks out, no script needed."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.services import people
from common import clock
from compensation.services import imports as workers
from orders.models import ImportRun
from tests.orders.conftest import shop
from tests.orders.test_import_admin import ALL, order_csv

__all__ = ["shop"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = {
    "name": "双十一订单.csv",
    "mimeType": "text/csv",
    "buffer": order_csv({}, {"order_no": "A-2", "sku": "x" * 64}),
}


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def signed_in(page, url):
    user = people.ensure_user(username="qiao", role="ops", password="pass", is_staff=True)
    client = Client()
    client.force_login(user, backend="accounts.services.log_in.LoopbackDemoBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.mark.parametrize("screen", ["phone", "desktop", "plain_phone"])
def test_a_file_is_handed_in_and_followed_to_its_end(request, transactional_shop, live_server, screen):
    page = request.getfixturevalue(screen)
    signed_in(page, live_server.url)
    page.goto(ALL + "add/")
    page.locator("input[type=file]").set_input_files(FILE)
    page.get_by_role("button", name="开始导入").click()
    page.get_by_text("正在排队，一般几秒内开始").wait_for()
    workers.run_due(now=clock.now())
    assert ImportRun.objects.get().state == "done"
    page.get_by_text("别的行都已收下").wait_for()  # nobody touched the page
    assert page.locator(".imp-rows tbody tr").all_inner_texts() == [
        "3\t没有货号「" + "x" * 64 + "」，请先建好商品。"
    ]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载 CSV").click()
    assert saved.value.suggested_filename == f"rejected-{ImportRun.objects.get().pk}.csv"


@pytest.fixture
def transactional_shop(transactional_db, shop):
    """The goods, for a server of its own thread."""
