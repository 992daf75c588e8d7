"""Measures how much disk an install takes: a fresh environment in build/size, filled from requirements.lock.

    python tools/install_size.py [PART...]      parts as in lock_part.py; `base` when none is given

The base install has a bound, so that it goes onto a small server; the exit code is 1 beyond it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What the base install may take without photographs. **Source**: the project's own target.
BOUND_MB = 300


def size_mb(folder: Path) -> float:
    """Disk blocks in use below a folder, hard links counted once. **Units**: 10**6 bytes."""
    seen = {(stat.st_dev, stat.st_ino): stat.st_blocks * 512 for stat in (path.lstat() for path in folder.rglob("*"))}
    return sum(seen.values()) / 1e6


def main(parts: list[str]) -> int:
    """Installs, prints the sizes of the largest packages and the sum."""
    venv = ROOT / "build" / "size"
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run(["bash", "tools/setup.sh", str(venv), *parts], cwd=ROOT, check=True)
    # What a server has after its first run: pip compiles at once, uv when a module is first imported.
    subprocess.run([venv / "bin" / "python", "-m", "compileall", "-q", venv / "lib"], check=False, capture_output=True)
    packages = next(venv.glob("lib/python*/site-packages"))
    sizes = sorted(((size_mb(folder), folder.name) for folder in packages.iterdir() if folder.is_dir()), reverse=True)
    for megabytes, name in sizes[:8]:
        print(f"{megabytes:8.1f} MB  {name}")
    total = size_mb(venv)
    print(f"{total:8.1f} MB  in all ({' + '.join(parts)})")
    if parts == ["base"] and total > BOUND_MB:
        print(f"more than the {BOUND_MB} MB that the base install may take", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["base"]))
