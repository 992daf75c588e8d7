"""The public formats as code: posts, findings and their identity (FORMATS: docs/formats.md).

Reading is strict and names the line; writing keeps the documented order of the fields.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, get_args
from urllib.parse import parse_qs

from rollbook.errors import FormatError
from rollbook.types import SEVERITIES, Evidence, Finding, Media, MediaType, Post, PostKind, Reference

POST_KINDS: tuple[str, ...] = get_args(PostKind)
MEDIA_TYPES: tuple[str, ...] = get_args(MediaType)


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value that is hashed: sorted keys, no spaces, UTF-8. **Source**: RFC 8785's idea."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _reference_json(reference: Reference | None) -> dict[str, str] | None:
    if reference is None:
        return None
    return {"id": reference.id, "account": reference.account, "text": reference.text}


def media_json(media: Media) -> dict[str, Any]:
    """A media item as FORMATS spells it; ``sha256`` is added where the bytes are held."""
    item: dict[str, Any] = {"type": media.type, "path": media.path, "url": media.url, "alt": media.alt}
    if media.sha256 is not None:
        item["sha256"] = media.sha256
    return item


def post_json(post: Post) -> dict[str, Any]:
    """A post as FORMATS spells it, its fields in the documented order."""
    return {
        "id": post.id,
        "account": post.account,
        "network": post.network,
        "kind": post.kind,
        "url": post.url,
        "created_at": post.created_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        "lang": post.lang,
        "text": post.text,
        "reply_to": _reference_json(post.reply_to),
        "repost_of": _reference_json(post.repost_of),
        "quote_of": _reference_json(post.quote_of),
        "links": list(post.links),
        "mentions": list(post.mentions),
        "hashtags": list(post.hashtags),
        "media": [media_json(item) for item in post.media],
    }


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """An evidence item as FORMATS spells it: only the fields that it has."""
    item: dict[str, Any] = {"where": evidence.where}
    for name in ("start", "end", "quote"):
        value = getattr(evidence, name)
        if value is not None:
            item[name] = value
    if evidence.box is not None:
        item["box"] = list(evidence.box)
    return item


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as FORMATS spells it."""
    return {
        "finding": finding.id,
        "post": finding.post,
        "account": finding.account,
        "rule": finding.rule,
        "clause": finding.clause,
        "severity": finding.severity,
        "confidence": round(finding.confidence, 4),
        "message": finding.message,
        "evidence": [evidence_json(item) for item in finding.evidence],
    }


def finding_id(post: Post, rule: str, evidence: Iterable[Evidence]) -> str:
    """The identity of a finding: post, rule and what the evidence says.

    Positions are left out, so an edit before the evidence does not make an old finding new. A picture stands for
    itself, by its bytes or its address: boxes move by a pixel from one processor to the next.
    """
    said = sorted((item.where, item.quote if item.quote is not None else _pictured(post, item)) for item in evidence)
    return "f_" + hashlib.sha256(canonical([post.id, rule, said])).hexdigest()[:20]


def _pictured(post: Post, evidence: Evidence) -> str:
    kind, _, index = evidence.where.partition(":")
    if kind != "image" or not index.isdigit() or int(index) >= len(post.media):
        return ""
    item = post.media[int(index)]
    return item.sha256 or _stable(item)


def fingerprint(post: Post) -> str:
    """SHA-256 of what makes one version of a post differ from another for a reader.

    Counts, time stamps and addresses that platforms sign anew on every request are left out: they are not edits. A
    repost is what it shares: an edit of the original is not an edit by the one who shared it.
    """
    if post.kind == "repost" and post.repost_of is not None:
        return hashlib.sha256(canonical(["repost", post.repost_of.id, bool(post.text)])).hexdigest()
    content = {
        "kind": post.kind,
        "text": post.text,
        "media": [[item.type, item.alt or "", _stable(item)] for item in post.media],
        "links": list(post.links),
        "reply_to": post.reply_to.id if post.reply_to else None,
        "repost_of": post.repost_of.id if post.repost_of else None,
        "quote_of": post.quote_of.id if post.quote_of else None,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def likeness(post: Post) -> str:
    """SHA-256 of what a version shows wherever it was read: an export spells addresses and ids in its own way."""
    shown = {
        "text": " ".join(post.text.split()) if post.repost_of is None else "",
        "descriptions": [" ".join((item.alt or "").split()) for item in post.media] if post.repost_of is None else [],
        "reply": post.reply_to is not None,
        "repost": post.repost_of is not None,  # of what, its own id settles; an export of X does not say
        "profile": post.kind == "profile",
    }
    return hashlib.sha256(canonical(shown)).hexdigest()


#: Meta serves a file from another host and folder with each request; its name stays.
_ROAMING = re.compile(r"https?://[a-z0-9.-]{1,200}\.(?:fbcdn\.net|cdninstagram\.com)/(?:[^?#]*/)?([^/?#]+)")


def _stable(media: Media) -> str:
    """What names a media item wherever it is served: its content id (AT Protocol), else its address without the query.

    Signatures and expiry times live in the query; a content id is made of the bytes, and stays when an account moves.
    """
    address, _, query = (media.url or media.path or "").partition("?")
    roaming = _ROAMING.fullmatch(address)
    return roaming[1] if roaming else parse_qs(query).get("cid", [address])[0]


# -- reading -----------------------------------------------------------------------------------------------------


def _text(row: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = row.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise FormatError(f"{name!r} is {_shown(value)}; expected a text")
    return value


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 60 else text[:57] + "…"


def aware(text: object, name: str) -> datetime:
    """Reads an ISO 8601 time with its offset. Raises FormatError where there is none."""
    if not isinstance(text, str):
        raise FormatError(f"{name!r} is {_shown(text)}; expected an ISO 8601 time with its offset")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FormatError(f"{name!r} is {_shown(text)}; expected an ISO 8601 time with its offset") from None
    if moment.tzinfo is None:
        raise FormatError(
            f"{name!r} is {_shown(text)} without an offset; expected for example 2026-10-05T14:12:00-04:00"
        )
    return moment


def _reference(row: Mapping[str, Any], name: str) -> Reference | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise FormatError(f"{name!r} is {_shown(value)}; expected null or an object with id, account and text")
    return Reference(_text(value, "id"), _text(value, "account"), _text(value, "text"))


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FormatError(f"{name!r} is {_shown(value)}; expected a list of texts")
    return tuple(value)


def _media(row: Mapping[str, Any]) -> tuple[Media, ...]:
    value = row.get("media") or []
    if not isinstance(value, list):
        raise FormatError(f"'media' is {_shown(value)}; expected a list of objects")
    return tuple(_media_item(item, number) for number, item in enumerate(value))


def _media_item(item: object, number: int) -> Media:
    place = f"media[{number}]"
    if not isinstance(item, dict):
        raise FormatError(f"{place!r} is {_shown(item)}; expected an object")
    if item.get("type") not in MEDIA_TYPES:
        raise FormatError(
            f"{place + '.type'!r} is {_shown(item.get('type'))}; expected one of {', '.join(MEDIA_TYPES)}"
        )
    return Media(
        item["type"],
        url=_text(item, "url") or None,
        alt=_text(item, "alt") or None,
        path=_text(item, "path") or None,
        sha256=_text(item, "sha256") or None,
    )


def read_post(row: object) -> Post:
    """Reads one post of the public format. Raises FormatError, naming the field and what was expected."""
    if not isinstance(row, dict):
        raise FormatError(f"{_shown(row)} is no JSON object; expected one post a line")
    kind = row.get("kind", "post")
    if kind not in POST_KINDS:
        raise FormatError(f"'kind' is {_shown(kind)}; expected one of {', '.join(POST_KINDS)}")
    account = _text(row, "account", required=True)
    edited = row.get("edited_at")
    return Post(
        id=_text(row, "id", required=True),
        account=account,
        network=_text(row, "network") or account.partition(":")[0],
        kind=kind,
        url=_text(row, "url"),
        created_at=aware(row.get("created_at"), "created_at"),
        edited_at=aware(edited, "edited_at") if edited is not None else None,
        lang=_text(row, "lang") or None,
        text=_text(row, "text"),
        reply_to=_reference(row, "reply_to"),
        repost_of=_reference(row, "repost_of"),
        quote_of=_reference(row, "quote_of"),
        links=_texts(row, "links"),
        mentions=_texts(row, "mentions"),
        hashtags=_texts(row, "hashtags"),
        media=_media(row),
    )


def read_finding(row: Mapping[str, Any]) -> Finding:
    """Reads one finding of the public format. Raises FormatError, naming the field and what was expected."""
    severity = row.get("severity")
    if severity not in SEVERITIES:
        raise FormatError(f"'severity' is {_shown(severity)}; expected one of {', '.join(SEVERITIES)}")
    evidence = tuple(
        Evidence(
            _text(item, "where", required=True), item.get("start"), item.get("end"), item.get("quote"),
            tuple(item["box"]) if item.get("box") else None,
        )
        for item in row.get("evidence", [])
    )
    return Finding(
        id=_text(row, "finding", required=True), post=_text(row, "post", required=True), account=_text(row, "account"),
        rule=_text(row, "rule", required=True), clause=_text(row, "clause"), severity=severity,
        confidence=float(row.get("confidence", 0.0)), message=_text(row, "message"), evidence=evidence,
    )
