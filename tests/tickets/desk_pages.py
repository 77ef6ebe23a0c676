"""People at the desk, and cases that wait for them: what the tests of its pages start from."""

from html.parser import HTMLParser

from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from accounts.services import people
from tests.tickets.case import claim, fallen

QUEUE = "/admin/tickets/ticket/"
BACKEND = "accounts.services.log_in.LoopbackDemoBackend"


def person(name="qiao", role="ops", *, is_staff=True, is_superuser=False):
    """A signed-in browser; role None: a stranger's."""
    client = Client(headers={"accept-language": "zh"})
    if role is not None:
        user = people.ensure_user(username=name, role=role, password="pass", is_staff=is_staff)
        User.objects.filter(pk=user.pk).update(is_superuser=is_superuser)
        user.refresh_from_db()
        client.force_login(user, backend=BACKEND)
        client.user = user
    return client


def waiting(order_no="A-1", reason="suggestion", text="希望能选时段", **order):
    """A case that waits for ops."""
    fallen(order_no, **order)
    return claim(order_no, reason, text=text)


def dear(order_no="A-1", paid_fen=30_000, **order):
    """A fall by half: all the money back, above what goes without a person."""
    fallen(order_no, left=500, paid_fen=paid_fen, list_fen=paid_fen, **order)
    return claim(order_no, "drop")


def at(ticket):
    return f"{QUEUE}{ticket.pk}/change/"


def do(client, ticket, action, *, follow=False, version=None, **typed):
    """Press a button as the page has it now."""
    if version is None:
        ticket.refresh_from_db()
        version = ticket.version
    return client.post(f"{QUEUE}{ticket.pk}/{action}/", {"version": version, **typed}, follow=follow)


def said(response):
    """The messages that the page shows; a page that is none at all says what it is instead.

    By its own request: `response.context` also has what another thread of the process rendered meanwhile.
    """
    found = [str(message) for message in get_messages(response.wsgi_request)]
    assert found or response.status_code < 400, (response.status_code, response.content.decode()[-2000:])
    return found


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.parts.append(" ".join(data.split()))


def words(response):
    """What a reader reads of a page, piece by piece."""
    parser = _Text()
    parser.feed(response.content.decode())
    return parser.parts
