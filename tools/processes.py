"""Run several processes of the app behind nginx, with deploy/nginx.conf, on this computer.

    python tools/processes.py --count 2 --port 8500

It needs nginx. The processes share the database of $INKLING_DATABASE. Ctrl-C stops all of them.
The configuration is that of a server; only ports and folders are other ones.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.browser import ROOT, free_port, running_app, wait_until_served

CONFIG = ROOT / "deploy" / "nginx.conf"
INCLUDED = "/etc/nginx/inkling/processes.conf"
# What surrounds the server's configuration, all of it in one folder.
MAIN = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/server.conf;
}}
"""


@contextlib.contextmanager
def running_processes(count: int, port: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Serve the app by several processes, and stop them afterwards.

    Args:
        count: how many processes.
        port: of nginx; 0 for a free one.

    Yields:
        nginx' address, and those of the processes behind it.
    """
    port = port or free_port()
    # Streamlit signs its cookies; all processes must accept each other's.
    os.environ.setdefault("STREAMLIT_SERVER_COOKIE_SECRET", secrets.token_hex(16))
    with contextlib.ExitStack() as stack:
        addresses = [stack.enter_context(running_app()) for _ in range(count)]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inkling-nginx-")))
        stack.enter_context(_running_nginx(folder, port, addresses))
        yield f"http://127.0.0.1:{port}", addresses


@contextlib.contextmanager
def _running_nginx(folder: Path, port: int, addresses: list[str]) -> Iterator[None]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    text = CONFIG.read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace(INCLUDED, str(folder / "processes.conf"))
    lines = (f"server {address.removeprefix('http://')};\n" for address in addresses)
    (folder / "processes.conf").write_text("".join(lines), encoding="utf-8")
    (folder / "server.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command) as server:
        try:
            wait_until_served(server, f"http://127.0.0.1:{port}/_stcore/health", "nginx")
            yield
        finally:
            server.terminate()


def main() -> int:
    """Run the processes until Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=2, help="how many processes")
    parser.add_argument("--port", type=int, default=8500, help="of nginx")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        running_processes(options.count, options.port) as (address, behind),
    ):
        print(f"{address}, served by {', '.join(behind)}. Ctrl-C stops them.", flush=True)
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
