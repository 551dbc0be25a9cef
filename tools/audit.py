"""Ask for known vulnerabilities of everything in the locks, where the service can be reached.

    python tools/audit.py

pip-audit asks the Python Packaging Advisory Database. The exit status is 1 if a locked version has
a known vulnerability that is not in EXCEPTIONS. Without a network, or behind an index that has no
advisories, nothing can be said: the script says so and succeeds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-serving.lock")
# Vulnerabilities that do not concern Inkling, by id, each with the reason. None so far.
EXCEPTIONS: dict[str, str] = {}
# Seconds for one lock. Each package is asked about on its own.
TIMEOUT = 120.0


def main() -> int:
    """Audit both locks; return the exit status."""
    found = [problem for lock in LOCKS for problem in audit(lock)]
    for problem in sorted(set(found)):
        print(f"tools/audit.py: {problem}", file=sys.stderr)
    return 1 if found else 0


def audit(lock: str) -> list[str]:
    """The known vulnerabilities of a lock, a sentence each; how much was asked goes to stdout."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"),
        *("--progress-spinner", "off", "--format", "json", "--requirement", str(ROOT / lock)),
    ]
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
        packages: list[dict[str, Any]] = json.loads(result.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print(f"{lock}: the service of advisories cannot be reached; nothing was checked.")
        return []
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        print(f"{lock}: the service knows none of {len(packages)} packages; nothing was checked.")
        return []
    print(f"{lock}: {len(known)} of {len(packages)} packages were checked.")
    return [
        f"{package['name']} {package['version']} has {advisory['id']}"
        for package in known
        for advisory in package["vulns"]
        if advisory["id"] not in EXCEPTIONS
    ]


if __name__ == "__main__":
    sys.exit(main())
