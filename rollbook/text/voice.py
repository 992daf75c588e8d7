"""Whether a post speaks as the institution: its speech acts, weighed with what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rollbook.text import claims
from rollbook.text import surroundings as around
from rollbook.text.acts import ABOUT, ADVERB, ASIDE, COORDINATED, NAMED, SUBJECT, WE, Act
from rollbook.text.folding import fold
from rollbook.text.hints import may_speak_as_institution
from rollbook.text.institutions import PART, WHOLE, marked
from rollbook.text.sentences import sentences
from rollbook.text.spanish import SPANISH
from rollbook.types import Account, Post
from rollbook.workspace import District

#: From this weight on the post is a finding. **Source**: tuned on one half of the development set and on own cases.
THRESHOLD = 0.6
#: Below this a sentence says nothing of itself and adds nothing to another one.
_FAINT = 0.2
#: As far as "we" goes where nothing says who "we" are.
_NOBODYS = 0.5
#: Whose "we" is the institution's by office, as a district account's is; a band director's is the band's.
_LEADS = re.compile(
    r"principal|superintendent|(?<!band )(?<!choir )(?<!music )(?<!choral )director|administrator|head of|chief|"
    r"office|president"
)
_SEARCHED = (*claims.CLAIMS, *ABOUT, *WE)
_HINTS = frozenset().union(*(act.hints for act in _SEARCHED))


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence that speaks as the institution."""

    act: Act
    #: How far it goes; 1 is as plain as can be.
    weight: float
    #: Half-open span in the folded text.
    start: int
    end: int
    #: Whether it goes far enough by a claim or a formal act, not by a denial or a promise that could be an opinion.
    formal: bool


@dataclass(frozen=True, slots=True)
class _Setting:
    """What stands around a sentence: who posts, what is answered, what the rest of the post says."""

    #: Routine notices are this account's business, statements are not.
    is_district: bool
    #: The author's "we" is likely the institution.
    leads: bool
    answers: bool
    opens_with_answer: bool
    #: The author says that he speaks for himself.
    disclaims: bool
    names_institution: bool
    #: "The district… We…": who names it and goes on with "we" is part of it.
    goes_on_as_we: bool
    addresses_public: bool
    meets_rumor: bool
    insists: bool
    announces: bool
    feels: bool


def said_as_institution(post: Post, account: Account, district: District) -> list[Said]:
    """The sentences that speak as the institution, the strongest first; empty where they do not go far enough."""
    if post.kind == "repost":
        return []
    folded = fold(post.text).text
    leads = account.kind == "district" or _leads(account.role)
    if not may_speak_as_institution(folded, district, we_counts=leads or bool(post.reply_to or post.quote_of)):
        return []
    text = marked(folded, district)
    searched = (*_SEARCHED, *SPANISH) if around.IN_SPANISH.search(folded) else _SEARCHED
    acts = [(start, end, list(_acts(text[start:end], searched))) for start, end in sentences(text)]
    if not any(found for _, _, found in acts):
        return []
    setting = _setting(post, district, text, is_district=account.kind == "district", leads=leads)
    said = [item for start, end, found in acts if (item := _strongest(setting, text, start, end, found)) is not None]
    said.sort(key=lambda item: -item.weight)
    total = said[0].weight + min(0.3, sum(item.weight / 2 for item in said[1:])) if said else 0.0
    return [replace(said[0], weight=min(1.0, total)), *said[1:]] if total >= THRESHOLD else []


@lru_cache(maxsize=1024)
def _leads(role: str) -> bool:
    return _LEADS.search(role.lower()) is not None


def _acts(sentence: str, searched: tuple[Act, ...]) -> Iterator[tuple[Act, re.Match[str]]]:
    """Every act that the sentence may be; a question is none."""
    if sentence.rstrip("\"')").endswith("?"):
        return
    if WHOLE in sentence or PART in sentence:
        yield from _named(sentence)
    has_we = around.OURS.search(sentence) is not None
    hints = frozenset(hint for hint in _HINTS if hint in sentence)
    for act in searched:
        if (act.kind == "we" and not has_we) or (act.hints and act.hints.isdisjoint(hints)):
            continue
        match = act.pattern.search(sentence)
        if match is not None:
            yield act, match


def _named(sentence: str) -> Iterator[tuple[Act, re.Match[str]]]:
    """The acts whose subject is an institution: tried at each place where its verb may begin."""
    places: set[int] = set()
    for subject in SUBJECT.finditer(sentence):
        ends = [subject.end()]
        ends += [match.end() for pattern in (ASIDE, COORDINATED) if (match := pattern.match(sentence, subject.end()))]
        for end in ends:
            places.add(end)
            while (adverb := ADVERB.match(sentence, end)) is not None:
                end = adverb.end()
                places.add(end)
    for act in NAMED:
        for place in places:
            match = act.pattern.match(sentence, place)
            if match is not None:
                yield act, match
                break


def _setting(post: Post, district: District, text: str, *, is_district: bool, leads: bool) -> _Setting:
    answered = post.reply_to or post.quote_of
    asked = answered.text if answered else ""
    return _Setting(
        is_district=is_district,
        leads=leads,
        answers=bool(asked) and around.ASKED.search(marked(fold(asked).text, district)) is not None,
        opens_with_answer=around.ANSWERS.search(text) is not None,
        disclaims=around.DISCLAIMER.search(text) is not None,
        names_institution=WHOLE in text or PART in text,
        goes_on_as_we=around.OURS.search(text) is not None and not any(
            own.search(text) for own in (around.IN_GROUP, around.OPINION)
        ),
        addresses_public=around.PUBLIC.search(text) is not None,
        meets_rumor=around.RUMOR.search(text) is not None,
        insists=around.INSISTS.search(text) is not None,
        announces=around.ANNOUNCES.search(text) is not None,
        feels=around.FEELING.search(text) is not None,
    )


def _strongest(
    setting: _Setting, text: str, start: int, end: int, found: list[tuple[Act, re.Match[str]]]
) -> Said | None:
    sentence = text[start:end]
    weighed = [((_claim if act.kind == "claim" else _act)(setting, sentence, act, match), act) for act, match in found]
    weight, act = max(weighed, key=lambda item: item[0], default=(0.0, None))
    if act is None or weight <= _FAINT:
        return None
    formal = any(weight >= THRESHOLD and (act.formal or act.kind == "claim") for weight, act in weighed)
    return Said(act, weight, start, end, formal)


def _act(setting: _Setting, sentence: str, act: Act, match: re.Match[str]) -> float:
    """The weight of an act of the institution by its name, or of "we"."""
    if setting.disclaims or around.NOT_ASSERTED.search(sentence, 0, match.start()) or around.OPINION.search(sentence):
        return 0.0
    is_we = act.kind in ("we", "register")
    weight = act.weight
    if is_we:
        weight += _we(setting, sentence, act)
    if not act.formal:
        weight += 0.3 * setting.meets_rumor + 0.3 * setting.insists + 0.2 * setting.announces
        weight -= 0.35 * setting.feels
        if not is_we:
            weight += 0.2 * setting.addresses_public + 0.2 * setting.goes_on_as_we
            weight += 0.15 * (setting.leads and not setting.is_district)
    weight -= 0.35 * (around.PLAYFUL.search(sentence) is not None)
    if setting.answers and act.answers:
        weight += 0.3 + 0.1 * setting.opens_with_answer
    if setting.is_district:
        weight -= 0.3 * (not act.formal and not setting.meets_rumor)
        weight -= 0.6 * (around.ROUTINE.search(sentence) is not None)
    if is_we and not (setting.names_institution or setting.answers or setting.leads):
        return min(weight, _NOBODYS)
    return weight


def _we(setting: _Setting, sentence: str, act: Act) -> float:
    """How much more or less "we" is the institution: a class or a team is none, an office is."""
    if around.IN_GROUP.search(sentence):
        return -0.6
    return 0.2 * setting.names_institution + 0.2 * setting.addresses_public + 0.25 * (setting.leads and act.formal)


def _claim(setting: _Setting, sentence: str, act: Act, match: re.Match[str]) -> float:
    """The weight of a claim to be the institution's voice."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    if setting.disclaims and act.does != claims.REPRESENTS:
        return 0.0
    if act.does == claims.OFFICIAL:
        source = match.groupdict().get("from")
        is_own = source is None or WHOLE in source or PART in source
        if not is_own or around.POINTS_TO.search(before) or re.match(r"[\s:]*(?:i|i'[a-z]+|my)\b", after):
            return 0.0
        return act.weight if act.formal or not setting.is_district else 0.0
    if around.NOT_ASSERTED.search(before) or (act.does != claims.AS_ONE and around.OTHERS.match(after)):
        return 0.0
    if act.does == claims.ON_BEHALF and around.COURTESY.search(sentence):
        return _FAINT
    if act.does == claims.AS_ONE:
        if around.COURTESY.search(sentence):
            return 0.0
        return act.weight if around.RESOLVES.search(sentence) or setting.meets_rumor or setting.insists else 0.3
    return act.weight if act.formal or not setting.is_district else _FAINT
