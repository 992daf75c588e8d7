"""The training text: posts that were written for it one by one, with what their words do.

    python training/corpus.py            checks every line, and prints what there is of each label

A line of ``posts/AUTHOR.jsonl`` holds ``text``, ``labels`` (a label of ``rollbook.meaning.labels`` and the words that
carry it), ``names`` (everybody who is named: ``student``, ``parent`` or ``adult``), ``account`` (``district`` or
``employee``), ``role``, ``network``, ``kind``, ``to`` (the words that are answered, or null), ``lang`` (``en``, ``es``,
``mix``), ``voice`` and ``cell`` (what of the rule catalogue it is an example of). ``second`` are the labels that
another reader gave without seeing the author's; where a third settled it otherwise than the author, ``first`` are the
author's.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollbook.meaning.labels import LABELS, ROLES

POSTS = Path(__file__).parent / "posts"
#: From this share of common word triples on, two posts are one post written twice.
NEARLY_THE_SAME = 0.45


@dataclass(frozen=True)
class Example:
    """One post of the training text."""

    text: str
    labels: Mapping[str, str]
    names: Mapping[str, str]
    account: str
    role: str
    network: str
    kind: str
    to: str
    lang: str
    voice: str
    cell: str
    author: str
    place: str

    @property
    def introduction(self) -> str:
        """As ``rollbook.meaning.reading.introduction`` writes it of a post."""
        return " ".join(f"{self.account} {self.role.lower()} {self.network} {self.kind}".split())


def examples(folder: Path = POSTS) -> list[Example]:
    """All posts, in the order of the files. **Raises** ValueError with file, line and cause."""
    return [example for file in sorted(folder.glob("*.jsonl")) for example in _of(file)]


def first_labels(folder: Path = POSTS) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """The author's labels and the second reader's, of every post that two have read."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "second" in row:
                yield frozenset(row.get("first", row["labels"])), frozenset(row["second"])


def _of(file: Path) -> Iterator[Example]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{file.name}:{number}"
        row = json.loads(line)
        problem = _problem(row)
        if problem:
            raise ValueError(f"{place}: {problem}: {row.get('text', '')[:60]!r}")
        yield Example(
            text=row["text"], labels=row["labels"], names=row["names"], account=row["account"], role=row["role"],
            network=row["network"], kind=row["kind"], to=row.get("to") or "", lang=row["lang"], voice=row["voice"],
            cell=row["cell"], author=file.stem, place=place,
        )


def _problem(row: Mapping[str, Any]) -> str:
    text = row["text"]
    for label, quote in row["labels"].items():
        if label not in LABELS:
            return f"{label!r} is no label"
        if not quote or quote not in text:
            return f"the words of {label!r} are not in the text"
    for name, role in row["names"].items():
        if role not in ROLES or name not in text:
            return f"{name!r} is no name of the text, or {role!r} no role"
    if row["account"] not in ("district", "employee"):
        return f"{row['account']!r} is no kind of account"
    if row["lang"] not in ("en", "es", "mix"):
        return f"{row['lang']!r} is no language that is learned"
    return ""


def triples(text: str) -> frozenset[tuple[str, ...]]:
    """The word triples of a text, by which two texts are compared."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(tuple(words[place : place + 3]) for place in range(max(len(words) - 2, 1)))


def near_duplicates(texts: list[str], others: list[str] | None = None) -> Iterator[tuple[int, int]]:
    """Pairs that are nearly the same: within ``texts`` (the later one first), or of ``texts`` against ``others``."""
    known: dict[tuple[str, ...], list[int]] = defaultdict(list)
    kept: list[frozenset[tuple[str, ...]]] = []
    for number, text in enumerate(others or []):
        kept.append(triples(text))
        for triple in kept[-1]:
            known[triple].append(number)
    for number, text in enumerate(texts):
        mine = triples(text)
        common = Counter(other for triple in mine for other in known[triple])
        shares = {other: count / len(mine | kept[other]) for other, count in sorted(common.items())}
        other = max(shares, key=shares.__getitem__, default=0)
        if shares and shares[other] > NEARLY_THE_SAME:
            yield number, other
        if others is None:
            kept.append(mine)
            for triple in mine:
                known[triple].append(number)


def main() -> int:
    """Checks the posts and prints their numbers."""
    found = examples()
    twice = list(near_duplicates([example.text for example in found]))
    for later, earlier in twice:
        print(f"{found[later].place} is nearly {found[earlier].place}: {found[later].text[:60]!r}")
    print(f"{len(found)} posts by {len({example.author for example in found})} authors")
    for name in ("lang", "account", "kind", "network"):
        counts = Counter(getattr(example, name) for example in found)
        print(f"{name}: " + ", ".join(f"{value} {count}" for value, count in counts.most_common()))
    counts = Counter(label for example in found for label in example.labels)
    for label in LABELS:
        print(f"{label:24} {counts[label]:5}")
    print(f"{'none':24} {sum(not example.labels for example in found):5}")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main())
