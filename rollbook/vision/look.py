"""One look at a picture: who may be recognised in it, and its hashes; the same bytes are looked at once a process."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from rollbook.errors import MediaError
from rollbook.vision.approved import Prints, prints
from rollbook.vision.decode import decode
from rollbook.vision.people import Sighting, people

#: How many looks are kept: reposts and a district's standing pictures come again within one run, and each is small.
KEPT = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen in one picture."""

    #: The surest first.
    people: tuple[Sighting, ...]
    #: None where nobody was seen, or the picture has too little structure to be compared.
    prints: Prints | None


_seen: OrderedDict[bytes, Look | str] = OrderedDict()


def look(data: bytes) -> Look:
    """Looks at an encoded picture. **Raises** MediaError where it may not or cannot be opened."""
    key = hashlib.sha256(data).digest()
    found = _seen.get(key)
    if found is None:
        found = _seen[key] = _looked(data)
        if len(_seen) > KEPT:
            _seen.popitem(last=False)
    if isinstance(found, str):
        raise MediaError(found)
    return found


def _looked(data: bytes) -> Look | str:
    try:
        image = decode(data)
    except MediaError as err:
        return str(err)
    seen = people(image)
    return Look(seen, prints(image) if seen else None)
