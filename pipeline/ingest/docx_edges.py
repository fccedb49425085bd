"""Headers and footers of a Word document: what belongs to the document itself, as templates put it there, and page furniture."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from pipeline.ingest.docx_drawings import R
from pipeline.ingest.docx_markup import W, children, is_on
from pipeline.ingest.docx_package import Package

# 份号, 密级 and 紧急程度, in whichever header they stand
_TOP_MARK = re.compile(r"(?:[0-9]{6}|(?:绝密|机密|秘密)(?:★.{0,6})?|特[急提]|加急|平急)$")
# 青岭县人民政府文件; 临溪县人民政府令
_LETTERHEAD = re.compile(r"[\u4e00-\u9fff（）、]{2,60}(?<!规范性)(?<!政策)(?:文件|令)$")
# 文件, below the names of several bodies that issue together; a letter (信函格式) has the name of the body and the number alone
_FILE = "文件"
_BODY = re.compile(r"[\u4e00-\u9fff（）]{2,40}(?:政府|办公室|办公厅|委员会|[局厅部院办队会委]|中心)$")
# 青政发〔2024〕33号, 签发人：李明 on the same line or below
_SIGNER = r"签发人[:：].{0,40}"
_NUMBER = re.compile(
    rf"[\u4e00-\u9fff（）]{{1,20}}[〔\[（(【［]?(?:19|20)[0-9]{{2}}[〕\]）)】］]?第?[0-9]{{1,5}}号(?:{_SIGNER})?$|{_SIGNER}$"
)
_ORDER = re.compile(r"第[0-9一二三四五六七八九十百零〇]{1,6}号$")
# 抄送：…; 临溪县人民政府办公室2026年5月30日印发
_IMPRINT = re.compile(r"(?:主送|抄送|抄报|分送)[:：].{2,}|[\u4e00-\u9fff]{2,40}[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日印发$")


@dataclass(frozen=True, slots=True)
class Edge:
    """A header or footer that is shown on some page; `first`: it is the header of the first page of the document."""

    root: etree._Element
    header: bool
    first: bool


def edges_of(package: Package, body: etree._Element) -> Iterator[Edge]:
    """Yields the headers and footers that the sections of a document show, each part once, the first page's before others."""
    relations, shown = package.relations(package.main), dict[str, Edge]()
    settings = package.related("settings")
    even = is_on(settings, "evenAndOddHeaders") or False
    sections = [one for one in body.iter(W + "sectPr") if _is_current(one)]
    for number, section in enumerate(sections):
        title_page = is_on(section, "titlePg") or False
        kinds = {"first": title_page, "even": even}
        references = [one for one in children(section) if one.tag in (W + "headerReference", W + "footerReference")]
        for reference in sorted(references, key=lambda one: one.get(W + "type", "default") != "first"):
            kind = reference.get(W + "type", "default")
            relation = relations.get(reference.get(R + "id", ""))
            root = package.xml(relation.part) if relation and kinds.get(kind, True) else None
            if relation and root is not None:
                header = reference.tag == W + "headerReference"
                first = header and number == 0 and kind == ("first" if title_page else "default")
                shown.setdefault(relation.part, Edge(root, header, first))
    yield from shown.values()


def _is_current(section: etree._Element) -> bool:
    """Whether the properties of a section are those of now, not those before a tracked change."""
    parent = section.getparent()
    return parent is None or parent.tag != W + "sectPrChange"


def own_lines(lines: Sequence[str], edge: Edge, body: frozenset[str]) -> tuple[frozenset[str], bool]:
    """Which lines of a header or footer, given without blanks, are the document's own; and whether they end the document.

    Letterhead, number and signer in the header of the first page begin the document, copies and printing (版记) in a footer
    end it. Lines that the body says itself are repeated on the page, and no more than that.
    """
    if not edge.header:
        return frozenset(line for line in lines if _IMPRINT.match(line) and line not in body), True
    own = {line for line in lines if _TOP_MARK.match(line)}
    if edge.first:
        orders = any(line.endswith("令") and _LETTERHEAD.match(line) for line in lines)
        patterns = (_LETTERHEAD, _NUMBER, _ORDER) if orders else (_LETTERHEAD, _NUMBER)
        if _FILE in lines or any(_NUMBER.match(line) and line not in body for line in lines):
            own |= {line for line in lines if line not in body and (line == _FILE or _BODY.match(line))}
        own |= {line for line in lines if line not in body and any(pattern.match(line) for pattern in patterns)}
    return frozenset(own), False
