"""Every error that Rollbook raises on purpose, each with the exit code that a monitor reads.

::

    RollbookError                       1
    ├── ConfigError                     2   command line, workspace, register or policy is wrong
    ├── PluginError                     3   a collector, analyzer or report does not load
    ├── Busy                            1   another run holds the workspace
    ├── NotWritten                      1   the archive's disk is full, or fails
    ├── NoKeyring                       1   this system keeps no secrets for the user who runs this
    ├── TimeLimit                       1   the run's time limit was reached; what it did is kept
    ├── CollectError                    1   an account could not be read: account, place, cause
    │   ├── NetworkError                    no answer, or none that may be used
    │   │   ├── AddressRefused              an address that the workspace does not allow
    │   │   ├── TooLarge                    more bytes than the bound
    │   │   └── RateLimited                 the platform said "later"
    │   ├── AccessError                     the platform wants a permission that is missing or expired
    │   ├── AccountGone                     deleted, suspended, deactivated or made private
    │   └── PageError                       an answer that is not what was asked for
    ├── MediaError                      1   a picture that is no picture, or may not be opened
    ├── FormatError                     1   a line of a posts file that is no post
    └── ArchiveError                    5   the archive is not what the ledger says
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType


class RollbookError(Exception):
    """Something a person can act on; the message is one sentence that says what to do."""

    exit_code = 1


class ConfigError(RollbookError):
    """A setting, a register row, a policy or the command line is wrong: file, place, and what was expected."""

    exit_code = 2

    def __init__(self, problem: str, *, file: Path | str | None = None, place: str = "", expected: str = "") -> None:
        self.file, self.place, self.expected, self.problem = file, place, expected, problem
        parts = [str(file) if file else "", place]
        where = ", ".join(part for part in parts if part)
        text = f"{where}: {problem}" if where else problem
        super().__init__(f"{text}; expected {expected}" if expected else text)


class PluginError(RollbookError):
    """A plugin file does not import, or is not what its folder promises; names the file."""

    exit_code = 3


class Busy(RollbookError):
    """Another run holds the workspace's lock."""


class NotWritten(RollbookError):
    """The archive cannot be written any more (a full disk); what was acknowledged is safe, and the next run goes on."""


class NoKeyring(RollbookError):
    """This system has no keyring, or it did not take a secret; nothing was written anywhere else."""


class TimeLimit(RollbookError):
    """The run's time limit was reached between two steps; what was acknowledged stays."""


class CollectError(RollbookError):
    """An account, or one page of it, could not be read; the other accounts go on.

    ``code`` is stable and machine-readable; it stands in the completeness table beside the sentence.
    """

    code = "failed"
    #: What the next visit begins with instead of the last one's cursor; empty where nothing was read to its end.
    cursor: Mapping[str, str] = MappingProxyType({})

    def __init__(self, cause: str, *, account: str = "", place: str = "", code: str | None = None) -> None:
        self.cause, self.account, self.place = cause, account, place
        if code is not None:
            self.code = code
        super().__init__(": ".join(part for part in (account, place, cause) if part))


class NetworkError(CollectError):
    """No answer arrived, or none that may be used (DNS, connection, TLS, time-out, 5xx after retries).

    Codes: ``unreachable``, ``server-error`` (5xx), ``redirects`` (too many).
    """

    code = "unreachable"


class AddressRefused(NetworkError):
    """The address lies inside the machine's own networks and the workspace does not allow it."""

    code = "address-refused"


class TooLarge(NetworkError):
    """The answer is larger than the bound, packed or unpacked; what was read is dropped."""

    code = "too-large"


class RateLimited(NetworkError):
    """The platform asked to come back later."""

    code = "rate-limited"

    def __init__(
        self, cause: str, *, account: str = "", place: str = "", code: str | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(cause, account=account, place=place, code=code)
        #: When the platform allows the next request; None where it did not say.
        self.retry_at = retry_at


class AccessError(CollectError):
    """A permission is missing, was withdrawn or has expired; the account's owner has to act."""

    code = "no-access"


class AccountGone(CollectError):
    """The account itself is deleted, suspended, deactivated or private: ``code`` says which."""

    code = "account-gone"


class PageError(CollectError):
    """The answer is not what was asked for.

    Codes: ``not-a-feed``, ``not-json``, ``truncated``, ``wrong-charset``, ``login-page``, ``schema`` (a field is
    missing or of another type), ``foreign-id`` (an id that is not the account's), ``cursor-loop``, ``coding`` (packed
    in a way that cannot be undone), ``too-long``, ``too-many-pages``, ``http-404`` and the like (a status that was not
    expected), ``foreign-link`` (a next page on another host), ``bad-handle``, ``setting``.
    """

    code = "schema"


class MediaError(RollbookError):
    """A picture that is no picture, is damaged, or is too large to open safely: the check is "not checked"."""


class FormatError(RollbookError):
    """A line of a posts file is no post of the public format: file, line, and what was expected."""


class ArchiveError(RollbookError):
    """What the archive holds is not what its ledger says."""

    exit_code = 5
