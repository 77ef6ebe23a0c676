"""Every setting in one place; what may be set from outside is in docs and `.env.example`."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from shop_aftersales import environment as given
from shop_aftersales.unfolded import UNFOLD  # noqa: F401  Django and unfold read it here
from watch.rules.health import AT_LEAST, LIMITS

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = given.folder(BASE_DIR)
DEBUG = given.switch("DEBUG", False)
PORT = given.whole("PORT", 8000, low=1, high=65535)
WEB_URL = given.address("WEB_URL") or f"http://127.0.0.1:{PORT}"

EMBEDDED = not os.environ.get("DATABASE_URL", "").strip()
DATABASES = {"default": given.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = os.environ.get("SECRET_KEY", "").strip() or given.secret_in("SECRET_KEY_FILE")
if not SECRET_KEY:
    if not EMBEDDED:
        given.stop("设了 DATABASE_URL 就要同时设 SECRET_KEY 或 SECRET_KEY_FILE，否则几台机器会各用各的。")
    SECRET_KEY = given.kept_secret(DATA_DIR, "SECRET_KEY")
# Seals what buyers bought (card keys) in the database: whoever has a copy of that reads none of it.
SECRETS_KEY = os.environ.get("SECRETS_KEY", "").strip() or given.secret_in("SECRETS_KEY_FILE")
SECRETS_KEY = SECRETS_KEY or given.kept_secret(DATA_DIR, "SECRETS_KEY")

ALLOWED_HOSTS = given.hosts("ALLOWED_HOSTS")
DEMO = given.switch("DEMO", EMBEDDED)
if DEMO and set(ALLOWED_HOSTS) - given.LOOPBACK:
    given.stop("演示账号（DEMO=1）只能在本机用：请去掉 ALLOWED_HOSTS 里本机以外的名字，或设 DEMO=0。")
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
THROTTLE_OFF = given.off("THROTTLE")

# ---- what leaves the building ----
SANDBOX = given.switch("SANDBOX", EMBEDDED)
RECONCILE_ONLY = given.switch("RECONCILE_ONLY", False)
SEND_TIMEOUT_S = given.seconds("SEND_TIMEOUT_S", 3.0, low=0.1, high=60)
LEASE_S = given.seconds("LEASE_S", 15.0, low=0.5, high=600)
SWEEP_S = given.seconds("SWEEP_S", 2.0, low=0.1, high=60)
if LEASE_S <= SEND_TIMEOUT_S:
    given.stop("环境变量 LEASE_S 要比 SEND_TIMEOUT_S 长，否则一次还没等完的请求会被当成断了。")
HEALTH_LIMITS, HEALTH_AT_LEAST = given.limits(LIMITS, least=AT_LEAST)
# From three months on: the report of the month that ended reads counts of the last two.
OBSERVATIONS_KEEP_DAYS = given.whole("OBSERVATIONS_KEEP_DAYS", 0, low=92, high=36500)  # 0: for ever
DEFECT_ANSWER_FROM = given.whole("DEFECT_ANSWER_FROM", 3, low=1, high=1000)
DEFECT_ANSWER_DAYS = given.whole("DEFECT_ANSWER_DAYS", 5, low=1, high=90)
SANDBOX_PORT_FILE = DATA_DIR / "sandbox.port"
_sandbox = SANDBOX_PORT_FILE if SANDBOX else None
SUPPLIER_URL, SUPPLIER_SECRET = given.provider(DATA_DIR, _sandbox, "SUPPLIER")
SHOP_REFUND_URL, SHOP_REFUND_SECRET = given.provider(DATA_DIR, _sandbox, "SHOP_REFUND")
LICENCE_URL, LICENCE_SECRET = given.provider(DATA_DIR, _sandbox, "LICENCE")
# In the sandbox it counts what the supplier there delivered, and nothing else.
COLLECTOR_URL, COLLECTOR_SECRET = given.provider(DATA_DIR, _sandbox, "COLLECTOR", beside="SUPPLIER_URL")
MESSAGE_URL, MESSAGE_SECRET = given.provider(DATA_DIR, _sandbox, "MESSAGE")

# ---- applications ----
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "django_htmx",
    "axes",
    "csp",
    "integrations",
    "evidence",
    "accounts",
    "ledger",
    "orders",
    "compensation",
    "tickets",
    "developers",
    "watch",
    "shop_aftersales",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shop_aftersales.middleware.heads_without_bodies",
    "csp.middleware.CSPMiddleware",
    "shop_aftersales.middleware.page_policy",
    "shop_aftersales.middleware.api_in_utc",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shop_aftersales.middleware.varies_by_cookie",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web.demo_stays_home",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "shop_aftersales.urls"
WSGI_APPLICATION = "shop_aftersales.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop_aftersales.context.demo_orders",
                "shop_aftersales.context.page_address",
            ],
        },
    },
]

# ---- who is who ----
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.services.log_in.LoopbackDemoBackend",
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
LOGIN_URL, LOGIN_REDIRECT_URL = "/login/", "/"
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": timedelta(hours=24)}
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE = True, "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not EMBEDDED and WEB_URL.startswith("https")
# Two runs on one host differ only by port, and cookies don't know ports.
CSRF_FAILURE_VIEW = "shop_aftersales.mishaps.stale"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"session{PORT}", f"csrf{PORT}"
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_SAMESITE = f"language{PORT}", "Lax"
LANGUAGE_COOKIE_AGE, LANGUAGE_COOKIE_HTTPONLY = 365 * 24 * 3600, True
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE

# ---- broker, cache ----
REDIS_URL = os.environ.get("REDIS_URL", "").strip()
given.check_redis(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 300, "unacked_restore_interval": 10,
        "unacked_restore_throttle": 10, "socket_connect_timeout": 0.3, "socket_timeout": 0.5,
        # Without these a message to a dead Redis keeps the buyer waiting for six seconds of retries.
        "max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0,
    }  # fmt: skip
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "shop_aftersales.cache.RestingRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},
        }
    }
else:
    _broker = DATA_DIR / "broker"
    for _name in ("queue", "processed", "control"):
        (_broker / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"), "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "processed"), "control_folder": str(_broker / "control"),
        "polling_interval": 0.1,
    }  # fmt: skip
    # Files where there is one machine: a reader's count in the database would make every GET wait for the writer.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 2000},
        }
        if EMBEDDED
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    }

# ---- API ----
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.GuestAuthentication",
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.IsReader"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsing.BoundedJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttles.ReaderThrottle"],
    "DEFAULT_PAGINATION_CLASS": "common.paging.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.Schema",
    "EXCEPTION_HANDLER": "common.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
_CHOICES = {
    "ProductKindEnum": "orders.models.KINDS", "LicenceStateEnum": "orders.models.LICENCE_STATES",
    "RemedyKindEnum": "compensation.models.REMEDY_KINDS", "RemedyStateEnum": "compensation.models.REMEDY_STATES",
    "ReasonEnum": "tickets.models.REASONS", "RecallRemedyEnum": "developers.api.recall_data.KINDS",
    "RecallStateEnum": "developers.api.recall_data.STATES", "RecallPartyEnum": "developers.api.recall_data.BEARERS",
    "PartyEnum": "compensation.models.PARTIES", "RecallCauseEnum": "developers.api.recall_data.CAUSE_CODES",
    "FundStateEnum": "developers.api.fund_data.STATES", "FundCauseEnum": "developers.api.fund_data.CAUSES",
    "DefectStateEnum": "developers.api.defect_data.STATES",
}  # fmt: skip
SPECTACULAR_SETTINGS = {
    "TITLE": "虚拟商品售后",
    "DESCRIPTION": "商店推送订单、发货与计数；买家凭订单号和查询密码申请售后；规则、决定与账目都可查。\n\n"
    "答复里给人看的句子随 `Accept-Language`：`zh-hans`（默认）或 `en`；`code` 不变，程序请只认它。"
    "Sentences in answers follow `Accept-Language` (`en`); these descriptions are in Chinese.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": _CHOICES,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "common.uploads.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOADS_KEY = given.kept_secret(DATA_DIR, "UPLOADS_KEY")  # lies beside the files that it seals

# ---- language, time, pages ----
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]  # common, pages of no room, what unfold lacks; each room has its own
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# Not no-referrer: with it browsers send "Origin: null" on our own forms, and the CSRF check refuses them.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SESSION_COOKIE_SECURE else 0
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no_links": {"()": "shop_aftersales.unlogged.NoLinks"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_links"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"level": "WARNING", "filters": ["no_links"]},
        "django.security.csrf": {"filters": ["no_links"]},
        # A refusal is an answer, not an incident: 4xx are for the reader, not for the log.
        "django.request": {"level": "ERROR", "filters": ["no_links"]},
        "axes": {"level": "WARNING"},
    },
}
