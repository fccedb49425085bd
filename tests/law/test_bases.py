"""Every legal basis that the program prints: its form, its days, its matter, and the words of the article it names."""

import re
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.law import bases_for, form_bases, load_rulebook, statute_key, statute_keys
from pipeline.law.editions import editions
from pipeline.law.files import read_tsv, read_yaml
from pipeline.law.forms import load_form_bases
from pipeline.law.regimes import load_regimes, regime_for
from tests.conftest import AS_OF
from tests.law.inventory import Printed, inventory
from tests.law.texts import Fit, edition_on, fit, law_key, load_texts

BASES = inventory()
BOOK = load_rulebook()
_ARTICLE = re.compile(
    r"第[一二三四五六七八九十百千零]+条(?:第[一二三四五六七八九十]+款)?(?:第（?[一二三四五六七八九十]+）?项)?"
    r"(?:[、至]第[一二三四五六七八九十百千零]+条(?:第[一二三四五六七八九十]+款)?(?:第（?[一二三四五六七八九十]+）?项)?)*"
)
# documents without articles, and rows of the annex to the State Council's decision on licences
_OF_DOCUMENT = re.compile(r"|第[一二三四]部分|第（十三）项|第三项|附件第\d+项")
_NUMBERED = re.compile(r"[〔号]|目录清单|令第")
# what a type is about: at least one of its bases says one of these words, whatever the sentence
MATTER = {
    "LIC-01": "行政许可", "LIC-02": "行政许可|备案", "LIC-03": "许可条件|办理条件", "LIC-04": "行政许可", "PWR": "权力|职责",
    "PEN-01": "处罚", "PEN-02": "处罚", "PEN-03": "处罚|惩戒", "PEN-04": "裁量|处罚|罚款", "FOR-01": "强制措施",
    "FOR-02": "强制执行", "FOR-03": "供水", "FEE-01": "收费", "FEE-02": "保证金", "FEE-03": "财力|摊派", "EXP": "征收",
    "RGT-01": "减损", "RGT-02": "义务", "RGT-03": "行为|平等", "RGT-04": "诉讼", "RGT-05": "溯及|承诺", "RGT-06": "自律|自主",
    "RGT-07": "停产", "CRT-01": "证明", "CRT-02": "中介|培训", "FCR-01": "准入|审批|特许", "FCR-02": "限定", "FCR-03": "准入",
    "FCR-04": "外地", "FCR-05": "外地", "FCR-06": "招标", "FCR-07": "歧视", "FCR-08": "税", "FCR-09": "奖励|补贴",
    "FCR-10": "社会保险费", "FCR-11": "垄断|价", "FRM-01": "名称", "FRM-02": "制定", "FRM-03": "施行", "FRM-05": "处罚",
    "FRM-07": "收费|处罚|许可",
}  # fmt: skip
# read by hand: the article is about the matter although it has other words for it
REVIEWED = {
    "licences.道路运输从业人员资格": "客运驾驶人员经考试合格，即从业资格；货运在第二十二条",
    "licences.往来港澳通行证签发": "该条规定向公安机关申请，证件名称是其后的名称",
    "licences.往来台湾通行证签发": "该条规定向公安机关申请，证件名称在第二十二条",
    "licences.校外培训机构审批": "其他文化教育的民办学校由教育部门审批，校外培训机构属于其中",
    "licences.母婴保健技术服务机构执业许可": "婚前检查、产前诊断、结扎等须经卫生部门许可，执业许可是其总称",
    "licences.进境动植物检疫审批": "该条写动物、植物种子等须办理检疫审批",
    "licences.村庄集镇建设工程开工审批": "该条规定开工前提出开工申请并经批准",
    "licences.电影发行经营许可": "该条规定从事发行须经批准，许可证名称在第二十五条",
    "deposits.网络司法拍卖保证金": "该条规定保证金数额和交纳，标题中的“网络司法拍卖”不重复",
    "fees.电信网码号资源占用费": "该条称电信资源费，码号是电信资源",
}
# not among the texts, but read or confirmed elsewhere: the words of domain.md that say so
CONFIRMED_ELSEWHERE = {
    "国务院办公厅关于加强行政规范性文件制定和监督管理工作的通知": "国办发〔2018〕37号",
    "国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见": "国办发〔2020〕49号",
    "国务院办公厅关于清理规范工程建设领域保证金的通知": "国办发〔2016〕49号",
    "公平竞争审查条例实施办法": "市场监管总局令第99号",
}


def _named(basis: Printed) -> str:
    return basis.name


def test_a_basis_names_an_article_and_a_law_that_is_known() -> None:
    for basis in BASES:
        assert _ARTICLE.fullmatch(basis.article) or _OF_DOCUMENT.fullmatch(basis.article), basis.name
        key = law_key(basis.law)
        known = key in statute_keys() or bool(editions(key, date.max)) or bool(_NUMBERED.search(basis.law))
        assert known or not basis.confirmed or key in _LESSER_ACTS, f"{basis.name}不在名录中"


# regulations and rules that the tables of names and editions do not have
_LESSER_ACTS = frozenset(
    statute_key(name)
    for name in (
        "湖南省行政程序规定", "山东省行政程序规定", "浙江省行政程序办法", "公平竞争审查条例实施办法",
        "国务院对确需保留的行政审批项目设定行政许可的决定",
    )
)  # fmt: skip


def test_the_days_of_a_basis_are_in_order() -> None:
    for basis in BASES:
        assert basis.since is None or basis.until is None or basis.since <= basis.until, basis.name
        assert basis.words and all(basis.words), basis.name


@pytest.mark.parametrize("kind", sorted({*BOOK.types, *(row.type for row in load_form_bases())}))
def test_a_type_has_a_basis_on_its_own_matter(kind: str) -> None:
    """Whatever a sentence says, one of the bases shown for a type is on its matter, today and on each earlier day."""
    words = next(words for prefix, words in MATTER.items() if kind.startswith(prefix))
    of_kind = [b for b in BASES if b.origin == kind]
    assert any(re.search(words, word) for basis in of_kind for word in basis.words), of_kind
    if kind in BOOK.types:
        shown = bases_for(BOOK.types[kind].bases, "", AS_OF)
        assert any(re.search(words, basis.says) for basis in shown), shown


@pytest.mark.parametrize("basis", [basis for basis in BASES if basis.until and basis.shown], ids=_named)
def test_a_basis_is_not_used_beyond_its_last_day(basis: Printed) -> None:
    assert basis.until is not None
    for day, used in ((basis.until, True), (basis.until + timedelta(1), False)):
        rows = [
            row
            for kind in BOOK.types.values()
            for row in kind.bases
            if (row.law, row.article) == (basis.law, basis.article) and row.until == basis.until
        ]
        assert all(row.in_force(day) is used for row in rows)
        forms = form_bases(basis.origin, None, "收费处罚许可", day)
        assert not forms or ((basis.law, basis.article) in {(b.law, b.article) for b in forms}) is used


@pytest.mark.parametrize("subject", sorted(BOOK.authorities))
def test_an_authority_rests_on_exactly_the_law_of_the_day(subject: str) -> None:
    bases = BOOK.authorities[subject].bases
    assert any(basis.in_force(AS_OF) for basis in bases)
    assert len({basis.law for basis in bases if basis.in_force(AS_OF)}) == 1


def test_the_rows_of_a_law_follow_each_other_without_gap_or_overlap() -> None:
    """An article and its successor under another number: the day after the last of one is the first of the other."""
    for kind in (*BOOK.types.values(), *BOOK.authorities.values()):
        for basis in kind.bases:
            if basis.until:
                assert any(other.since == basis.until + timedelta(1) for other in kind.bases), basis


def _tell(figures: str) -> None:
    """Figures of a check, to be seen with `pytest -s`."""
    sys.stdout.write(f"\n{figures}\n")


def _share_and_rank(basis: Printed, corpora: Path) -> list[Fit] | None:
    """The fit of each wording of a basis to the article named, in the edition of its last day; None without a text."""
    edition = edition_on(load_texts(corpora).get(law_key(basis.law), ()), basis.until or AS_OF)
    if edition is None or not basis.article:
        return None
    return [found for words in basis.words if (found := fit(words, basis.article, edition))]


def _fits(found: list[Fit]) -> bool:
    """Most words stand in the article, or many do and no other article of the law has more of those that are rare in it."""
    share, rank = max(one.share for one in found), min(one.rank for one in found)
    return share >= 0.6 or (share >= 0.4 and rank <= 2) or (share >= 0.3 and rank == 1)


def test_every_basis_fits_the_words_of_its_article(shared: Path) -> None:
    """Where the law is among the texts: the article exists in the edition of the day, and what the basis says stands there."""
    missing, wrong, fitting = [], [], []
    for basis in BASES:
        found = _share_and_rank(basis, shared / "corpora")
        if found is None or not basis.confirmed:
            continue
        (fitting if found and _fits(found) else wrong if found else missing).append(basis)
    _tell(f"{len(fitting)} bases fit their article, {len(wrong)} have other words and were reviewed")
    assert not missing, [basis.name for basis in missing]
    assert {basis.origin for basis in wrong} <= REVIEWED.keys(), [b.name for b in wrong if b.origin not in REVIEWED]


def test_what_is_reviewed_still_needs_it(shared: Path) -> None:
    """An exception is taken out once its basis fits by itself."""
    of = {basis.origin: basis for basis in BASES if basis.origin in REVIEWED}
    assert of.keys() == REVIEWED.keys()
    for origin, basis in of.items():
        found = _share_and_rank(basis, shared / "corpora")
        assert found and not _fits(found), origin


def test_a_basis_that_cannot_be_read_is_confirmed_elsewhere_or_shown_as_unverified(shared: Path) -> None:
    """Laws that are not among the texts: their tags are those of domain.md, else the reviewer is told 待核实."""
    domain = (shared / "domain" / "domain.md").read_text(encoding="utf-8")
    unread = [basis for basis in BASES if basis.shown and _share_and_rank(basis, shared / "corpora") is None]
    _tell(f"not checked: {len(unread)} bases, of which {sum(b.confirmed for b in unread)} are confirmed elsewhere")
    for basis in (basis for basis in unread if basis.confirmed):
        where = CONFIRMED_ELSEWHERE[re.sub(r"（[^）]*）$", "", basis.law)]
        # 国办发〔2018〕37号 is also written 37号 there
        assert where in domain or where.split("〕")[-1] in domain, basis.name


def test_the_measure_notices_the_neighbouring_article(shared: Path) -> None:
    """The same words under the next article of the same law do not fit, for nearly all bases of types."""
    noticed, tried = 0, 0
    for basis in (b for b in BASES if b.origin in BOOK.types and re.fullmatch(r"第[^条]+条", b.article)):
        edition = edition_on(load_texts(shared / "corpora").get(law_key(basis.law), ()), basis.until or AS_OF)
        if edition is None:
            continue
        keys = list(edition.articles)
        own = fit(basis.words[0], basis.article, edition)
        assert own is not None
        for number in (str(n) for n in range(1, len(keys))):
            if number in edition.articles and abs(int(number) - _number(basis.article)) == 1:
                tried += 1
                other = fit(basis.words[0], f"第{_chinese(int(number))}条", edition)
                noticed += other is None or not _fits([other])
    assert tried > 30 and noticed / tried >= 0.9, (noticed, tried)


def _number(article: str) -> int:
    from pipeline.numerals import read_number

    return read_number(article.strip("第条")) or 0


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = f"{digits[hundreds]}百" if hundreds else ""
    words += f"{digits[tens]}十" if tens else ("零" if hundreds and ones else "")
    return words + (digits[ones] if ones else "")


def test_every_edition_and_every_moved_article_agrees_with_the_texts(shared: Path) -> None:
    """The number of articles of an edition is that of its text, and an article that moved exists on the day it moved."""
    texts = load_texts(shared / "corpora")
    for row in read_tsv("editions.tsv"):
        same = [one for one in texts.get(statute_key(row["name"]), ()) if str(one.since) == row["since"]]
        counts = {
            max((int(re.sub(r"\D.*", "", key)) for key in one.articles if key[0].isdigit()), default=0) for one in same
        }
        assert not counts or int(row["articles"]) in counts, row
    for row in read_tsv("moved.tsv"):
        edition = edition_on(texts.get(statute_key(row["now"]), ()), date.fromisoformat(row["since"]))
        assert edition is None or row["now_article"] in edition.articles, row


def test_an_article_moves_on_the_day_on_which_an_edition_takes_effect() -> None:
    """Not on the day of its adoption: a notice of the months between cites the old number rightly."""
    for row in read_tsv("moved.tsv"):
        days = {edition.since.isoformat() for edition in editions(row["now"], date.max)}
        assert row["since"] in days, row


def test_every_regime_says_where_it_was_read_and_follows_the_one_before() -> None:
    for row in read_yaml("regimes.yaml"):
        assert row["source"] and row["basis"]
    places = {regime.place for regime in load_regimes()}
    for place in places:
        own = sorted((r for r in load_regimes() if r.place == place), key=lambda regime: regime.since)
        for earlier, later in pairwise(own):
            assert earlier.until is not None and earlier.until + timedelta(1) == later.since


@pytest.mark.parametrize(
    ("day", "order", "confirmed"),
    [
        (date(2016, 12, 31), "第26号", True),
        (date(2017, 1, 1), "第46号", False),
        (date(2019, 8, 1), "第17号", False),
    ],
)
def test_a_document_is_under_the_regime_of_its_own_time(day: date, order: str, confirmed: bool) -> None:
    """The Shanghai rule of 2010 was replaced at the beginning of 2017 and says nothing about documents made later."""
    regime = regime_for("上海市徐汇区", day)
    assert regime is not None and order in regime.basis and regime.confirmed is confirmed
