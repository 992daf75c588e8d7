"""What each network wants before it shows posts: the data of ``config/access/``, read and checked.

An office person reads the steps; ``rollbook connect`` asks for the credentials. Where a network lets programs ask its
user in the browser (OAuth 2), the addresses stand there too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from rollbook.credentials import spelled
from rollbook.errors import ConfigError
from rollbook.places import CONFIG
from rollbook.types import Account

ACCESS = CONFIG / "access"


@dataclass(frozen=True, slots=True)
class Asked:
    """One credential that a network wants."""

    #: May hold ``{account}`` or ``{host}``: then each account, or each server, has its own.
    name: str
    #: What the network's own page calls it.
    label: str
    #: What it has to look like, so that nothing else is pasted by mistake, a password least of all.
    form: re.Pattern[str]
    #: The same in words.
    looks: str
    #: One for all accounts serves where an account has none of its own.
    or_name: str = ""
    #: False for what may be read by everybody: it is shown while it is typed.
    secret: bool = True
    #: False for what is needed once, and not kept.
    kept: bool = True
    optional: bool = False
    #: How long it lives where the network does not say; None for as long as nobody takes it back.
    lasts_days: int | None = None
    #: The token itself; what renews it. The others are the app's.
    token: bool = False
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a network about a token; the parameters name credentials in braces."""

    url: str
    parameters: Mapping[str, str]
    method: Literal["GET", "POST"] = "GET"
    #: For a renewal: how old the token has to be. **Units**: hours.
    after_hours: int = 0
    #: Which field of the answer is wanted; a full stop leads into an object.
    field: str = ""
    #: The credential that goes into a header (RFC 6750) in the place of a parameter.
    bearer: str = ""


@dataclass(frozen=True, slots=True)
class Authorize:
    """How a program asks the account's owner in the browser. **Source**: RFC 6749, 7636 (PKCE) and 8252 (loopback)."""

    url: str
    token_url: str
    #: Of the redirect address, as it was registered.
    path: str
    scopes: str
    #: Where a server takes new apps; empty where a person registers the app.
    register_url: str = ""
    id_parameter: str = "client_id"
    id: str = ""
    secret: str = ""
    challenge: Literal["base64", "hex"] = "base64"


@dataclass(frozen=True, slots=True)
class Access:
    """How a district gets to read one network."""

    network: str
    title: str
    why: str
    #: What has to be settled first; empty for nothing.
    before: str = ""
    steps: tuple[str, ...] = ()
    #: What each permission is for.
    permissions: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[Asked, ...] = ()
    #: Whose the token is: the District's for all accounts, each account's, either of the two, or each server's.
    whose: Literal["", "account", "either", "host"] = ""
    #: False where accounts may well be read without.
    needed: bool = True
    authorize: Authorize | None = None
    exchange: Call | None = None
    inspect: Call | None = None
    whoami: Call | None = None
    #: Meta's: the Pages that a token opens.
    pages: Call | None = None
    #: Meta's: the Page that a Page's own token is of.
    page: Call | None = None
    renew: Call | None = None
    #: What the account's owner may permit beyond it, by a way of its own.
    owner: Access | None = None

    def name_for(self, asked: Asked, account: Account | None) -> str:
        """The credential's name for one account, or for all of them."""
        if account is None:
            return asked.or_name or asked.name
        return asked.name.format(account=spelled(account.handle), host=spelled(host_of(account)))

    @property
    def ways(self) -> tuple[Access, ...]:
        """This way in, and the owner's where there is one."""
        return (self, self.owner) if self.owner else (self,)

    @property
    def token(self) -> Asked:
        """The credential that opens the network."""
        return next(one for one in self.credentials if one.token)

    @property
    def asks(self) -> tuple[Asked, ...]:
        """What a person is asked for; the browser brings the rest."""
        return tuple(one for one in self.credentials if not (self.authorize and (one.token or one.refresh)))


def host_of(account: Account) -> str:
    """The server of an account whose handle names one, like ``office@social.example``."""
    return account.handle.rpartition("@")[2].lower()


@cache
def access_to() -> Mapping[str, Access]:
    """Every network that Rollbook knows how to be let into, by name."""
    found = {file.stem: _read(file.stem, tomllib.loads(file.read_text(encoding="utf-8")))
             for file in sorted(ACCESS.glob("*.toml")) if file.stem != "nothing"}
    nothing = tomllib.loads((ACCESS / "nothing.toml").read_text(encoding="utf-8"))
    return found | {name: Access(name, **words, needed=False) for name, words in nothing.items()}


def find_access(network: str) -> Access:
    """How to get to read a network. **Raises** ConfigError."""
    found = access_to().get(network)
    if found is None:
        raise ConfigError(f"no way into {network!r} is known", expected=", ".join(sorted(access_to())))
    return found


def _read(network: str, data: dict[str, Any]) -> Access:
    parts = dict(data)
    calls: dict[str, Any] = {
        name: Call(**parts.pop(name))
        for name in ("exchange", "inspect", "whoami", "pages", "page", "renew") if name in parts
    }
    authorize = Authorize(**parts.pop("authorize")) if "authorize" in parts else None
    owner = _read(network, parts.pop("owner")) if "owner" in parts else None
    asked = tuple(_asked(row) for row in parts.pop("credentials"))
    permissions = {row["name"]: row["why"] for row in parts.pop("permissions", [])}
    steps = tuple(parts.pop("steps"))
    return Access(
        network=network, steps=steps, permissions=permissions, credentials=asked, authorize=authorize, owner=owner,
        **calls, **parts,
    )


def _asked(row: dict[str, Any]) -> Asked:
    # What the browser brings has no form of ours: any token of RFC 6749, appendix A.12.
    form = re.compile(row.pop("form", "[!-~]{8,4096}"), re.ASCII)
    return Asked(form=form, looks=row.pop("looks", ""), **row)
