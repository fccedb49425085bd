"""Masthead: title (题名), issuers (制定机关), number (文号) and dates, chosen from head, signature, page and preface."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.dates import DATE, first_date, read_date
from pipeline.document import Fact, Masthead, Span
from pipeline.parse.agreements import find_parties, is_agreement
from pipeline.parse.attachments import HEADING
from pipeline.parse.bodies import NAME, is_body, is_short_for, signs_as_head, split_bodies
from pipeline.parse.closing import find_copies, find_openness, find_published, trailing_bodies
from pipeline.parse.family import Extent, attached_title
from pipeline.parse.genres import ENDS
from pipeline.parse.head import Head
from pipeline.parse.lines import Line, Sheet
from pipeline.parse.noise import is_clean_name
from pipeline.parse.numbers import cited_numbers

_ADOPTED = re.compile(
    r"(?:第[一二三四五六七八九十]{1,3}届)?([\u4e00-\u9fff]{0,14}?(?:第[一二三四五六七八九十]{1,3}届)?(?:全国)?人民代表大会(?:常务委员会)?)第"
)
# …部依据…，组织编制了《…指南》: a text without head whose preface gives its title
_COMPILED = re.compile(
    r"([\u4e00-\u9fff、]{3,60}?)(?:依据[^。]{0,400}?)?(?:，|共同|联合|等部门)*组织(?:[\u4e00-\u9fff]{2,20})?(?:编制|制定|修订|编写)(?:了|形成了)?《([^《》]{6,60}(?:《[^》]*》)?[^《》]{0,20})》"
)
# 《…办法》已经2018年4月2日…常务会议通过，现予公布: the sentence of an order, signed by 省长、部长…
_PROMULGATED = re.compile(
    r"(?:^|号)《((?:[^《》]|《[^《》]*》)+)》已[经由于]?[^。\n]{0,120}?(?:通过|批准)，(?:现予|予以)(?:公布|发布|施行)"
)
# the bodies before what a title is about, or before the genre of a notice or an order
_LEAD = re.compile(r"([\u4e00-\u9fff（）、]{4,240}?)(?:关于|印发|转发|批转|发布|公布|(?:公告|通告|令)(?:$|〔))")
_JOINT = 2
_UNQUOTED = str.maketrans("〈〉", "《》")
_PASSED_VERB = re.compile("通过|批准|审议|公布|发布|颁布|印发")
_PASSES = ("通过", "批准", "审议")
_DOWNLOAD = re.compile(r"(?:下载链接|附件下载)[：:]\s*(.{8,160}?)\.(?:docx?|pdf|wps|ofd)", re.IGNORECASE)
_META = {
    "number": re.compile(r"^(?:发文字号|发布文号|文号|发文文号|文件编号|文件字号|文件文号)[：:]\s*(.+)$"),
    "issuers": re.compile(
        r"^【?(?:发文机关|发布机构|发布机关|发文单位|发布单位|制定机关|制定机构|制定单位|制发机关|颁布部门|发布部门|发文部门|发文机构|公布机关)】?[：:]?\s*(.+)$"
    ),
    "made": re.compile(r"^【?(?:成文日期|成文时间|生成日期|发文日期|发文时间)】?[：:]?\s*(.+)$"),
    "published": re.compile(
        r"^【?(?:发布日期|公布日期|颁布日期|发布时间|公布时间|公开日期|公开时间|印发日期)】?[：:]?\s*(.+)$"
    ),
    "effective": re.compile(r"^【?(?:实施|施行|执行|生效)(?:日期|时间)】?[：:]?\s*(.+)$"),
    "title": re.compile(r"^【?(?:标题|名称|法规名称|文件名称|信息名称|信息标题)】?[：:]?\s*(.+)$"),
}


def read_meta(sheet: Sheet) -> dict[str, Fact[str]]:
    """The rows of the page's information table by the keys number, issuers, made, published, effective, title."""
    found: dict[str, Fact[str]] = {}
    for line in (*sheet.meta, *sheet.lines[:20]):
        if line.text[0] not in "【发文制颁成生公印实施执标名法信" or len(line.text) > 200:
            continue
        for key, pattern in _META.items():
            match = pattern.match(line.text)
            if match and (line in sheet.meta or line.text[0] == "【"):
                found.setdefault(key, Fact(match[1].strip(), line.span, "网页信息表"))
    return found


def read_masthead(extent: Extent, sheet: Sheet, all_lines: Sequence[Line]) -> Masthead:
    """The masthead of a document; `all_lines` are its lines and those of its attached documents."""
    meta = read_meta(sheet)
    order = _promulgated(extent)
    title = find_title(extent, sheet, meta) or (order[0] if order else None)
    adopted = _adoption(extent.head) or (order[1] if order else None)
    agreed = is_agreement(extent.lines, title.value if title else "")
    return Masthead(
        title=title_of_record(title) if title else None,
        issuers=() if agreed else find_issuers(extent, title, adopted, meta),
        number=find_own_number(extent.head, meta),
        registration=extent.head.registration,
        made=find_made(extent, meta),
        published=find_published(all_lines) or _meta_day(meta, "published"),
        recipients=extent.head.recipients,
        copies=find_copies(all_lines),
        signers=extent.head.signers,
        openness=find_openness(all_lines),
        secrecy=extent.head.secrecy,
        adopted=adopted,
        parties=find_parties(extent.lines) if agreed else (),
    )


def _meta_day(meta: dict[str, Fact[str]], key: str) -> Fact[date] | None:
    fact = meta.get(key)
    day = read_date(fact.value) if fact else None
    return Fact(day, fact.span, fact.origin) if fact and day else None


def _adoption(head: Head) -> Fact[str] | None:
    return Fact(head.passed.text, head.passed.span, "题注") if head.passed else None


def _promulgated(extent: Extent) -> tuple[Fact[str], Fact[str]] | None:
    """The title and the promulgating sentence of an order without heading, recognised by its signature (规章制定程序条例)."""
    for index, line in enumerate(extent.lines[: extent.head.body + 3]):
        match = _PROMULGATED.search(line.text)
        signed = [after for after in extent.lines[index + 1 : index + 4] if signs_as_head(after.text)]
        if match and signed:
            title = Fact(
                match[1].replace(" ", ""), Span(line.start + match.start(1), line.start + match.end(1)), "公布语"
            )
            return title, Fact(f"{line.text}{signed[0].text}", Span(line.start, signed[0].end), "公布语")
    return None


def find_own_number(head: Head, meta: dict[str, Fact[str]]) -> Fact[str] | None:
    """The document's own number: of its head, else of the page's information table; None if not stated."""
    if head.number:
        return head.number
    fact = meta.get("number")
    numbers = cited_numbers(fact.value) if fact else []
    return Fact(numbers[0], fact.span, fact.origin) if fact and numbers else None


def find_made(extent: Extent, meta: dict[str, Fact[str]]) -> Fact[date] | None:
    """成文日期: of the signature, else the day of adoption, else of the page's information table; None if not stated."""
    if extent.signature and extent.signature.made:
        return extent.signature.made
    passed = extent.head.passed
    found = first_date(passed.text) if passed else None
    if passed and found:
        return Fact(
            found.day,
            Span(passed.start + found.span.start, passed.start + found.span.end),
            _day_of_what(passed.text[found.span.end :]),
        )
    return _meta_day(meta, "made") or _below_order(extent)


def _below_order(extent: Extent) -> Fact[date] | None:
    """The day that stands alone right below the title of an order."""
    body = extent.lines[extent.head.body : extent.head.body + 1]
    day = read_date(body[0].text) if body and extent.head.is_order and DATE.fullmatch(body[0].text) else None
    return Fact(day, body[0].span, "令下日期") if day else None


def _day_of_what(behind: str) -> str:
    """What the day is that a line below the title states, by the first verb behind it: （2019年4月2日…公布 根据…修正）."""
    verb = _PASSED_VERB.search(behind)
    return "题注所载公布日期" if verb and verb[0] not in _PASSES else "通过日期"


def find_title(extent: Extent, sheet: Sheet, meta: dict[str, Fact[str]]) -> Fact[str] | None:
    """The title: of the head, the page's information table, a download link or the preface; None if not stated."""
    if extent.head.title:
        return extent.head.title
    if extent.lines and HEADING.match(extent.lines[0].text):
        return attached_title(extent.lines, extent.head, ())
    if extent.head.is_order and extent.issued:
        line = extent.lines[min(extent.head.body, len(extent.lines) - 1)]
        # names within 《》 are in 〈〉, in a title of its own they are not
        return Fact(extent.issued[0].translate(_UNQUOTED), line.span, "令所公布的文件")
    if "title" in meta:
        return meta["title"]
    for line in sheet.furniture:
        match = _DOWNLOAD.search(line.text)
        if match and ("关于" in match[1] or ENDS.search(match[1])):
            span = Span(line.start + match.start(1), line.start + match.end(1))
            return Fact(match[1].replace(" ", ""), span, "下载链接")
    compiled = _compiled_in_preface(extent)
    return compiled[0] if compiled else None


def title_of_record(title: Fact[str]) -> Fact[str]:
    """A title as it is cited: between the bodies that it begins with stands a blank, or the mark that the paper prints.

    中国人民银行财政部关于… → 中国人民银行 财政部关于…, also where each body has a line of its own or line breaks were lost
    (GB/T 9704-2012, 7.3.1: no marks in a title but those of names).
    """
    lead = _LEAD.match(title.value)
    names = split_bodies(lead[1]) if lead and "、" not in lead[1] else []
    if len(names) < _JOINT or not all(map(is_body, names)):
        return title
    return replace(title, value=" ".join(names) + title.value[len("".join(names)) :])


def _compiled_in_preface(extent: Extent) -> tuple[Fact[str], tuple[Fact[str], ...]] | None:
    if extent.head.recipients or extent.signature:
        return None
    for line in extent.lines[:40]:
        match = _COMPILED.search(line.text) if "组织" in line.text and "《" in line.text else None
        if match:
            bodies = re.split(r"[，。；]", line.text[: match.end(1)])[-1]
            span = Span(line.start + match.end(1) - len(bodies), line.start + match.end(1))
            names = _bodies_of(bodies)
            issuers = tuple(Fact(name, span, "前言") for name in names if is_body(name))
            title = Fact(
                match[2].replace(" ", ""),
                Span(line.start + match.start(2), line.start + match.end(2)),
                "前言",
            )
            return title, issuers
    return None


def _bodies_of(text: str) -> list[str]:
    """工业和信息化部、交通运输部和国家标准化管理委员会 → the three."""
    names: list[str] = []
    for part in text.split("、"):
        names.extend([part] if is_body(part) else [name for name in part.split("和") if is_body(name)])
    return [re.sub("^(?:和|由)", "", name) for name in names]


def find_issuers(
    extent: Extent, title: Fact[str] | None, adopted: Fact[str] | None, meta: dict[str, Fact[str]]
) -> tuple[Fact[str], ...]:
    """The issuers (制定机关) in order; names that contain spam are dropped.

    Sources in order of precedence: letterhead of an order, signature, letterhead, title, adoption, signature without
    date, the page's information table, preface.
    """
    signed = extent.signature.issuers if extent.signature else ()
    leading = _leading(title)
    head = extent.head
    if head.is_order and head.mark:
        return head.mark
    if signed:
        return _fullest(_clean(signed), leading)
    mark = head.mark if len(head.mark) >= len(leading) else leading
    candidates = (
        mark,
        leading,
        head.named,
        _by_adoption(adopted),
        _inside(title),
        _closing(extent),
        _from_meta(meta),
    )
    for names in candidates:
        if _clean(names):
            return _clean(names)
    compiled = _compiled_in_preface(extent) if not extent.head.recipients else None
    return compiled[1] if compiled else ()


def _clean(names: Sequence[Fact[str]]) -> tuple[Fact[str], ...]:
    """The names without spam, each body once: a seal may repeat a name above it in short (银保监会)."""
    found: list[Fact[str]] = []
    for name in names:
        if is_clean_name(name.value) and not any(is_short_for(name.value, other.value) for other in found):
            found.append(name)
    return tuple(found)


def _fullest(signed: tuple[Fact[str], ...], leading: tuple[Fact[str], ...]) -> tuple[Fact[str], ...]:
    """The issuers as named in the title where it names the signers more fully, else as they signed.

    上海市奉贤区柘林镇人民政府 in the title for the only signer 柘林镇人民政府; all bodies of the title where only some of them
    are found below the text.
    """
    if len(signed) == len(leading) == 1 and leading[0].value.endswith(signed[0].value):
        return leading
    if len(signed) >= len(leading):
        return signed
    rest = iter(leading)
    return leading if all(any(_is_same(name.value, other.value) for other in rest) for name in signed) else signed


def _is_same(signed: str, named: str) -> bool:
    return signed == named or is_short_for(signed, named)


def _leading(title: Fact[str] | None) -> tuple[Fact[str], ...]:
    """The bodies at the beginning of a title: ××市人民政府关于…"""
    if title is None or title.origin == "前言":
        return ()
    if title.value.endswith(("公告", "通告", "令")) and "关于" not in title.value:
        lead = re.sub(r"(?:公告|通告|令)$", "", title.value)
    else:
        lead = re.split(r"关于|印发|转发|批转", title.value)[0]
    if lead == title.value or not is_body(lead.replace("、", "")):
        return ()
    return tuple(Fact(name, title.span, "标题") for name in split_bodies(lead))


def _inside(title: Fact[str] | None) -> tuple[Fact[str], ...]:
    """The body named in an issued title: 关于印发《松江区人民政府关于…的决定》的通知."""
    match = re.search(r"关于(?:印发|发布|公布)《([\u4e00-\u9fff]{4,30}?)关于", title.value) if title else None
    return (
        (Fact(match[1], title.span, "标题"),)
        if match and title and match[1].endswith(("政府", "局", "委员会", "厅"))
        else ()
    )


def _by_adoption(adopted: Fact[str] | None) -> tuple[Fact[str], ...]:
    match = _ADOPTED.search(adopted.value) if adopted else None
    if not match or not adopted:
        return ()
    name = re.sub(r"^[年月日0-9]*", "", match[1])
    name = re.sub(r"^.*(?:日|已[经由])", "", name)
    name = re.sub(r"^(?:中华人民共和国)?(?:第[一二三四五六七八九十]{1,3}届)?", "", name)
    return (Fact(name, adopted.span, "通过机关"),) if NAME.fullmatch(name) else ()


def _closing(extent: Extent) -> tuple[Fact[str], ...]:
    return trailing_bodies(extent.lines, extent.head.body) if not extent.signature else ()


def _from_meta(meta: dict[str, Fact[str]]) -> tuple[Fact[str], ...]:
    fact = meta.get("issuers")
    if not fact:
        return ()
    names = [name for name in re.split(r"[/、,，; ]+", fact.value) if name]
    if len(names) > 1 and names[0] == "国务院":
        names = names[1:]  # the State Council never issues jointly with its own departments
    return tuple(Fact(name, fact.span, fact.origin) for name in names)
