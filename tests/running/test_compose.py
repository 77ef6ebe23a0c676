"""What the compose schema can't say of docker-compose.yml and Dockerfile: that each name in them means something."""

import re
import subprocess
import sys
import tomllib
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands

from tests.running.compose_file import ROOT, compose, dockerfile, ours

SERVICES = compose()["services"]
OURS = ours(compose())
PROGRAMS = {"gunicorn", "celery"}
ASKED = re.compile(r"""(?:environ\.get|given\.\w+|_provider)\(\s*f?["']([A-Z][A-Z_]+)["']""")


def read_by_settings():
    """Every name that the program asks the environment for."""
    sources = (ROOT / "shop_aftersales" / name for name in ("settings.py", "environment.py"))
    return set(ASKED.findall("".join(path.read_text() for path in sources))) | {"DATABASE_URL"}


def test_the_file_fits_the_compose_schema():
    check = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    run = subprocess.run([sys.executable, *check], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_the_services_are_those_of_make_run_and_what_they_need():
    assert set(SERVICES) == {"pod", "postgres", "redis", "prepare", "web", "worker", "beat", "sandbox"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_it_depends_on_exists_and_can_come_true(name):
    for other, how in SERVICES[name].get("depends_on", {}).items():
        condition = how["condition"]
        assert other in SERVICES
        assert ("healthcheck" in SERVICES[other]) or condition != "service_healthy"
        assert (SERVICES[other].get("restart") == "no") == (condition == "service_completed_successfully")


@pytest.mark.parametrize("name", OURS)
def test_its_command_exists(name):
    program, *rest = OURS[name]["command"]
    if program == "python":
        assert rest[0] == "manage.py"
        assert rest[1] in get_commands()
    else:
        assert program in PROGRAMS
        required = (ROOT / "requirements.txt").read_text()
        assert re.search(rf"^{program}==", required, re.MULTILINE)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "sandbox"])
def test_it_runs_what_the_procfile_runs(name):
    """But for the address: in a container the port is published, so web has to listen on all of the pod."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    words = lines[name].replace("127.0.0.1:$SHOP_PORT", "0.0.0.0:8000").split(f"bin/keep {name} ")[1].split()
    assert OURS[name]["command"] == words


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_program_reads(name):
    assert set(OURS[name]["environment"]) - read_by_settings() == set()
    assert OURS[name]["environment"] == OURS["web"]["environment"]


def test_every_variable_taken_from_the_host_is_in_the_example():
    taken = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / ".env.example").read_text()
    assert {name for name in taken if not re.search(rf"^#?{name}=", example, re.MULTILINE)} == set()


def test_ports_are_published_on_loopback_only():
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"pod": ["127.0.0.1:8000:8000"]}
    assert compose(PORT="8123")["services"]["pod"]["ports"] == ["127.0.0.1:8123:8123"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "pod"])
def test_everybody_shares_the_loopback_of_a_container_that_outlives_them(name):
    assert SERVICES[name]["network_mode"] == "service:pod"
    assert SERVICES["pod"]["command"] == ["sleep", "infinity"]


def test_the_database_and_redis_listen_on_loopback():
    assert "listen_addresses=127.0.0.1" in SERVICES["postgres"]["command"]
    at = SERVICES["redis"]["command"].index("--bind")
    assert SERVICES["redis"]["command"][at + 1] == "127.0.0.1"
    for name in ("DATABASE_URL", "REDIS_URL"):
        assert urlsplit(OURS["web"]["environment"][name]).hostname == "127.0.0.1"


def test_the_database_it_makes_is_the_one_that_is_used():
    made, used = SERVICES["postgres"]["environment"], urlsplit(OURS["web"]["environment"]["DATABASE_URL"])
    assert (used.username, used.path) == (made["POSTGRES_USER"], f"/{made['POSTGRES_DB']}")


def test_no_secret_is_written_down():
    for name, one in SERVICES.items():
        for key, value in one.get("environment", {}).items():
            assert not re.search(r"SECRET|PASSWORD|TOKEN", key) or value.startswith("/data/"), name
            assert urlsplit(str(value)).password is None, name
    assert not any(word == "ARG" for word, _ in dockerfile())


def test_what_must_survive_lies_in_named_volumes():
    assert set(compose()["volumes"]) == {"data", "postgres"}
    for one in OURS.values():
        assert one["volumes"] == ["data:/data"]
        assert one["environment"]["DATA_DIR"] == "/data"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql/data"]


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_pinned_restarted_and_stopped_cleanly(name):
    one = SERVICES[name]
    assert "build" in one or re.fullmatch(r"[\w/]+:\d+\.\d+", one["image"])
    assert one["restart"] == ("no" if name == "prepare" else "unless-stopped")
    assert isinstance(one["command"], list)  # a shell in between would keep TERM to itself
    assert one.get("init") or "image" in one  # the images of others bring a first process of their own


def test_the_image_copies_what_exists_and_leaves_out_what_nobody_may_have():
    copied = [words.split()[:-1] for word, words in dockerfile() if word in ("COPY", "ADD")]
    assert copied[0] == ["requirements.txt", "constraints.txt"]  # first: a layer that seldom changes
    assert [source for sources in copied for source in sources if not (ROOT / source).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ".*" in ignored  # .git, .env, .data, .venv
    for needed in ("manage.py", "templates", "static", "requirements.txt", "constraints.txt"):
        assert needed not in ignored


def test_the_image_has_a_python_that_the_program_accepts_and_runs_as_nobody_special():
    lines = dockerfile()
    version = re.fullmatch(r"python:(\d+)\.(\d+)-slim", dict(lines)["FROM"])
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert (int(version[1]), int(version[2])) >= tuple(map(int, least.removeprefix(">=").split(".")))
    assert lines[-1][0] == "USER"
    assert lines[-1][1] not in ("root", "0")
    assert "PYTHONUNBUFFERED=1" in dict(lines)["ENV"]


def test_without_the_sandbox_there_is_none():
    assert compose(SANDBOX="0")["services"]["sandbox"]["scale"] == "0"
