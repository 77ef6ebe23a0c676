"""docker-compose.yml and Dockerfile, read as Docker reads them, as far as the tests need it."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WITH_DEFAULT = re.compile(r"\$\{(\w+):-([^}]*)\}")


def filled(value, given):
    """Every ${NAME:-default} in a value."""
    if isinstance(value, dict):
        return {key: filled(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, given) for inner in value]
    if isinstance(value, str):
        return WITH_DEFAULT.sub(lambda found: given.get(found[1]) or found[2], value)
    return value


def compose(**given):
    """The file with these variables set on the host."""
    return filled(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), given)


def ours(document):
    """{name: service} of the services that run our image, the sleeping pod aside."""
    return {name: one for name, one in document["services"].items() if "build" in one and name != "pod"}


def dockerfile():
    """[(INSTRUCTION, arguments)] without comments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]
