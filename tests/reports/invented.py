"""The report of an invented district: everyone, every account and every picture in it is made up.

``invented_week.period_report()`` is a week as a compliance lead would meet it; here are the records it is made of.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from rollbook.formats import finding_id
from rollbook.period import (
    Archived,
    Reported,
    Thumbnail,
)
from rollbook.places import POLICIES
from rollbook.policy import Policy, read_policy
from rollbook.types import Account, Evidence, Finding, Post

DISTRICT = "Larkmoor Central School District"
UNTIL = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)  # six in the morning in New York
SINCE = UNTIL - timedelta(days=7)
POLICY: Policy = read_policy(POLICIES / "west-genesee-9125.3.toml")

ACCOUNTS = {
    account.key: account
    for account in (
        Account(
            "feed:https://www.larkmoor.example/news/feed", "district", "Office of Communications", "communications"
        ),
        Account("bluesky:larkmoorcsd.example", "district", "Office of Communications", "communications"),
        Account("bluesky:larkmoor-athletics.example", "district", "Athletics Office", "athletics"),
        Account("mastodon:library@schools.larkmoor.example", "district", "Ashgrove Library", "library"),
        Account("bluesky:ms-whitlow-reads.example", "employee", "Dana Whitlow", "teacher"),
        Account("bluesky:mr-okonjo-labs.example", "employee", "Felix Okonjo", "teacher"),
        Account("mastodon:coach_tarrant@fields.example", "employee", "Ines Tarrant", "coach"),
        Account("mastodon:larkmoor_strings@music.example", "employee", "Pavel Lindqvist", "orchestra director"),
        Account("feed:https://room12.pencilbox.example/atom.xml", "employee", "Noor Castellane", "teacher"),
        Account("feed:https://principalnotes.example/rss", "employee", "Gwen Abernathy-Stroud", "principal"),
        Account("mastodon:ashgrove_garden@commons.example", "employee", "Theo Marchetti", "teacher"),
        Account("bluesky:larkmoor-transport.example", "district", "Transportation", "office"),
    )
}
WEB = {
    "bluesky": "https://skyview.example/{}",
    "mastodon": "https://fields.example/{}",
    "feed": "https://pencilbox.example/{}",
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of October 2026 in New York, which is four hours behind."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) + timedelta(hours=4)


def post(account: str, number: int, text: str, created_at: datetime | None = None, **parts: Any) -> Post:
    """A post of one of the accounts."""
    network = account.partition(":")[0]
    parts.setdefault("url", WEB[network].format(number))
    return Post(
        f"{network}:{number}", account, network, parts.pop("kind", "post"), text, created_at or at(6, 10, 14), **parts
    )


def kept(seq: int, observed_at: datetime | None = None) -> Archived:
    """Where a version lies in the archive."""
    return Archived(
        seq,
        observed_at or at(6, 11),
        f"<urn:uuid:00000000-0000-4000-8000-{seq:012}>",
        "warc/2026/10/rollbook-20261006-00001.warc.gz",
        seq * 4_111,
        sha256(str(seq).encode()).hexdigest(),
    )


def picture(index: int = 0, seed: int = 0, orientation: int = 1) -> Thumbnail:
    """A drawn scene with blurred heads, half as large as the picture that it stands for."""
    width, height = 480, 320
    image = Image.new("RGB", (width, height), (196, 214, 222))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 2 // 3, width, height), fill=(132, 156, 110))
    draw.polygon([(0, height * 2 // 3), (90 + seed % 60, 120), (230, height * 2 // 3)], fill=(148, 160, 168))
    draw.polygon([(150, height * 2 // 3), (330, 90), (width, height * 2 // 3)], fill=(164, 172, 178))
    for place, shirt in enumerate([(92, 40, 60), (40, 70, 110), (170, 130, 50)]):
        x, y = 110 + place * 115, height // 2 + 10 - place * 9
        draw.rounded_rectangle((x - 34, y + 36, x + 34, height), 26, fill=shirt)
        draw.ellipse((x - 28, y - 30, x + 28, y + 34), fill=(206, 170, 146))
        head = (x - 34, y - 36, x + 34, y + 40)
        image.paste(image.crop(head).filter(ImageFilter.GaussianBlur(14)), head)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    stored = (960, 640) if orientation <= 4 else (640, 960)
    return Thumbnail(index, out.getvalue(), width, height, stored_px=stored, orientation=orientation)


def spot(where: str, text: str, quote: str) -> Evidence:
    """Evidence at the first place of the quote in the text."""
    start = text.index(quote)
    return Evidence(where, start, start + len(quote), quote)


def finding(about: Post, rule: str, message: str, evidence: Iterable[Evidence], **parts: Any) -> Reported:
    """A finding as the report gets it; ``parts`` replace what is given here."""
    evidence, its_rule = tuple(evidence), POLICY.rules[rule]
    severity, confidence = parts.pop("severity", its_rule.severity), parts.pop("confidence", 0.9)
    made = Finding(
        finding_id(about, rule, evidence),
        about.id,
        about.account,
        rule,
        its_rule.clause.cite,
        severity,
        confidence,
        message,
        evidence,
    )
    parts.setdefault("archived", kept(700 + int(about.id.rpartition(":")[2]) % 250))
    account = parts.pop("account", None) or ACCOUNTS.get(about.account) or Account(about.account, "employee")
    return Reported(
        made,
        its_rule,
        about,
        account,
        parts.pop("standing", "new"),
        parts.pop("found_at", UNTIL - timedelta(minutes=6)),
        **parts,
    )


def unregistered() -> Reported:
    """The profile of an account that is not on record, met in a post of the District."""
    account = "bluesky:ashgrove-lacrosse.example"
    about = post(account, 880, "Ashgrove Varsity Lacrosse\nScores and buses.", kind="profile")
    return finding(
        about, "unregistered-account", f"The account {account} presents itself as a team of the District, and is not in "
        "the register of accounts.", [spot("profile", about.text, "Ashgrove Varsity Lacrosse")],
        account=Account(account, "employee", role="not on record"), on_record=False,
        met_in=post("bluesky:larkmoorcsd.example", 881, "Well played, @ashgrove-lacrosse.example!"),
    )
