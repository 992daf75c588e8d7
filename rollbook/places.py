"""Where the installed program keeps the data that it ships: built-in policies, the sample district, cron templates."""

from __future__ import annotations

from pathlib import Path

#: The folder that holds ``rollbook/``, ``config/`` and ``cron/``: the checkout, or the environment's site-packages.
ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
POLICIES = CONFIG / "policies"
CRON = ROOT / "cron"
