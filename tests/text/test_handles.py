"""Handles: keys as they are compared, and spellings that are taken for another one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.text.handles import distance, look_alike, stem
from rollbook.types import Account

REGISTER = (
    Account("x:LarkmoorCSD", "district"), Account("bluesky:larkmoorcsd.example", "district"),
    Account("mastodon:library@schools.larkmoor.example", "district"), Account("mastodon:ashgrove_news@schools.larkmoor.example", "district"), Account("x:ms_whitlow", "employee"),
    Account("x:LMHS_Otters", "district"), Account("x:class_of_2027", "district"),
)


@pytest.mark.parametrize(("key", "likeness"), [
    ("x:LarkmoorCSD_", "looks like"), ("x:Larkm00rCSD", "looks like"), ("x:LarkrnoorCSD", "looks like"),
    ("x:Lаrkmoorcsd", "looks like"), ("x:IarkmoorCSD", "looks like"), ("x:LarkmorCSD", "differs in one"),
    ("x:LarkmoroCSD", "differs in one"), ("instagram:larkmoorcsd", "on another network"),
    ("bluesky:larkmoorcsd.bsky.example", "on another network"), ("mastodon:ashgrove_news@other.example", "on another network"),
    ("x:ms_whitlоw", "looks like"),
])
def test_a_look_alike_is_told_with_what_it_looks_like(key: str, likeness: str) -> None:
    found = look_alike(key, REGISTER)
    assert found is not None
    assert likeness in found.how


@pytest.mark.parametrize("key", [
    "x:LarkmoorCSD", "x:larkmoorcsd", "x:LarkspurCSD", "x:ms_whitlaw", "instagram:ms_whitlow", "x:BMHS_Otters",
    "x:class_of_2028", "x:lark", "feed:https://larkmoorcsd.example/feed", "bluesky:did:plc:larkmoorcsd",
    "mastodon:library@other.example", "x:Library_",
])
def test_other_names_are_other_names(key: str) -> None:
    assert look_alike(key, REGISTER) is None


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8))
def test_a_distance_is_the_same_both_ways_and_bounded(one: str, other: str) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) <= 3
    assert (distance(one, other, 2) == 0) == (one == other)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_handle_breaks_it(network: str, handle: str) -> None:
    look_alike(f"{network}:{handle}", REGISTER)
    stem(f"{network}:{handle}")


@dataclass(frozen=True)
class Pairs:
    """Invented handles beside a register: which are taken for one of it, and which are other names."""

    ours: str
    employees: str
    alike: str
    others: str

    def register(self) -> list[Account]:
        kinds = ((self.ours, "district"), (self.employees, "employee"))
        return [Account(key, kind) for keys, kind in kinds for key in keys.split()]  # type: ignore[arg-type]


#: At the first try, by the distance alone: recall 0.80, precision 0.80. What tells other names apart was made after it.
TUNED = Pairs("""
    x:QuarryBaySchools  instagram:quarrybayschools  facebook:QuarryBayCSD  x:QBHS_Music  instagram:eastside_primary  youtube:QuarryBayTV
    bluesky:quarrybay.example  mastodon:office@schools.quarrybay.example  tiktok:qbathletics  x:QBHS  flickr:quarrybayphotos
    threads:lanternhill.library  x:QBHSGirlsSoccer  x:QuarryBayMS  x:QBClass2027
""", """
    x:QBMrVance  instagram:ms.delgado.reads  x:SuptSollers
""", """
    x:QuarryBaySchoo1s  x:QuarryBayScho0ls  x:Quarry_Bay_Schools  x:QuarryBaySchoolss  x:QuarryBaySchool  x:QuaryBaySchools  x:QuarryBaySchoosl
    x:QuarryBaySch00ls  x:OuarryBaySchools  x:QuarrvBaySchools  instagram:quarrybay.schools  instagram:quarrybayschools_
    instagram:_quarrybayschools_  instagram:quarrybayschoolz  instagram:quarrybаyschools  facebook:QuarryBayCSD1  facebook:QuarryBay-CSD
    x:QBHSMusic  x:QBHS_Muslc  x:QBHS_Musik  instagram:eastsideprimary  instagram:eastside_prirnary  youtube:QuarryBayTV_  youtube:QuarryBayTVs
    tiktok:qbathletlcs  tiktok:qb_athletics  tiktok:qbathletic  flickr:quarrybayphoto  threads:lanternhilllibrary  threads:lanternhill_library
    x:QBMrVаnce  x:SuptSo11ers  x:SuptSoIlers  x:QuarryBaySchools1  x:TheQuarryBaySchools  x:RealQuarryBaySchools  x:QuarryBaySchoolsOfficial
    x:QuarryBaySchoolsNY  x:QuarryBaySchools2  bluesky:quarrybay-example.bsky.social  bluesky:quarrybay.bsky.social
    mastodon:quarrybayschools@mastodon.example  youtube:quarrybayschools  x:QBHSGirlsSocer  bluesky:quarryday.example
""", """
    x:quarrybayschools  x:@QuarryBaySchools  instagram:QuarryBaySchools  x:QuarryBayPizza  x:QuarryBayPTA  x:QuarryHillSchools
    x:QuarryBaySchoolBoosters  x:EastBaySchools  x:QBHS_Band  x:QBHS_Drama  x:PBHS_Music  x:QCHS_Music  x:QBMS_Music  x:QBMrVanns  x:QBMrVince
    x:QBMsVance  x:SuptSollars  instagram:ms.delgado.leads  instagram:qbmrvance  x:QBHSBoysSoccer  x:PBHSGirlsSoccer  x:QBMSGirlsSoccer
    x:QuarryBayHS  x:QuarryBayES  x:QBClass2028  x:QBClass2026  x:QBHS1  x:QBMS  x:KBHS  instagram:westside_primary  instagram:eastside_library
    instagram:northside_primary  tiktok:qbathletes  tiktok:pbathletics  tiktok:kbathletics  flickr:quarrybayphotoclub  threads:lanternhill.bakery
    youtube:QuarryBayTVNews  facebook:QuarryBayBSD  facebook:MarlowBayCSD  mastodon:office@other.example  x:office  x:QuarryBay
    x:QuarryBaySchoolNews  bluesky:did:plc:quarrybayschools  x:QBMrVance_
""")
#: Written after that and tried once: recall 0.97, precision 0.89; then corrected.
HELD_BACK = Pairs("""
    x:TeaselHollowCSD  facebook:TeaselHollowSchools  instagram:thhs_marchingband  x:THHSRobotics  tiktok:teaselhollowathletics
    youtube:TeaselHollowBOE  bluesky:teaselhollow.k12.example  bluesky:th-library.bsky.social  mastodon:nurses@schools.teasel.example
    threads:southside.elementary  x:TH_Transportation  instagram:thhs.class.of.2028  flickr:harrowgate_es
""", """
    x:MsPolwarth  x:CoachIlsley
""", """
    x:TeaselHollowCSD_  x:TeaselHoIlowCSD  x:TeaselHolowCSD  x:TeaselHollwoCSD  x:TeazelHollowCSD  x:TeaselHollowwCSD  x:TeaselHollovvCSD
    x:TeaselHol1owCSD  x:OfficialTeaselHollowCSD  x:TeaselHollowCSDs  facebook:TeaselHollowSchool  facebook:TeaselHallowSchools
    facebook:Teasel.Hollow.Schools  facebook:TeaselHollowSchoolsHQ  instagram:thhs_marchlngband  instagram:thhsmarchingband
    instagram:thhs_marchingbannd  instagram:thhs_marching_band  x:THHSRob0tics  x:THHSRobotic  x:THHS_Robotics  tiktok:teaselhollowathletlcs
    tiktok:teaselholowathletics  youtube:TeaselHollowB0E  youtube:TeaselHollowBOE2  bluesky:teaselhollow.bsky.social
    bluesky:teaselhollow-k12-example.bsky.social  bluesky:th-librarry.bsky.social  bluesky:thlibrary.bsky.social  threads:southside_elementary
    threads:southside.elementry  x:TH_Transp0rtation  x:TH_Transportaion  x:MsPo1warth  x:MsPоlwarth  x:C0achIlsley
    flickr:harrowgate.es  facebook:teaselhollowcsd  x:TeaselHollowBOE
""", """
    x:TeaselHollowHS  x:TeaselHollowMS  x:TeaselHollowPTA  x:TeaselHollowFire  x:TeaselHollowNews  x:HazelHollowCSD  x:TeaselHillCSD
    x:TeaselHollowUFSD  facebook:WeaselHollowSchool  facebook:TeaselHollowPreschools  instagram:mhhs_marchingband  instagram:phs_marchingband
    instagram:thms_marchingband  instagram:thhs_jazzband  x:PHHSRobotics  x:MHSRobotics  tiktok:maplehollowathletics
    bluesky:th-librarian.bsky.social  bluesky:mh-library.bsky.social  bluesky:maplehollow.k12.example  mastodon:nurse@other.example
    threads:northside.elementary  threads:southside.bakery  x:MH_Transportation  x:PH_Transportation  instagram:thhs.class.of.2027
    instagram:thhs.class.of.2029  x:MsPolworth  x:MsPolwarth_  x:MrPolwarth  instagram:mspolwarth  x:CoachIlsey  x:CoachLlsley
    flickr:harrowgate_ms  flickr:harrowgate_hs  flickr:barrowgate_es  instagram:teasel.hollow.inn  x:TeaselHollowAlumni
""")
#: The two places of the pairs, as a handle writes them.
PLACES = "quarrybay|teaselhollow"


@pytest.mark.parametrize(("pairs", "key"), [(pairs, key) for pairs in (TUNED, HELD_BACK) for key in pairs.alike.split()])
def test_what_is_taken_for_an_account_on_record_is_told(pairs: Pairs, key: str) -> None:
    assert look_alike(key, pairs.register(), PLACES) is not None


@pytest.mark.parametrize(("pairs", "key"), [(pairs, key) for pairs in (TUNED, HELD_BACK) for key in pairs.others.split()])
def test_another_name_is_not_told(pairs: Pairs, key: str) -> None:
    assert look_alike(key, pairs.register(), PLACES) is None


def test_what_is_known_to_be_wrong() -> None:
    register = HELD_BACK.register()
    assert look_alike("flickr:harrowgate_ess", register) is None, "its last part is as short as initials: missed"
    assert look_alike("youtube:TeaselHollowBO", register) is not None, "one letter less, though it may be the town's board"


def test_both_kinds_of_pairs_are_many() -> None:
    assert min(len(getattr(pairs, side).split()) for pairs in (TUNED, HELD_BACK) for side in ("alike", "others")) >= 38


@pytest.mark.parametrize("key", ["youtube:QuarryBaySchools", "tiktok:quarry.bay.schools", "instagram:qbms_music"])
def test_the_same_name_elsewhere_is_a_twin_and_no_look_alike(key: str) -> None:
    register = [*TUNED.register(), Account("x:QBMS_Music", "district")]
    found = look_alike(key, register)
    assert found is not None
    assert found.is_twin, found
    assert "on another network" in found.how


def test_a_separator_on_the_same_network_is_no_twin() -> None:
    found = look_alike("x:Quarry_Bay_Schools", TUNED.register())
    assert found is not None
    assert (found.is_twin, found.how) == (False, "looks like, in other characters, that of")
