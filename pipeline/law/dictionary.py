"""Words of the law for segmenters, as a user dictionary of jieba: names of bodies, laws, places, licences and fees, terms of the law, types of findings."""

import re
from collections.abc import Iterator

from pipeline.law.bodies import load_bodies
from pipeline.law.editions import edition_names
from pipeline.law.files import read_tsv
from pipeline.law.places import known_places
from pipeline.law.prepared import load_rulebook
from pipeline.law.statutes import load_statute_names

# tags of parts of speech as jieba writes them: organisation, place, other proper noun, noun
BODY, PLACE, LAW, TERM = "nt", "ns", "nz", "n"
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{2,40}")
_SEPARATORS = re.compile("[、，,；;（）()/ ]+|或者|的|[与和]")
# the name of a type that is longer is a sentence and no word
_LONGEST_TERM = 6
_STATE = "中华人民共和国"
# how the names of licences, certificates, deposits and fees end; other words of the tables describe a matter (开办农贸市场)
_NAME_OF_ITEM = re.compile(r"(?!申领|办理|领取|取得|缴纳|收取).*(?:许可证?|证书?|执照|资质|资格|金|费)")
# 国家市场监督管理总局, 自然资源部 → 市场监督管理, 自然资源; those without counterpart in provinces and counties are left out
_MINISTRY = re.compile(
    r"(?!全国|中央|中共|中华人民共和国|海关|国防部|外交|国家国)(?:国家|国务院|中国)?(?P<field>[\u4e00-\u9fff]{2,12}?)(?P<end>部|总局|委员会|局|署)"
)


def words() -> dict[str, str]:
    """Every word with its tag, in alphabetical order; a word of several kinds has the first tag of body, place, law, term."""
    found: dict[str, str] = {}
    for word, tag in _all():
        if _WORD.fullmatch(word):
            found.setdefault(word, tag)
    return dict(sorted(found.items()))


def _all() -> Iterator[tuple[str, str]]:
    yield from ((name, BODY) for body in load_bodies() for name in body.names)
    yield from ((name, BODY) for name in departments())
    yield from ((name, PLACE) for pair in known_places().items() for name in pair)
    yield from ((prefix + name, LAW) for name in (*load_statute_names(), *edition_names()) for prefix in ("", _STATE))
    yield from ((name, TERM) for name in _items())
    yield from ((term, TERM) for row in read_tsv("terms.tsv") for term in row["terms"].split("|"))
    for kind in load_rulebook().types.values():
        yield from ((part, TERM) for part in _SEPARATORS.split(kind.name) if len(part) <= _LONGEST_TERM)


def departments() -> Iterator[str]:
    """The names that departments of a province, a city or a county bear after those of the ministries in force: 自然资源厅, 自然资源局."""
    for body in load_bodies():
        if body.level != "国家" or body.until:
            continue
        for match in filter(None, map(_MINISTRY.fullmatch, body.names)):
            ends = ("局", "厅", "委员会") if match["end"] == "委员会" else ("局", "厅")
            yield from (match["field"] + end for end in ends)


def _items() -> Iterator[str]:
    """Names of licences, certificates, deposits and fees that law provides for."""
    for table in ("licences.tsv", "deposits.tsv", "fees.tsv"):
        for row in read_tsv(table):
            yield from filter(_NAME_OF_ITEM.fullmatch, row["words"].split("|"))


def lines() -> Iterator[str]:
    """The dictionary as jieba loads it (`jieba.load_userdict`): a word and its tag a line; jieba finds the frequencies itself."""
    return (f"{word} {tag}" for word, tag in words().items())
