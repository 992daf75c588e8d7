"""Where access tokens and keys come from: the environment first, then the system's keyring. Never from a file.

A credential has one name everywhere, that of its environment variable (``ROLLBOOK_X_BEARER_TOKEN``); the keyring keeps
it under the service ``rollbook``. None is a person's password: platforms give tokens for what Rollbook reads.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rollbook.errors import AccessError, NoKeyring

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

#: The keyring's service name.
SERVICE = "rollbook"
#: Keyrings that write what they hold into a file of the user's, readable or as good as readable.
_FILES = re.compile(r"keyrings\.alt|plaintext", re.IGNORECASE)


#: Where a credential lies: ``closed`` where the keyring that may hold it cannot be opened; empty where it is missing.
Place = Literal["environment", "keyring", "closed", ""]


def credential(*names: str, optional: bool = False) -> str:
    """The value of the first of these credentials that is there, empty where none is.

    **Raises** AccessError (keyring-closed) where a keyring that may hold it cannot be opened; an ``optional`` one
    then counts as missing.
    """
    closed: AccessError | None = None
    for name in names:
        try:
            if value := _from_environment(name) or _from_keyring(name):
                return value
        except AccessError as err:  # the environment may have the next one
            closed = closed or err
    if closed is not None and not optional:
        raise closed
    return ""


def credential_name(network: str, whose: str = "", what: str = "TOKEN") -> str:
    """The name of a network's credential, of one account's or server's where that is named.

    ``credential_name("mastodon", "social.example")`` is ``ROLLBOOK_MASTODON_SOCIAL_EXAMPLE_TOKEN``.
    """
    return "_".join(["ROLLBOOK", *(spelled(part) for part in (network, whose, what) if part)])


def spelled(text: str) -> str:
    """A handle or a host as a part of a name: in capitals, with ``_`` for what a variable's name may not hold."""
    return re.sub("[^A-Z0-9]", "_", text.removeprefix("@").upper())


def place_of(name: str) -> Place:
    """Where a credential lies."""
    if _from_environment(name):
        return "environment"
    try:
        return "keyring" if _from_keyring(name) else ""
    except AccessError:
        return "closed"


def keep(name: str, value: str) -> None:
    """Puts a credential into the system's keyring. **Raises** NoKeyring with the reason."""
    from keyring.errors import KeyringError

    ring = _keyring()
    try:
        ring.set_password(SERVICE, name, value)
        kept = ring.get_password(SERVICE, name)
    except (KeyringError, RuntimeError, OSError) as err:  # its words name the credential, not the value
        raise NoKeyring(f"this system's keyring did not take it ({type(err).__name__})") from None
    if kept != value:
        raise NoKeyring("this system's keyring did not keep it")


def require_keyring() -> None:
    """**Raises** NoKeyring where this system has none that may hold a secret, or it cannot be opened."""
    _keyring()
    try:
        _from_keyring(SERVICE)
    except AccessError as err:
        raise NoKeyring(err.cause) from None


def forget(name: str) -> bool:
    """Removes a credential from the keyring; False where it held none. **Raises** AccessError, NoKeyring."""
    from keyring.errors import KeyringError

    if not _from_keyring(name):
        return False
    try:
        _keyring().delete_password(SERVICE, name)
    except (KeyringError, RuntimeError, OSError) as err:
        raise NoKeyring(f"this system's keyring did not give it up ({type(err).__name__})") from None
    return True


def _from_environment(name: str) -> str:
    return os.environ.get(name, "").strip()


def _from_keyring(name: str) -> str:
    """From the system's keyring; empty where it has none, or the machine has no keyring.

    **Raises** AccessError (keyring-closed).
    """
    try:
        return (_keyring().get_password(SERVICE, name) or "").strip()
    except NoKeyring:
        return ""
    except Exception as err:  # a locked one, and whatever else its many backends trip over
        problem = f"this system's keyring cannot be opened ({type(err).__name__}): unlock it, or set {name}"
        raise AccessError(problem, code="keyring-closed") from None


def _keyring() -> KeyringBackend:
    """The keyring to use: the system's, never one that is a plain file. **Raises** NoKeyring."""
    bus = Path(f"/run/user/{os.getuid()}/bus")
    if bus.is_socket():  # cron does not tell a run where its user's session is
        os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", f"unix:path={bus}")
    import keyring
    from keyring.backends import chainer, fail, null

    ring = keyring.get_keyring()
    rings = list(ring.backends) if isinstance(ring, chainer.ChainerBackend) else [ring]
    for one in rings:
        where = f"{type(one).__module__}.{type(one).__name__}"
        if not isinstance(one, (fail.Keyring, null.Keyring)) and not _FILES.search(where):
            return one
    if any(_FILES.search(type(one).__module__) for one in rings):
        raise NoKeyring("the only keyring here writes secrets into a file, and none is written there")
    raise NoKeyring(
        "this system offers no keyring to the user who runs this (on Linux the Secret Service of a desktop session, "
        "on macOS the Keychain)"
    )
