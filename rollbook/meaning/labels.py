"""What the model tells of a text: the labels of its training text, in the order of its outputs."""

from __future__ import annotations

from typing import Literal, get_args

#: What the words of a post do. Most are named as the rule that rests on them; training/README.md defines each.
Label = Literal[
    "spokesperson", "student-identity", "confidential-info", "unsponsored-instruction", "student-contact", "personal",
    "on-duty", "conduct", "grave", "copyright", "child-safety", "electioneering", "protected",
]
#: Who a person named in a text is; ``adult`` are all that are neither: staff, officials, authors, characters.
Role = Literal["student", "parent", "adult"]

LABELS: tuple[Label, ...] = get_args(Label)
ROLES: tuple[Role, ...] = get_args(Role)
