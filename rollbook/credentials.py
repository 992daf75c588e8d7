"""Where access tokens and keys come from: the environment first, then the system's keyring. Never from a file.

A credential has one name everywhere, that of its environment variable (``ROLLBOOK_X_BEARER_TOKEN``); the keyring keeps
it under the service ``rollbook``. None is a person's password: platforms give tokens for what Rollbook reads.
"""

from __future__ import annotations

import os

#: The keyring's service name.
SERVICE = "rollbook"


def credential(name: str) -> str:
    """The value of a credential, empty where there is none."""
    return os.environ.get(name, "").strip() or _from_keyring(name)


def _from_keyring(name: str) -> str:
    """From the system's keyring; empty where it has none, or the machine has no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return (keyring.get_password(SERVICE, name) or "").strip()
    except (KeyringError, RuntimeError):
        return ""
