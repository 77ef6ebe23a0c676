"""Files handed in at the admin: the queue, the page that follows them, who may, and what may be downloaded."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from accounts.services import people
from common import clock
from compensation import tasks
from compensation.services import imports as workers
from orders.models import ImportRun, Observation, Order, RejectedRow
from orders.services import import_files
from shop_aftersales.celery import app
from tests.compensation.test_scan import ORDER_COLUMNS
from tests.orders.conftest import PAID, z

ADD, ALL = "/admin/orders/importrun/add/", "/admin/orders/importrun/"
BOUGHT = ["A-1", "likes", "u-1", 1000, 5000, z(PAID), "t-1", 20]


def order_csv(*changes):
    into = io.StringIO()
    table = csv.writer(into)
    table.writerow(ORDER_COLUMNS)
    for change in changes:
        row = dict(zip(ORDER_COLUMNS, BOUGHT, strict=True)) | change
        table.writerow([row[name] for name in ORDER_COLUMNS])
    return into.getvalue().encode()


@pytest.fixture
def staff(db):
    """staff("ops") is signed in and may enter the admin; staff("") is nobody."""

    def make(role, *, csrf=False):
        client = Client(enforce_csrf_checks=csrf)
        if role:
            user = people.ensure_user(
                username=f"the-{role}", role=role, password="pass", is_staff=role != "buyer"
            )
            client.force_login(user, backend="accounts.services.log_in.LoopbackDemoBackend")
        return client

    return make


def hand_in(client, content, kind="orders", name="单.csv"):
    return client.post(ADD, {"kind": kind, "file": SimpleUploadedFile(name, content)})


def page(client, run):
    return client.get(f"/admin/orders/importrun/{run.pk}/change/").content.decode()


def folders():
    root = import_files._root()
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_a_file_waits_is_taken_by_the_sweep_and_says_what_became_of_it(
    shop, staff, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("common.jobs._send", lambda name, ids: sent.append((name, ids)))
    ops = staff("ops")
    with django_capture_on_commit_callbacks(execute=True):
        answer = hand_in(ops, order_csv({}, {"order_no": "A-2", "sku": "=1+1"}, {}, {"order_no": "A-3"}))
    run = ImportRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/orders/importrun/{run.pk}/change/")
    assert sent == [("imports.go_on", {"run_id": run.pk})]
    assert (run.state, run.started_by, run.file_name, folders()) == (
        "waiting",
        "the-ops",
        "单.csv",
        [str(run.pk)],
    )
    waiting = page(ops, run)
    assert "<b>排队</b>" in waiting
    assert f'hx-get="/admin/orders/importrun/{run.pk}/progress/"' in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "imports.go_on" in app.tasks
    workers.run_due(now=clock.now())
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.rows_total, run.accepted, run.duplicates, run.rejected) == (
        "done",
        4,
        4,
        2,
        1,
        1,
    )
    assert (list(run.rejected_rows.values_list("line", "detail")), folders()) == (
        [(3, "没有货号「=1+1」，请先建好商品。")],
        [],
    )
    done = page(ops, run)
    assert "<td>3</td><td>没有货号「=1+1」，请先建好商品。</td>" in done
    assert '<progress aria-label="进度" max="4" value="4">100%</progress>' in done
    assert 'hx-get="/admin/orders' not in done
    assert 'http-equiv="refresh"' not in done


def test_the_page_shows_how_far_it_has_come(shop, staff):
    run = ImportRun.objects.create(
        kind="orders", source="admin", file_name="<b>.csv", sha256="0", size=2048, started_by="qiao", state="running",
        rows_total=20000, rows_done=5000, accepted=4990, duplicates=3, rejected=7, rows_per_s=125, created_at=PAID,
        started_at=PAID,
    )  # fmt: skip
    shown = page(staff("ops"), run)
    assert '<progress aria-label="进度" max="20000" value="5000">25%</progress>' in shown
    assert "5,000 / 20,000 行，每秒 125 行，还要约 2 分钟" in shown
    assert "<h1>&lt;b&gt;.csv</h1>" in shown
    assert "<dt>大小</dt><dd>2 KiB</dd>" in shown
    assert "<b>.csv" not in shown


@pytest.mark.parametrize(
    ("role", "status"),
    [("", 302), ("buyer", 302), ("developer", 404), ("panel", 404), ("shop", 404), ("ops", 200)],
)
def test_only_ops_see_that_there_is_such_a_page(shop, staff, role, status):
    run = ImportRun.objects.create(
        kind="orders", source="admin", file_name="f", sha256="0", size=1, started_by="q", created_at=PAID
    )
    client = staff(role)
    at = f"/admin/orders/importrun/{run.pk}"
    for url in (ADD, ALL, f"{at}/change/", f"{at}/progress/", f"{at}/rejected.csv"):
        answer = client.get(url)
        assert (url, answer.status_code) == (url, status)
        if status == 302:  # the admin's own way to the one log-in
            asked = client.get(answer["Location"])
            assert asked["Location"].startswith("/login/?next=%2Fadmin%2Forders%2F")
    if status != 200:
        assert hand_in(client, order_csv({})).status_code == status
        assert ImportRun.objects.count() == 1


def test_without_the_form_s_token_nothing_is_handed_in(shop, staff):
    assert hand_in(staff("ops", csrf=True), order_csv({})).status_code == 403
    assert ImportRun.objects.count() == 0


def workbook_bytes():
    book, into = Workbook(), io.BytesIO()
    book.active.append(["order_no"])
    book.save(into)
    return into.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "这个文件是空的。"),
        ("a.xlsx", b"%PDF-1.7\0\x01", "文件 a.xlsx 里有空字节，不是文字表格，请另存为 UTF-8 的 CSV。"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\xff", "文件 a.csv 不是 UTF-8、UTF-16 或 GB18030 文字，请另存为 UTF-8 的 CSV。"),
        ("a.xlsx", b"PK\x03\x04x", "文件 a.xlsx 是损坏的表格，请用表格软件打开，另存一份再试。"),
        ("a.csv", b"x" * 2049, "文件有 2 KiB，最多 2 KiB。请分成几份上传，或在终端里导入。"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_not_kept(shop, staff, monkeypatch, name, content, why):
    monkeypatch.setattr("orders.forms.MOST_BYTES", 2048)
    answer = hand_in(staff("ops"), content, name=name)
    assert answer.status_code == 200
    assert f'<p class="imp-error" role="alert">{why}</p>' in answer.content.decode()
    assert (ImportRun.objects.count(), folders()) == (0, [])


def test_an_unreadable_file_says_why_and_changes_nothing(shop, staff):
    ops = staff("ops")
    hand_in(ops, b"\xef\xbb\xbforder_no;sku\nA-1;likes\n")
    hand_in(ops, order_csv({}) + b'"A-2,', name="b.csv")
    workers.run_due(now=clock.now())
    workers.run_due(now=clock.now())
    second, first = ImportRun.objects.all()
    assert (first.state, second.state) == ("unreadable", "unreadable")
    assert "文件 单.csv 缺少这些列：buyer_external_id、quantity、paid_fen、paid_at。" in page(ops, first)
    assert "文件 b.csv 不是完整的 CSV：第 3 行附近有一处引号没有配对。" in page(ops, second)
    assert "什么都没有收下。请照上面的话改好文件，再传一次。" in page(ops, first)
    assert (Order.objects.count(), folders()) == (0, [])


def test_counts_from_a_workbook(sell, staff):
    sell()
    book, into = Workbook(), io.BytesIO()
    book.active.append(["order_no", "observed_at", "count"])
    book.active.append(["A-1", z(PAID), 520])
    book.save(into)
    hand_in(staff("ops"), into.getvalue(), kind="observations", name="数.csv")
    tasks.go_on(run_id=ImportRun.objects.get().pk)
    assert (ImportRun.objects.get().state, Observation.objects.get().count) == ("done", 520)


def test_the_download_runs_nothing_and_has_all_that_are_kept(shop, staff):
    run = ImportRun.objects.create(
        kind="orders", source="admin", file_name="f", sha256="0", size=1, started_by="q", state="done", rows_total=60,
        rows_done=60, rejected=60, created_at=PAID,
    )  # fmt: skip
    starts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]
    RejectedRow.objects.bulk_create(
        RejectedRow(run=run, line=n + 2, detail=text) for n, text in enumerate(starts * 10)
    )
    client = staff("ops")
    answer = client.get(f"/admin/orders/importrun/{run.pk}/rejected.csv")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/csv; charset=utf-8",
        f'attachment; filename="rejected-{run.pk}.csv"',
    )
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["行号", "为什么没收"]
    assert [detail for _, detail in rows[1:7]] == [f"'{text}" for text in starts]
    assert len(rows) == 61
    assert "这里是前 50 行，下载里有全部 60 行。" in page(client, run)


def test_as_many_queries_for_three_runs_and_rejected_rows_as_for_one(shop, staff):
    client, counted = staff("ops"), []
    for number in (1, 3):
        ImportRun.objects.all().delete()
        for _ in range(number):
            run = ImportRun.objects.create(
                kind="orders", source="admin", file_name="f", sha256="0", size=1, started_by="q", created_at=PAID,
                rejected=number,
            )  # fmt: skip
            RejectedRow.objects.bulk_create(RejectedRow(run=run, line=n, detail="x") for n in range(number))
        at = f"/admin/orders/importrun/{run.pk}"
        for url in (ALL, f"{at}/change/", f"{at}/progress/", f"{at}/rejected.csv"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counted.append(len(queries))
    assert counted[:4] == counted[4:]
