"""Who a Bluesky account is and where its repository lies: handle, DID, DID document, server; and how they are asked.

**Source**: https://atproto.com/specs/handle, /specs/did and the lexicons com.atproto.identity, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from rollbook.errors import AccountGone, AddressRefused, CollectError, NetworkError, PageError, RateLimited
from rollbook.http import Door
from rollbook.pages import Item, read_item, read_json
from rollbook.plugins import Visit
from rollbook.types import Page

APPVIEW = "https://public.api.bsky.app"
PLC = "https://plc.directory"
_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]{1,253}(?:%3A[0-9]{1,5})?)")
_HANDLE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: What a server calls the state of an account, and what we call it.
_STATES = {
    "deactivated": "deactivated", "suspended": "suspended", "takendown": "taken-down", "deleted": "deleted",
    "RepoDeactivated": "deactivated", "RepoSuspended": "suspended", "RepoTakendown": "taken-down",
    "RepoNotFound": "not-found", "AccountDeactivated": "deactivated", "AccountTakedown": "taken-down",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose repository is read, and where it lies."""

    did: str
    handle: str
    pds: str

    @property
    def context(self) -> dict[str, str]:
        return {"did": self.did, "handle": self.handle, "pds": self.pds}


@dataclass(slots=True)
class Network:
    """The services of one visit."""

    visit: Visit
    door: Door
    appview: str = field(init=False)
    plc: str = field(init=False)
    resolver: str = field(init=False)

    def __post_init__(self) -> None:
        self.appview = self.visit.address("appview", APPVIEW, may_be_empty=True)
        self.plc = self.visit.address("plc", PLC)
        self.resolver = self.visit.address("resolver", self.appview or APPVIEW)

    @property
    def key(self) -> str:
        return self.visit.account.key

    def ask(
        self, server: str, method: str, part: str, context: Mapping[str, str], params: Mapping[str, str | int],
        accept: tuple[int, ...] = (200,),
    ) -> Page:
        """Calls one method of a server."""
        url = f"{server}/xrpc/{method}"
        return self.door.fetch(url, account=self.key, part=part, context=context, params=params, accept=accept)

    # -- who is it -----------------------------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Resolves what the register says to a repository, both ways. **Raises** CollectError."""
        registered = self.visit.account.handle.removeprefix("@")
        known = self.visit.cursor.get("id", "")
        if registered.startswith("did:"):
            did, handle = registered, ""
        else:
            handle = registered.lower()
            did = self._resolve(handle, known)
        document = self.document(did)
        names = [name.removeprefix("at://").lower() for name in document.texts("alsoKnownAs") if name.startswith("at://")]
        if handle and handle not in names:
            now = f"; it calls itself {names[0]} now" if names else ""
            raise self._foreign(f"{did} does not know the handle {handle}{now}: correct the register")
        if known and did != known:
            raise self._foreign(f"{handle} is {did} now, no longer {known}: is it still the registered account?")
        return Identity(did, handle or next(iter(names), ""), pds_of(document))

    def _resolve(self, handle: str, known: str) -> str:
        if _HANDLE.fullmatch(handle) is None:
            problem = f"{handle!r} is no handle; expected a name like school.example"
            raise CollectError(problem, account=self.key, code="bad-handle")
        page = self._quietly(f"{self.resolver}/xrpc/com.atproto.identity.resolveHandle", {"handle": handle})
        did = read_item(read_json(page), page.part, self.key).words("did") if page and page.status == 200 else ""
        if not did:
            own = self._quietly(f"https://{handle}/.well-known/atproto-did", {})
            did = own.body[:300].decode("ascii", "ignore").strip() if own and own.status == 200 else ""
            if page is None and own is None:
                problem = f"nobody says which account {handle} is: {self.resolver} does not answer"
                raise NetworkError(problem, account=self.key)
        if _DID.fullmatch(did):
            return did
        if known:
            names = self.document(known).texts("alsoKnownAs")
            if f"at://{handle}" in (name.lower() for name in names):
                return known  # an AppView finds no handle of an account that was taken down: its own server says more
            now = ", ".join(names) or "no name"
            raise self._foreign(f"{handle} is given up; its account calls itself {now} now: correct the register")
        raise AccountGone(f"there is no account with the handle {handle}", account=self.key, code="not-found")

    def _foreign(self, problem: str) -> PageError:
        return PageError(problem, account=self.key, place="identity", code="foreign-id")

    def _quietly(self, url: str, params: Mapping[str, str]) -> Page | None:
        """A page that another one can stand in for."""
        try:
            return self.door.fetch(url, account=self.key, part="identity", params=params, accept=(200, 400, 404))
        except (RateLimited, AddressRefused):
            raise
        except CollectError:
            return None

    def document(self, did: str) -> Item:
        """The public document of an identity. **Raises** CollectError."""
        if _DID.fullmatch(did) is None:
            problem = f"{did!r} is no DID; expected did:plc:… or did:web:…"
            raise CollectError(problem, account=self.key, code="bad-handle")
        host = unquote(did.removeprefix("did:web:"))
        url = f"https://{host}/.well-known/did.json" if did.startswith("did:web:") else f"{self.plc}/{did}"
        page = self.door.fetch(url, account=self.key, part="identity", accept=(200, 404, 410))
        if page.status != 200:
            code = "deleted" if page.status == 410 else "not-found"
            raise AccountGone(f"the identity {did} is not on record (HTTP {page.status})", account=self.key, code=code)
        document = read_item(read_json(page), "identity", self.key)
        if document.words("id") != did:
            raise document.refuse(f"the document is {document.words('id')!r}, not {did}", code="foreign-id")
        return document


def pds_of(document: Item) -> str:
    """The account's own server. **Source**: https://atproto.com/specs/did, "Service": id ends in #atproto_pds."""
    for service in document.items("service"):
        if service.words("id").endswith("#atproto_pds"):
            endpoint = service.words("serviceEndpoint").rstrip("/")
            try:
                parts = urlsplit(endpoint)
            except ValueError:  # http://[
                continue
            plain = not (parts.path or parts.query or parts.username)
            if parts.scheme in ("http", "https") and parts.hostname and plain:
                return endpoint
    raise document.refuse("the identity names no server of its own (#atproto_pds)")


def gone(network: Network, state: str, server: str) -> CollectError:
    """The error for what a server says of an account that it does not show."""
    code = _STATES.get(state)
    if code is None:
        problem = f"{server} refuses the account: {state or 'without a reason'}"
        return PageError(problem, account=network.key, place="state")
    return AccountGone(f"{server} says that the account is {code}", account=network.key, code=code)
