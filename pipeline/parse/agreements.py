"""Contracts, agreements and pledges (合同、协议、备忘录、承诺书): what names one, and its parties (当事人), who issue nothing."""

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Fact, Span
from pipeline.parse.genres import AGREEMENT_ENDS, ENDS
from pipeline.parse.lines import Line

_ROLE = (
    "[甲乙丙丁戊]方|(?:出租|承租|出让|受让|发包|分包|承包|委托|受托|转让|定作|承揽|出卖|买受|赠与|受赠|出借|借款|贷款|担保|抵押|承诺|保证|授权|被授权|特许|被特许|征收|被征收)[方人]"
    "|采购[人方]|供应商|供货方|[供需买卖]方|抵押权人|投资[方人]|项目公司|实施机构|服务方|征收部门|责任[方人]|建设单位|施工单位|监理单位"
)
# 甲方（盖章）：, 采购人（甲方）:
PARTY = re.compile(rf"(?:(?<=^)|(?<=\s\s)|(?<=\t))({_ROLE})(?:[（(][^（）()]{{1,20}}[）)])*[：:]")
# how a name goes on: （以下简称“甲方”）, （章）, ；
_BEHIND_NAME = re.compile(r"(?:[（(][^（）()]*[）)]|[；;。，,\s])+$")
_NAME = re.compile(r"[\u4e00-\u9fff（）()·A-Za-z0-9]{2,40}")
# a party stands within the first lines, before what the parties agree
_OPENING = 30
_BOTH = 2


def names_agreement(title: str) -> bool:
    """Whether a title is that of a contract, an agreement or a pledge: …特许经营协议, …采购合同（草案）."""
    return bool(AGREEMENT_ENDS.search(title))


def is_agreement(lines: Sequence[Line], title: str) -> bool:
    """Whether a text is a contract: by its title, or by two parties above what they agree where no title says otherwise."""
    if names_agreement(title):
        return True
    roles = {role for line in lines[:_OPENING] for role, _ in _parties_in(line)}
    return len(roles) >= _BOTH and not ENDS.search(title)


def begins_with_party(text: str) -> bool:
    """Whether a line names a party: 甲方：长河县水利局."""
    return PARTY.match(text) is not None


def find_parties(lines: Sequence[Line]) -> tuple[Fact[str], ...]:
    """The parties of a contract in order, each with its part (甲方, 承租方 …) as origin; of a part the first name that is written."""
    found: dict[str, Fact[str]] = {}
    for line in lines:
        for role, name in _parties_in(line):
            if role not in found and name.value not in {fact.value for fact in found.values()}:
                found[role] = name
    return tuple(found.values())


def _parties_in(line: Line) -> Iterator[tuple[str, Fact[str]]]:
    """The parts that a line names, with the names of the parties; blanks to be filled are left out."""
    places = list(PARTY.finditer(line.text))
    for number, place in enumerate(places):
        end = places[number + 1].start() if number + 1 < len(places) else len(line.text)
        written = line.text[place.end() : end]
        name = _BEHIND_NAME.sub("", written).strip()
        if _NAME.fullmatch(name):
            at = line.start + place.end() + written.index(name)
            yield place[1], Fact(name, Span(at, at + len(name)), place[1])
