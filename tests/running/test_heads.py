"""What is asked for by its head alone: programs that preview the links of messages do, many times a day."""

from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/login/", "/claim/1/", "/api/v1/products/", "/healthz/"])
def test_it_gets_no_body_and_is_told_how_long_that_is(path):
    """The server drops such a body and complains of each one in the log of those who keep the shop running."""
    told = {}

    def answered(status, headers):
        told.update(headers, status=status)

    environ = {"PATH_INFO": path, "REQUEST_METHOD": "HEAD", "HTTP_HOST": "127.0.0.1"}
    setup_testing_defaults(environ)
    body = b"".join(get_wsgi_application()(environ, answered))
    assert (body, int(told["Content-Length"]) > 0) == (b"", True)
