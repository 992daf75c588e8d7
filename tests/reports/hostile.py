"""Texts that attack whoever shows them, and a report whose every field holds one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rollbook.period import Change, Completeness, NotCheckedGroup, PeriodReport
from rollbook.types import Account, Evidence, Media, Reference

from .invented import UNTIL, at, finding, kept, post
from .invented_week import period_report

TEXTS = {
    "script": "<script>window.broken = 1</script></style></script></title></textarea>--><b>bold</b>",
    "attribute": "\"' onmouseover=window.broken=1 autofocus onfocus=window.broken=1 x=\"",
    "drawing": "<svg onload=window.broken=1><image href=https://tracker.example/x></svg><img src=x onerror=window.broken=1>",
    "template": "{{ 7 * 7 }}{% for x in y %}{{ report }}{# #}",
    "formula": "=HYPERLINK(\"https://evil.example\",\"pay\")",
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "direction": "invoice \u202egpj.exe\u202c \u2066isolated\u2069",
    "zero-width": "jdoe\u200b@\u2060district\ufeff.example",
    "control": "bell\x07 nul\x00 escape\x1b[31m next\x85 tab\t return\rend\r\nline",
    "zalgo": "Z" + "\u0301\u0302\u0303\u0304\u0305" * 40 + "algo",
    "word": "x" * 100_000,
    "surrogate": "half \ud83d a pair",
    "tags": "seen\U000e0068\U000e0069\U000e0064",
    "arabic": "مرحبا \u200fبالعالم (test) 123",
}
URLS = (
    "javascript:window.broken=1", "JaVaScRiPt:window.broken=1", "data:text/html,<script>window.broken=1</script>",
    "vbscript:x", "file:///etc/passwd", "//evil.example", "https://", "https://a b.example", "http://[::1", "java\tscript:x",
    "https://good.example\u202e/moc", "https:/\\evil.example", " https://space.example",
)


def hostile_report(**fields: Any) -> PeriodReport:
    """Every text of a report attacks: words, names, addresses, reasons, codes."""
    findings, changes, lines, groups = [], [], [], []
    for number, text in enumerate(TEXTS.values()):
        key, short = f"bluesky:{text[:300]}", text[:300]
        account = Account(key, "employee", owner=short, role=short)
        about = replace(
            post("bluesky:x", number, text, at(6, 10), url=URLS[number % len(URLS)], lang=short, links=(short,),
                 media=(Media("image", short, text), Media("video", None, None))),
            id=f"bluesky:{short}:{number}", account=key, kind=("post", "reply", "quote", "repost", "profile")[number % 5],
            reply_to=Reference("r", key, text), quote_of=Reference("q", key, text), repost_of=Reference("p", key, text),
        )
        length = len(text)
        evidence = [
            Evidence("text", 0, min(9, length), text[:9]), Evidence("text", 4, 12, text[4:12]), Evidence("text", 10**9, 10**9 + 1, text[:9]),
            Evidence("alt:0", 0, 3, "other"), Evidence("link:0", 0, 3), Evidence("ocr:0", 0, 3, short), Evidence("time"),
            Evidence("image:0", box=(-5, 10**7, 3, 0)), Evidence("alt:7", 0, 3, short), Evidence(short, 0, 1, short),
            Evidence("profile", 0, 3, text[:3]),
        ]
        place = replace(kept(900 + number), warc_file=short, record_id=short, payload_sha256=short)
        findings.append(finding(about, "district-email", short, evidence, account=account, archived=place, ended=short,
                                standing=("new", "standing", "ended")[number % 3], state=("new", "edited", "gone")[number % 3]))
        before = replace(about, text=f"{text[:50]} before")
        changes += [Change(state, about, account, UNTIL, before, short, place) for state in ("edited", "gone", "new")]
        lines.append(Completeness(account, None, 0, 0, 0, 0, code=short, problem=text[:2_000], failing_since=at(6, 1)))
        groups.append(NotCheckedGroup(short, short, (about,)))
    report = period_report(
        district=TEXTS["drawing"], version=TEXTS["attribute"], findings=tuple(findings), cleared=tuple(findings),
        changes=tuple(changes), completeness=tuple(lines), not_checked=tuple(groups),
        dropped={text[:300]: 1 for text in TEXTS.values()}, rules_not_run={text[:300]: text[:300] for text in TEXTS.values()},
    )
    archive = replace(report.archive, head=TEXTS["script"], problems=tuple(text[:300] for text in TEXTS.values()))
    return replace(report, archive=archive, **fields)
