"""The records that every part of Rollbook passes on: frozen, plain, and without behaviour beyond their own fields.

Times are aware, dates are local to the District, text spans are half-open and count Unicode code points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

AccountKind = Literal["district", "employee"]
PostKind = Literal["post", "reply", "repost", "quote", "comment", "page", "profile"]
MediaType = Literal["image", "video", "audio", "file"]
Severity = Literal["urgent", "high", "medium", "low", "cleared"]
#: What a snapshot says of its post: met for the first time, met with other content, or established as gone.
State = Literal["new", "edited", "gone"]

#: From the one that a person looks at first to what was looked at and cleared.
SEVERITIES: tuple[Severity, ...] = ("urgent", "high", "medium", "low", "cleared")
#: ``Page.part`` of a picture or other media: its body is kept as a file of its own, not inside the WARC.
MEDIA_PART = "media"


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which an authorisation or an approval holds, both ends included."""

    #: First day.
    from_on: date
    #: Last day; None while it still holds.
    until_on: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class Hours:
    """Contract hours of one working day, local time, the end not included."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Account:
    """One row of the register: an account of the District, or a professional one that an employee registered."""

    #: ``network:handle``, as FORMATS.md spells it.
    key: str
    kind: AccountKind
    #: The employee's name, or the office that runs it.
    owner: str = ""
    role: str = ""
    registered_on: date | None = None
    #: When it may speak for the District; None where no authorisation is on record.
    spokesperson: Period | None = None
    #: When it may be used for instruction (written authorisation with parental consent).
    instruction: Period | None = None
    #: The owner's contract hours; None where they are not on record.
    hours: Hours | None = None

    @property
    def network(self) -> str:
        """What stands before the first colon of the key."""
        return self.key.partition(":")[0]

    @property
    def handle(self) -> str:
        """What stands after the first colon of the key."""
        return self.key.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Reference:
    """Another post that a post replies to, reposts or quotes; what the network told of it."""

    id: str
    account: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video, sound or file of a post."""

    type: MediaType
    #: Where the network serves it.
    url: str | None = None
    #: The author's description; None where none was given.
    alt: str | None = None
    #: The file, relative to the file that names it; None when only the description is known.
    path: str | None = None
    #: SHA-256 of the bytes in the archive; None when they are not held.
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One public post, or the profile of an account, as it stood when it was captured."""

    #: Unique over all networks: ``network:native id``.
    id: str
    #: The key of the account on record that made it.
    account: str
    network: str
    kind: PostKind
    text: str
    created_at: datetime
    url: str = ""
    edited_at: datetime | None = None
    #: BCP 47, as the network says; None where it says nothing.
    lang: str | None = None
    reply_to: Reference | None = None
    repost_of: Reference | None = None
    quote_of: Reference | None = None
    links: tuple[str, ...] = ()
    #: As they are written, without "@".
    mentions: tuple[str, ...] = ()
    #: As they are written, without "#".
    hashtags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a network as it was archived: all that a parser may read."""

    #: The account it was fetched for.
    account: str
    #: What the collector asked for, in the collector's own words: ``timeline``, ``profile``, ``lookup``…
    part: str
    url: str
    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    #: Content codings undone, secrets redacted.
    body: bytes
    fetched_at: datetime
    #: What the parser needs beyond the body (a DID, the base address); kept in the archive with the page.
    context: Mapping[str, str] = field(default_factory=dict)
    #: WARC-Record-ID of the response; empty for a page that was not archived.
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """An item of a page that could not be read: the raw bytes stay in the archive, the others go on."""

    #: Where in the page: ``items[3]``, ``entry 2``, a native id.
    where: str
    #: What is wrong with it, in a sentence for a person.
    problem: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one page yields: its posts in the page's order, and what could not be read."""

    posts: tuple[Post, ...] = ()
    marked: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One post as it was seen once: never changed; an edit or a deletion is a further snapshot."""

    #: Place in the ledger: unique, growing.
    seq: int
    post: Post
    state: State
    observed_at: datetime
    #: SHA-256 of the content that tells one version from another (``rollbook.formats.fingerprint``).
    content_sha256: str
    #: The capture it was read from; for ``gone``, the look-up that established it.
    record_id: str
    #: For ``gone``: how the deletion was established, in words.
    how: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place in a post that a finding points at."""

    #: ``text``, ``profile``, ``alt:N``, ``ocr:N``, ``image:N``, ``link:N`` or ``time``.
    where: str
    #: Half-open span of code points in that text.
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    #: x, y, width, height in pixels of the picture as stored, for ``image:N``.
    box: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A possible risk that a person is to look at: evidence, clause, and why; never a verdict."""

    #: The same for the same post, rule and evidence, in every run.
    id: str
    post: str
    account: str
    rule: str
    clause: str
    severity: Severity
    #: 0 to 1: how sure the analyzer is that the guide calls this a finding.
    confidence: float
    #: A plain sentence: what was seen and why it may matter, or why it was cleared.
    message: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A check that could not be finished: shown as such, never as "nothing found"."""

    post: str
    account: str
    rule: str
    #: What kept it from being finished, in a sentence for a person.
    reason: str
