"""Known secrets in every spelling: as it is, percent-encoded, escaped for JSON or HTML, or inside Base64.

Each spelling has a stretch that only it contains. Those are looked for first, as plain literals and all in one pass, at
the speed of memory; the slow pattern that knows how every letter may be written is asked only where one was found.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable
from functools import cached_property

from ahocorasick_rs import BytesAhoCorasick, MatchKind

#: What stands where a secret stood: safe in an address, a header, JSON and HTML.
MARK = "REDACTED"
_MARK = MARK.encode()
_RUN = re.compile(r"[A-Za-z0-9]+")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_"


class Secrets:
    """Several known secrets, looked for in one pass over the data however many there are."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        #: The longest first: one may be a part of another.
        self._all = sorted(map(_Secret, values), key=lambda secret: -len(secret.raw))
        owners: dict[bytes, set[_Secret]] = {}
        for secret in self._all:
            around = {other for other in self._all if secret.raw in other.raw}
            for probe in secret.probes:
                owners.setdefault(probe, set()).update(around)
        #: What gives nothing away beforehand is tried every time.
        self._blind = owners.pop(b"", None) is not None
        self._owners = list(owners.values())
        self._find = BytesAhoCorasick(owners, matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes

    def remove(self, data: bytes) -> bytes:
        """The data without any of them; the same object where there was none."""
        probed = self._find(data)
        if not probed and not self._blind:
            return data
        found = set[_Secret]().union(*[self._owners[number] for number, _, _ in probed])
        for secret in self._all:
            if secret in found:  # as it is: the usual spelling
                data = data.replace(secret.raw, _MARK)
        if self._blind or self._find(data):  # others are left, or hidden by a find that overlapped them
            for secret in self._all:
                data = secret.remove(data)
        return data


class _Secret:
    """One known secret, and what gives each of its spellings away."""

    def __init__(self, value: str) -> None:
        self._value = value
        self.raw = value.encode("utf-8", "surrogatepass")
        run = max(_RUN.findall(value), key=len, default="")
        percent = "".join(f"%{ord(letter):02X}" for letter in run).encode()
        escaped = "".join(f"\\u{ord(letter):04X}" for letter in run).encode()
        #: A stretch that encoders leave as it is, and the same by encoders that leave nothing as it is; the empty one
        #: where there is no such stretch.
        self._letters = {run.encode(), percent, percent.lower(), escaped, escaped.lower()}
        #: What the Base64 of any text around it has to contain.
        self._packed = set(_in_base64(self.raw))

    @property
    def probes(self) -> Collection[bytes]:
        """One of these is in whatever this secret has to be removed from."""
        return self._letters | self._packed

    @cached_property
    def _spellings(self) -> re.Pattern[bytes]:
        """Every way to write it, letter by letter; slow, and only asked for once a probe was found."""
        return re.compile(b"".join(map(_ways, self._value)))

    def remove(self, data: bytes) -> bytes:
        """The data without this secret."""
        data = data.replace(self.raw, _MARK)
        if any(letters in data for letters in self._letters):
            data = self._spellings.sub(_MARK, data)
        for core in self._packed:
            if core in data:
                data = _without_run(data, core)
        return data


def _in_base64(secret: bytes) -> Iterable[bytes]:
    """The characters that only the secret decides, for each of its three places in a group of three bytes."""
    for before in range(3):
        packed = base64.b64encode(bytes(before) + secret + bytes(2))
        core = packed[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        for plus, slash in ((b"+", b"/"), (b"-", b"_"), (b"+", rb"\/"), (b"%2B", b"%2F"), (b"%2b", b"%2f")):
            yield core.replace(b"+", plus).replace(b"/", slash)


def _without_run(data: bytes, core: bytes) -> bytes:
    """Removes the whole Base64 run around each place: its ends hold the secret's first and last bits."""
    parts, done, at = [], 0, data.find(core)
    while at >= 0:
        before = data[max(done, at - 8192) : at]
        after = data[at + len(core) : at + len(core) + 8192]
        parts += [data[done : at - (len(before) - len(before.rstrip(_BASE64)))], _MARK]
        done = at + len(core) + len(after) - len(after.lstrip(_BASE64 + b"="))
        at = data.find(core, done)
    return b"".join([*parts, data[done:]])


_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


def _ways(letter: str) -> bytes:
    """A pattern for every way to write one letter in an address, a form, JSON or HTML."""
    raw = letter.encode("utf-8", "surrogatepass")
    percent = "".join(f"%(?:25)?{byte:02x}" for byte in raw)
    units = letter.encode("utf-16-be", "surrogatepass")
    escaped = "".join(rf"\\+u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    ways = [f"(?i:{percent})", f"(?i:{escaped})", f"&#{ord(letter)};", f"(?i:&#x0*{ord(letter):x};)"]
    if letter in _ENTITIES:
        ways.append(f"&{_ENTITIES[letter]};")
    if letter == " ":
        ways.append(r"(?:\+|(?i:%(?:25)?2b))")
    plain = re.escape(raw)
    if letter in "/\"'\\":
        plain = rb"\\*" + plain
    return b"(?:" + b"|".join([plain, *(way.encode() for way in ways)]) + b")"
