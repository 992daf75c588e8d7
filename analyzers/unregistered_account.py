"""Accounts that present themselves as the District or a part of it, and that nobody registered.

Clause: 9125.3 para 3 (public networks outside of those sponsored by the District need prior written authorization), and
the guidelines: "Perception can be reality".

Flags: the profile of an account that is not in the register and names itself as the District, a school, a team, a class
or an employee in that role: by its name ("Example High Varsity Soccer"), by what it says ("official account of …"), by
a role ("math teacher at Example High"), by a Bluesky handle under the District's own domain, or by a handle that is
taken for a registered one (look-alike letters, one or two characters off, a word added) or is one elsewhere. A site is
judged by the name and description of its front page. In a post of a District account: a mention of, or a link to, an
account whose handle is such a one, on any network, also by one of its posts.

Does not flag: accounts on record, in whatever spelling of the key, renamed or by their number; parents, boosters, PTAs,
alumni, unions, foundations, newspapers, candidates, fans, parody, and whoever says "unofficial" or "not affiliated";
towns and their libraries, police and leagues; students and graduates; former and future employees; other districts; an
employee's own handle on another network, which may be personal; of handles those of other schools ("BFHS_Herons"),
kinds ("…MS" beside "…HS"), years and sides of a town. Whoever is not flagged leaves no words in the archive.

Evidence: the words of the profile that say so, or the name where it is the handle; in a post the mention or the link.

Measured: 159 own labelled cases of three invented districts, November 2026, by the author of the rule. The first 73
were all right at the first try; of three more batches, each tried once, the harder 30 had precision 1.00 and recall
0.79, 26 had 0.91 and 0.91, the last 27 (sites, channels, links to posts) 1.00 and 0.91; all are right now. Of 79 pairs
of handles, tried once, recall was 0.97 and precision 0.89. Of 27 profiles by other authors 14 name an institution of
their district: 11 were found at the first try, 14 now. No labelled set of others has this rule: expect less in the
field.
"""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.linked import key_sha256, plain_key
from rollbook.plugins import Case, Hit, analyzer
from rollbook.text.folding import fold
from rollbook.text.handles import Alike, look_alike
from rollbook.text.ownnames import names_of
from rollbook.text.places import own_words
from rollbook.text.pointing import pointed_at
from rollbook.text.presenting import disowns, presented
from rollbook.types import Evidence, Post
from rollbook.workspace import Workspace

#: In a post only the handle is known, not the profile behind it.
_UNSEEN = 0.1


@analyzer("unregistered-account", version=2, strangers=True)
def unregistered_account(case: Case) -> Iterator[Hit]:
    """Judges the profile of an account that is not on record, and the handles that a District post points at."""
    on_record = {plain_key(account.key) for account in case.workspace.register}
    if key_sha256(case.post.account) in case.other_names:
        return
    if plain_key(case.post.account) in on_record:
        if case.account.kind == "district" and case.post.kind != "repost":
            yield from _pointed(case, on_record)
    elif case.post.kind == "profile":
        yield from _profile(case.post, case.workspace)


def _profile(profile: Post, workspace: Workspace) -> Iterator[Hit]:
    where, text = own_words(profile)
    key = profile.account
    found = presented(text, workspace.district, profile.created_at.year)
    alike = look_alike(key, workspace.register, _places(workspace))
    if alike is not None and alike.confidence < _DISGUISED and disowns(text, workspace.district):
        alike = None
    domain = _own_domain(key, workspace)
    says = []
    if found is not None:
        says.append(f"presents itself as {found.as_whom} of the District" if found.as_whom != "the District" else
                    "presents itself as the District")
    if domain:
        says.append(f"has a handle under the District's domain {domain}")
    if alike is not None:
        says.append(_likeness(alike))
    if not says:
        return
    confidence = max(found.confidence if found else 0, alike.confidence if alike else 0, 0.9 if domain else 0)
    spans = found.spans if found is not None else ((0, len(text.partition("\n")[0])),)
    yield Hit(
        f"The account {key} {' and '.join(says)}, and is not in the register of accounts.", confidence,
        tuple(Evidence(where, start, end, text[start:end]) if start < end else Evidence(where) for start, end in spans),
        severity_of="look-alike" if alike is not None and not alike.is_twin else None,
    )


#: From this confidence on a handle is in disguise: whatever the profile says, it is not meant to be told apart.
_DISGUISED = 0.9


def _places(workspace: Workspace) -> str:
    """A pattern of the District's names that are a place's too, as a handle writes them."""
    return names_of(workspace.district).weak.replace("\\ ", "")


def _likeness(alike: Alike) -> str:
    return f"has a handle that {alike.how} the registered account {alike.account.key}"


def _own_domain(key: str, workspace: Workspace) -> str:
    """The District's domain that a Bluesky handle stands under: only the District can give it."""
    network, _, handle = key.partition(":")
    domains = (*workspace.district.web_domains, *workspace.district.mail_domains) if network == "bluesky" else ()
    return next((name for name in domains if handle.lower() == name or handle.lower().endswith(f".{name}")), "")


def _pointed(case: Case, on_record: set[str]) -> Iterator[Hit]:
    """Mentions of and links to look-alikes: readers are led to an account that nobody registered."""
    seen = set[str]()
    for one in pointed_at(case.post, case.account):
        key = plain_key(one.key)
        if one.how not in ("mention", "link") or key in on_record or key in seen:
            continue
        if key_sha256(key) in case.other_names:
            continue
        seen.add(key)
        alike = look_alike(one.key, case.workspace.register, _places(case.workspace))
        evidence = _link(case.post, one.index) if one.how == "link" else _mention(case.post, one.index)
        if alike is not None and evidence is not None:
            verb = "links to" if one.how == "link" else "mentions"
            yield Hit(
                f"The District's post {verb} {one.key}, an account that is not in the register and that "
                f"{_likeness(alike)}.", alike.confidence - _UNSEEN, (evidence,),
                severity_of=None if alike.is_twin else "look-alike",
            )


def _link(post: Post, index: int) -> Evidence:
    return Evidence(f"link:{index}", 0, len(post.links[index]), post.links[index])


def _mention(post: Post, index: int) -> Evidence | None:
    """Where the mention stands in the words: a server may show a handle without its host."""
    where, text = own_words(post)
    folded = fold(text)
    for written in (post.mentions[index], post.mentions[index].partition("@")[0]):
        place = folded.text.find(f"@{fold(written).text}")
        if written and place >= 0:
            start, end = folded.span(place, place + len(fold(written).text) + 1)
            return Evidence(where, start, end, text[start:end])
    return None
