"""Whether a profile presents itself as the District, a school, a team, a class, or an employee in that role.

What decides is how the profile names itself: an institution of the District at the head of its name, an "official
account of" one, or a role at one ("math teacher at …"). Parents, boosters, alumni, unions, newspapers, candidates, fans
and everybody who says "unofficial" present themselves as just that; students and their years are never looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rollbook.text.folding import fold
from rollbook.text.ownnames import Names, names_of
from rollbook.text.patterns import group, words
from rollbook.workspace import District

_SPORT = group(r"""
    athletics? | sports | varsity | jv | modified | football | (?:base|soft|basket|volley)ball | soccer | hoops | hockey
    lacrosse | lax | tennis | golf | swim(?:ming)? | dive | diving | track | xc | cross country | wrestling | cheer
    cheerleading | bowling | rowing | crew | gymnastics | fencing | rugby | ski | esports
""")
_CLASS = group(r"""
    (?:pre-?k|kindergarten|kinder|(?:[1-9]|1[0-2])(?:st|nd|rd|th) grade|grades? (?:[1-9]|1[0-2]|k)(?:-\d+)?) | class
    classroom | homeroom | room \d+ | class of \d{4} | (?:first|second|third|fourth|fifth|sixth|seventh|eighth) grade
    salon | clase
""")
_GROUP = group(r"""
    (?:art|music|band|science|chorus) room
    band | choir | chorus | orchestra | strings | music | drama | theat(?:er|re) | musical | art(?: dept)? | dance
    robotics | debate | mock trial | yearbook | student (?:council|government) | honor society | nhs | key club
    ffa | fbla | deca | stem | club | counseling | guidance | counselors | media center | makerspace | science | math
    ela | english | social studies | world languages | technology | special education | transportation
    food services? | cafeteria | nurses? office | main office | board of education | boe | superintendent | principal
    staff | teachers | library media | library commons | library
""")
#: What may be the official one of a school: a place to read, or a voice.
_OUTLET = group(r"""
    account | page | feed | home | channel | site | website | profile | presence | handle | blog | news | updates
    voice | spokes\w+ | twitter | x | instagram | facebook | bluesky | mastodon | youtube | tiktok
""")
#: A library, a nurse or teachers without a school beside them may be a town's, or a union's.
_TOWNS_TOO = re.compile(r"library|club|nurses? office|teachers|art|dance|music|theat(?:er|re)|staff")
_ROLE = group(r"""
    (?:teacher|educator|instructor|paraprofessional|para|teaching assistant|teacher'?s? aide|aide)
    (?:assistant |vice )?principal | superintendent | (?:head |assistant )?coach | counselor | librarian
    school nurse | nurse | secretary | custodian | bus driver | director
    coordinator | specialist | psychologist | social worker | dean | administrator
    athletic trainer | (?:club )?advis[eo]r | faculty | staff | employee | maestr[ao] | profesora? | profe | directora
    entrenadora? | consejer[ao] | bibliotecari[ao] | superintendente | enfermera
""")
_TITLE = re.compile(
    r"\W{0,3}(?:mr|mrs|ms|miss|mx|dr|coach|principal|asst\.? principal|superintendent|supt|profe|maestr[ao]|senor[ao]?|"
    r"sra?|prof)\b\.?\s"
)
#: Who is no part of the District, though the name of a school is part of theirs.
_OTHERS = group(r"""
    pt[ao]s? | ptsa | ptg | hsa | boosters? | booster club | alumn\w+ | reunion | foundation | friends of | parents?
    families | moms? | mums? | dads? | mothers | fathers | union | association | federation | local \d+ | retirees?
    retired | fans? | fan (?:page|club|account) | parody | satire | unofficial | memes? | confessions? | crush(?:es)?
    shout ?outs? | gossip | tea | affirmations? | sleeping | fights? | student section | superfans? | gazette | times
    tribune | journal | herald | reporter | observer | sentinel | chronicle | patch | watch | truth | exposed | save
    concerned | citizens | taxpayers | residents | neighbo(?:r|ur)s | coalition | vote | for (?:the )?(?:school )?board
    4 school board | candidate | realt(?:y|or) | homes | youth | little league | pop warner
    rec(?:reation)?(?: league)? | aau | travel | free library | public library | police | fire | town of | village of
    church | chamber | historical society | tutoring | padres | familias | exalumnos
""")
_UNIT = re.compile(rf"\b(?:{_SPORT}|{_CLASS}|{_GROUP})\b")
_OTHER_NAME = words("<OTHERS>", OTHERS=_OTHERS)
_OTHER_SELF = re.compile(
    r"(?:^|\n|\. |\bwe are |\bthis is )\W{0,3}(?:the )?(?:official )?"
    r"(?:(?:page|account|home|feed) (?:of|for) )?(?:the )?"
    r"(?:[\w'.&-]+ ){0,5}?(?:pt[ao]|ptsa|hsa|boosters?|alumni|foundation|teachers'? (?:association|union)|federation|"
    r"parents?|families|moms|dads|fans?)\b(?! (?:and|can|may|please|night|conferences?|portal|square))"
)
_DISOWNS = words(r"""
    unofficial | un-official | not (?:an |the )?official | not (?:\w+ )?(?:affiliated|associated|endorsed|connected|run)
    no (?:affiliation|connection) | (?:fan|parody|satire|meme|community|neighborhood) (?:account|page|group|site)
    parody | satire | (?:run|made|managed) by (?:a |the )?(?:parents?|alumni|fans?|volunteers?|neighbors|moms?|dads?)
    (?:parent|fan|alumni|volunteer)-(?:run|led) | independent (?:news|coverage|voice) | no oficial
    (?:running|candidate) for (?:the )?(?:school )?board
""")
#: Signs of a pupil or a graduate: nothing is looked for there, whatever else is said.
_PUPIL = re.compile(
    r"(?<!\w)['\u2019]\d\d\b|\bc/?o ?(?:20)?\d\d\b|\b(?:freshman|sophomore|upperclassman|student[- ]athlete|alum\w*|"
    r"graduate of|grad of|class of \d{4})\b|\b(?:junior|senior) (?:at|@)|\bstudent (?:at|@)|\bi(?:'m| am) \d\d\b|"
    r"\b1[0-9] ?(?:y/?o|years old)\b|\b(?:alumn[oa]|estudiante) (?:de|en)\b"
)
_NOT_NOW = re.compile(
    r"(?:former|formerly|retired|ret\.|ex-|ex|future|aspiring|student|wannabe|was an?|used to be an?|once an?|not an?|"
    r"(?:mom|dad|parent|wife|husband|spouse|son|daughter|child|friend|fan|married) (?:of|to) (?:an?|the|two|three)?)"
    r"[ -](?:[\w'-]+ ){0,3}\Z"
)
#: A district elsewhere, spelled out: initials alone are then that one's.
_SPELLED_OUT = re.compile(
    r"\b(?!the |our |your |a |high |middle |elementary |official |home )[a-z][\w'-]+ (?:[a-z][\w'-]+ )?"
    r"(?:(?:senior |junior )?high|middle|elementary|central) school"
)


#: A profile is read so far, in code points: networks allow 160 to 500, a server of somebody's own may say anything.
_READ = 4_000


@dataclass(frozen=True, slots=True)
class Presented:
    """How a profile presents itself."""

    #: "the District", "a school", "a team", "a class", "a group or an office", "an employee".
    as_whom: str
    #: Half-open spans of the original text that say so.
    spans: tuple[tuple[int, int], ...]
    confidence: float


def presented(text: str, district: District, year: int) -> Presented | None:
    """How a profile presents itself; None where it is not as the District or a part of it.

    ``year`` is the profile's: a class that left before it is a reunion.
    """
    folded = fold(text[:_READ])
    body = folded.text
    name = body.partition("\n")[0]
    names = names_of(district)
    if disowns(text, district) or _has_left(name, year):
        return None
    if _only_initials_of_others(body, names):
        return None
    found = [*_by_name(name, body, names), *_by_claim(body, names), *_by_role(name, body, names)]
    if not found:
        return None
    as_whom, start, end, confidence = max(found, key=lambda item: item[3])
    return Presented(as_whom, (folded.span(start, end),), confidence)


def disowns(text: str, district: District) -> bool:
    """Whether a profile says that it is somebody else: unofficial, a parody, parents, fans, a newspaper."""
    folded = fold(text[:_READ]).text
    name = names_of(district).strong.sub(" ", folded.partition("\n")[0])  # "Union Free School District" is no union
    return bool(_DISOWNS.search(folded) or _OTHER_NAME.search(name) or _OTHER_SELF.search(folded))


_Found = tuple[str, int, int, float]


def _has_left(name: str, year: int) -> bool:
    said = re.search(r"\bclass of (\d{4})\b", name)
    return said is not None and int(said[1]) < year


def _only_initials_of_others(body: str, names: Names) -> bool:
    """Whether the only name of ours is a set of initials, and another school is spelled out beside it."""
    initials = names.initials.search(body)
    if initials is None or names.strong.sub("", body) != names.initials.sub("", body):
        return False
    return _SPELLED_OUT.search(body) is not None


def _by_name(name: str, body: str, names: Names) -> Iterator[_Found]:
    """An institution at the head of the name: the District, a school, or a team, class or group of one."""
    own = rf"(?:{names.strong.pattern}|{names.weak})"
    place = re.compile(rf"(?:\W|the |official |news from |home of ){{0,6}}{own}(?:'s)?\b")
    head = place.match(name)
    what = _UNIT.search(name)
    if head is None:
        # "Mrs. Halvorsen's 3rd Grade, Cobbler Hill": a class that names its teacher first, its school anywhere.
        where = names.strong.search(body) or re.search(rf"\b{names.weak}\b", body)
        of_class = re.search(rf"'s? (?:[\w'-]+ ){{0,2}}?(?:{_CLASS}|band|choir|orchestra|library|room)\b", name)
        if of_class and where and not _PUPIL.search(body):
            yield "a class", 0, len(name), 0.75
        yield from _by_unit(what, body, names)
        return
    strong = names.strong.search(name)
    if strong is None and (what is None or _TOWNS_TOO.fullmatch(what[0])):
        return
    rest = len(re.findall(r"[a-z]{2,}", _UNIT.sub(" ", re.sub(names.weak, " ", names.strong.sub(" ", name)))))
    initials_only = strong is not None and names.initials.fullmatch(strong[0]) is not None
    if rest > 2 or (initials_only and rest and not _supported(name, body, names)):
        return
    if _PUPIL.search(re.sub(r"class of \d{4}", "", body)):
        return
    yield _whom(strong, what, names), 0, len(name), 0.9 if not initials_only else 0.8


def _by_unit(what: re.Match[str] | None, body: str, names: Names) -> Iterator[_Found]:
    """A team, class or group that names itself without its school, and says whose it is: "Herons XC", "XC at …"."""
    own = rf"(?:{names.strong.pattern}|{names.weak})"
    said = re.search(rf"{_UNIT.pattern} (?:teams? )?(?:at|of|for|from|@) (?:the )?{own}", body)
    if what is not None and said is not None and not _PUPIL.search(body):
        yield _whom(None, what, names), said.start(), said.end(), 0.75


def _supported(name: str, body: str, names: Names) -> bool:
    rest = body[len(name) :]
    return bool(
        names.strong.search(rest) or names.domains.search(body) or re.search(r"\bofficial\b", body)
        or re.search(rf"\b(?:{_SPORT}|{_CLASS}|{_GROUP}|mascot|scores|schedules?)\b", body)
    )


def _whom(strong: re.Match[str] | None, unit: re.Match[str] | None, names: Names) -> str:
    if unit is not None:
        if re.fullmatch(_SPORT, unit[0]):
            return "a team"
        return "a class" if re.fullmatch(_CLASS, unit[0]) else "a group or an office"
    return "the District" if strong is None or strong[0] in names.districts else "a school"


def _by_claim(body: str, names: Names) -> Iterator[_Found]:
    """What the words claim: "official account of …", "we are …", a team's or a class's own page."""
    own = rf"(?:{names.strong.pattern}|{names.weak})(?:'s)?"
    claim = re.compile(
        rf"\b(?:the )?official (?:[\w-]+ ){{0,3}}?{_OUTLET}(?: [\w-]+)? (?:of|for|from) (?:the |all )?"
        rf"(?:[\w'-]+ ){{0,4}}?{own}"
        rf"|(?:^|\n)\W{{0,3}}(?:(?:the|first|frc|ftc|official) ){{0,3}}{_UNIT.pattern} "
        rf"(?:team|club|program|department) (?:of|at|for) (?:the )?{names.strong.pattern}"
        rf"|\b(?:cuenta|pagina) oficial (?:de|del|de la) (?:[\w'-]+ ){{0,3}}?{own}"
        rf"|\b(?:we are|this is|welcome to) (?:the )?(?:[\w'-]+ ){{0,3}}?{names.strong.pattern}"
        rf"|\b{own} (?:[\w'-]+ ){{0,3}}?official\b"
    )
    for match in claim.finditer(body):
        strong, unit = names.strong.search(match[0]), _UNIT.search(match[0])
        after = body[match.end() : match.end() + 30]
        if not _OTHER_NAME.search(match[0] + after.partition(".")[0].partition("\n")[0]):
            yield _whom(strong, unit, names), match.start(), match.end(), 0.95 if strong else 0.85


def _by_role(name: str, body: str, names: Names) -> Iterator[_Found]:
    """An employee in that role."""
    if _PUPIL.search(body):
        return
    own = rf"(?:{names.strong.pattern}|{names.weak})"
    at = r"(?:(?: at| @| for| with| in| of|,| \||\s?[-–•·/]| en| de)(?: the| la| el)? ?|\n)"
    direct = re.compile(
        rf"\b{_ROLE}s?(?:,? (?:of |de )?[\w'&-]+(?: [\w'&-]+){{0,2}}?)?{at}(?:@)?{names.strong.pattern}"
        rf"|\b{_ROLE}s?(?: (?:of |de )?[\w'&-]+(?: [\w'&-]+){{0,2}}?)?(?: at| @| en) ?{names.weak}\b"
        rf"|\b{names.strong.pattern}(?:'s)?,? ?(?:[\w'&/-]+ ){{0,3}}?{_ROLE}\b(?! (?:of the year|appreciation))"
        rf"|\b(?:i |we )?(?:teach|teaching|coach|coaching|enseno|work|working) (?:[\w'&/-]+ ){{0,4}}?"
        rf"(?:at|@|for|en) ?{own}\b"
    )
    for match in direct.finditer(body):
        if not _NOT_NOW.search(body[: match.start()]) and not re.search(r"\b(?:former|retired|ex|future)\b", match[0]):
            yield "an employee", match.start(), match.end(), 0.85
    role = re.search(rf"\b{_ROLE}\b", body)
    mail = next((place for place in names.domains.finditer(body) if "@" in place[0]), None)
    if role is not None and mail is not None and not _NOT_NOW.search(body[: role.start()]):
        yield "an employee", role.start(), role.end(), 0.75
    title = _TITLE.match(name)
    placed = re.compile(rf"(?:\bat|@|\ben) ?{names.weak}\b")
    where = names.strong.search(body) or names.domains.search(body) or placed.search(body)
    if title is not None and where is not None and not re.search(r"\b(?:former|retired|parent|mom|dad)\b", body):
        yield "an employee", where.start(), where.end(), 0.7

