"""The program's own settings with a data folder that is thrown away."""

import os
import tempfile

_suffix = os.environ.get("TEST_DB_SUFFIX", "")
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix=f"aftersales-test-{_worker}-")
os.mkdir(os.environ["DATA_DIR"] + "/static")  # else whitenoise warns in every test
os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz")
os.environ["DEMO"] = "1"
os.environ["SANDBOX"] = "1"
for _name in (
    "SUPPLIER_URL", "SHOP_REFUND_URL", "LICENCE_URL", "MESSAGE_URL", "COLLECTOR_URL", "REDIS_URL",
    "THROTTLE", "ALLOWED_HOSTS",
):  # fmt: skip
    os.environ.pop(_name, None)

from shop_aftersales.settings import *  # noqa: E402, F403  the environment above must be set before

DATABASES["default"]["TEST"] = {  # type: ignore[index]  # noqa: F405
    # A file, not memory: threads of one process share it without "table is locked".
    "NAME": f"{DATA_DIR}/test.sqlite3" if EMBEDDED else f"test_aftersales{_suffix}"  # noqa: F405
}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver", "shop.example"]  # noqa: F405
