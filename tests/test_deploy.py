"""deploy/: what its files say, because they cannot be run in a test.

Building the image needs Docker, and running nginx needs nginx; see deploy/README.md for what was
tried by hand.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from inkling.paths import ROOT

DEPLOY = ROOT / "deploy"
# What the app reads at run time, beside the packages.
NEEDED = ("app.py", "pages", "inkling", "assets", "model", ".streamlit", "benchmarks/results")
PORT = "8501"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, in order, each on one line."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line
    ]


def values(name: str) -> list[str]:
    return [value for instruction, value in instructions() if instruction == name]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def servers(name: str) -> list[str]:
    """The addresses of a list of processes."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return re.findall(r"^server (\S+);$", text, re.MULTILINE)


def test_the_image_is_slim_and_does_not_run_as_root() -> None:
    assert values("FROM") == ["python:3.11-slim"]
    assert values("USER") == ["10001"]
    names = [name for name, _ in instructions()]
    # What is installed and copied belongs to root, so the app cannot change it.
    last = max(place for place, name in enumerate(names) if name in ("COPY", "RUN"))
    assert last < names.index("USER") < names.index("CMD")


def test_the_image_installs_the_serving_lock_with_hashes_and_trains_nothing() -> None:
    installs = [value for value in values("RUN") if "pip install" in value]
    assert len(installs) == 1
    assert "--require-hashes -r requirements-serving.lock" in installs[0]
    locked = (ROOT / "requirements-serving.lock").read_text(encoding="utf-8")
    assert re.search(r"^streamlit==", locked, re.MULTILINE)
    assert re.search(r"^psycopg-binary==", locked, re.MULTILINE)
    assert not re.search(r"^(tensorflow|keras)==", locked, re.MULTILINE)
    assert "INKLING_TRAINING=off" in values("ENV")[0]


def test_the_image_holds_what_the_app_needs() -> None:
    sources = [source for value in values("COPY") for source in value.split()[:-1]]
    assert set(NEEDED) <= set(sources)
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert allowed[1] == "*"
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in allowed


def test_the_container_is_checked_and_writes_in_two_places(
    compose: dict[str, Any],
) -> None:
    assert "/_stcore/health" in values("HEALTHCHECK")[0]
    assert f"127.0.0.1:{PORT}" in values("HEALTHCHECK")[0] and values("EXPOSE") == [PORT]
    environment = dict(part.split("=", 1) for part in shlex.split(values("ENV")[0]))
    assert environment["XDG_DATA_HOME"] in values("VOLUME") and environment["HOME"] == "/tmp"
    for name in ("app1", "app2"):
        app = compose["services"][name]
        assert app["read_only"] is True and app["tmpfs"] == ["/tmp"]
        assert app["volumes"] == ["data:/data"]
        assert app["cap_drop"] == ["ALL"] and app["mem_limit"]
        assert "ports" not in app


def test_the_container_listens_to_all_and_starts_the_readme_s_command() -> None:
    command = " ".join(values("CMD"))
    assert '"streamlit", "run", "app.py"' in command
    assert "--server.address=0.0.0.0" in command and f"--server.port={PORT}" in command


def test_nginx_knows_every_process_of_the_compose_file(compose: dict[str, Any]) -> None:
    services = compose["services"]
    apps = [name for name, service in services.items() if service["image"] == "inkling"]
    assert len(apps) >= 2
    assert servers("processes.conf") == [f"{name}:{PORT}" for name in apps]
    assert set(services["nginx"]["depends_on"]) == set(apps)
    for service in services.values():
        for other in service.get("depends_on", ()):
            assert other in services
    mounted = [volume.split(":")[0] for volume in services["nginx"]["volumes"]]
    assert all((DEPLOY / name).is_file() for name in mounted)
    # All processes have one database and one secret, without which a browser could not change over.
    environments = [services[name]["environment"] for name in apps]
    assert all(environment == environments[0] for environment in environments)
    assert {"INKLING_DATABASE", "STREAMLIT_SERVER_COOKIE_SECRET"} <= set(environments[0])
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"PASSWORD: (?!\$\{)", text)


def test_nginx_is_sticky_and_passes_sockets_and_large_files() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    assert "hash $inkling_process consistent;" in text
    assert "inkling_process=$request_id;" in text and "map $cookie_inkling_process" in text
    assert "proxy_set_header Upgrade $http_upgrade;" in text
    assert "proxy_set_header Host $http_host;" in text
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", text)
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    (upload,) = re.findall(r"^maxUploadSize = (\d+)$", config, re.MULTILINE)
    assert int(limit) > int(upload)


def test_the_unit_of_systemd_starts_the_app_on_its_port_without_rights() -> None:
    text = (DEPLOY / "systemd" / "inkling@.service").read_text(encoding="utf-8")
    assert "run app.py --server.address=127.0.0.1 --server.port=%i" in text
    for line in (
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
    ):
        assert line in text.splitlines()
    ports = [address.partition(":")[2] for address in servers("systemd/processes.conf")]
    assert all(f"inkling@{port}" in text for port in ports)


def test_no_file_of_deploy_is_unexplained() -> None:
    said = (DEPLOY / "README.md").read_text(encoding="utf-8")
    said += "".join(path.read_text(encoding="utf-8") for path in DEPLOY.glob("*.yaml"))
    said += (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    said += (ROOT / "tools" / "lock.py").read_text(encoding="utf-8")
    files = [path for path in DEPLOY.rglob("*") if path.is_file() and path.name != ".env"]
    unnamed = {path.name for path in files if path.name not in said}
    # Docker finds the former by its name.
    assert unnamed <= {"Dockerfile.dockerignore", "README.md"}
