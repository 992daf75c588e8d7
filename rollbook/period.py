"""What the report of a period says: plain records that every format writes out, made from the archive in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rollbook.policy import Policy, Rule
from rollbook.types import Account, Finding, Post, State

#: ``new`` since the last report; ``standing`` from before; ``ended``: the post was edited or deleted, or a rule,
#: register or policy changed, so that the finding no longer holds.
Standing = Literal["new", "standing", "ended"]


@dataclass(frozen=True, slots=True)
class Archived:
    """The archived version that a reader can ask the records officer for."""

    #: Place in the ledger.
    seq: int
    observed_at: datetime
    #: WARC-Record-ID of the capture it was read from.
    record_id: str
    #: Relative to the archive.
    warc_file: str
    warc_offset: int
    #: SHA-256 of the captured answer's body.
    payload_sha256: str


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small copy of a picture for the report, faces blurred unless asked otherwise."""

    #: Place in ``post.media``.
    index: int
    #: A JPEG; None where the picture cannot be shown (``why`` says so).
    jpeg: bytes | None
    width_px: int = 0
    height_px: int = 0
    alt: str = ""
    why: str = ""
    #: Width and height of the picture as stored, which boxes of evidence count in; (0, 0) where not known.
    stored_px: tuple[int, int] = (0, 0)
    #: EXIF orientation, 1 to 8: how the stored picture is turned or mirrored to be upright, as the thumbnail is.
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding with all that a person needs to decide."""

    finding: Finding
    rule: Rule
    post: Post
    account: Account
    standing: Standing
    found_at: datetime
    archived: Archived | None
    #: Whether the post still stands on its network: ``gone`` once a deletion was established.
    state: State = "new"
    #: Why the finding ended, in words; empty otherwise.
    ended: str = ""
    pictures: tuple[Thumbnail, ...] = ()
    #: Whether the account stands in the register today.
    on_record: bool = True
    #: For an account that was never on record: the District's post that points at it.
    met_in: Post | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A post that was edited or deleted in the period, or is new in it."""

    state: State
    post: Post
    account: Account
    observed_at: datetime
    #: The version before an edit or a deletion.
    before: Post | None = None
    #: For a deletion: how it was established.
    how: str = ""
    archived: Archived | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """One account's line in the completeness table: a network that did not answer is a gap, never a quiet week."""

    account: Account
    #: How many posts the network says the account has; None where it does not say.
    expected: int | None
    #: Posts in the archive that are not gone, comments left out, which no network counts.
    held: int
    #: In this period.
    new: int
    edited: int
    gone: int
    #: Pictures and other media that could not be kept, records that could not be read.
    media_failed: int = 0
    marked: int = 0
    #: The last visit that finished; None when there was none.
    last_good_at: datetime | None = None
    #: Since when visits fail; None while they do not.
    failing_since: datetime | None = None
    #: The error's stable code and its sentence; empty while visits finish.
    code: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NotCheckedGroup:
    """Checks of one rule that could not be finished for one reason."""

    rule: str
    reason: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Previous:
    """The report before this one."""

    made_at: datetime
    until: datetime
    #: Findings that were open in it, by severity.
    open: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What the archive holds and whether its last check was clean."""

    records: int
    posts: int
    media: int
    #: Chain value of the newest ledger entry: whoever kept it can prove that nothing before it changed.
    head: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """The report of a period, whatever its format.

    **Shape**: ``findings`` (never cleared ones) by severity, then new before standing before ended, then confidence,
    then time; ``cleared`` and ``changes`` newest first; ``completeness`` with failing accounts first.
    """

    district: str
    policy: Policy
    timezone: str
    #: None where the period begins with the archive.
    since: datetime | None
    until: datetime
    made_at: datetime
    version: str
    previous: Previous | None
    findings: tuple[Reported, ...]
    cleared: tuple[Reported, ...]
    not_checked: tuple[NotCheckedGroup, ...]
    changes: tuple[Change, ...]
    completeness: tuple[Completeness, ...]
    #: Protected speech that was dropped before it was stored: how often, by category; nothing else is kept.
    dropped: Mapping[str, int]
    archive: ArchiveState
    #: Rules that this policy has switched off or that no analyzer serves, with the reason.
    rules_not_run: Mapping[str, str] = field(default_factory=dict)
    #: Whether faces in thumbnails are blurred.
    blurred: bool = True
    #: How many posts were met for the first time; ``changes`` lists the newest of them only.
    new_posts: int = 0
