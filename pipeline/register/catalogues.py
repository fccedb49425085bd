"""Cleanup catalogues (清理目录): read which documents were kept, amended, repealed or declared lapsed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipeline.dates import first_date
from pipeline.document import BAR, SHEETS, Dossier, SourceText
from pipeline.register.keys import number_key
from pipeline.register.table_rows import lines_with_rows

_RESULTS = (
    ("keep", re.compile(r"继续有效|继续执行|继续实施|予以保留|保留(?:的|目录)|延长有效期|有效期(?:予以)?延长")),
    ("lapse", re.compile(r"宣布失效|失效(?:的|目录|文件)")),
    ("repeal", re.compile(r"废止(?:的|目录|文件|和)|予以废止|决定废止")),
    (
        "amend",
        re.compile(
            r"(?:予以|拟|需|应当|决定)?(?:修改|修订)(?:的|目录|文件|和)|(?:废止|失效)(?:和|或者?|、)(?:修改|修订)"
        ),
    ),
)
_HEADING = re.compile(r"目录|清单|一览表|清理结果|^附件")
# 一、予以废止的文件; 附件2 宣布失效的文件; （三）继续有效（12件）
_NUMBERED_HEADING = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|第[一二三四五六七八九十]{1,2}部分|附\s*件)"
)
_ABOUT = re.compile(r"(?:清理|延长|继续有效|废止|宣布失效|保留|修改)[^。]{0,40}(?:文件|目录|规章|结果)")
_INDEX = re.compile(r"^[（(]?[0-9]{1,4}[）)]?[.．、\s]*")
_QUOTED = re.compile(r"《((?:[^《》]|《[^《》]*》){4,150})》")
_NUMBER = re.compile(r"([\u4e00-\u9fffA-Za-z（）]{1,24}?[〔\[［【][12][0-9]{3}[〕\]］】]第?[0-9]{1,5}号)")
_TITLED = re.compile(
    r"^(.{0,60}?关于.{4,120}?的(?:通知|意见|决定|公告|通告|批复|函|办法|规定)|.{4,60}?(?:办法|规定|细则|规则|方案|意见|标准|措施)(?:（[^）]{1,12}）)?)(?=$|[\s（(|])"
)
# 凡未列入继续有效目录的，一律不再执行
_RESIDUAL = re.compile(
    r"未(?:列入|纳入|列明|收入)[^。；]{0,40}?(?:一律|均|自行|自动|不再|予以|视为)[^。；]{0,16}?(?:废止|失效|执行|依据|效力)"
)
_CUTOFF = re.compile(
    r"([12][0-9]{3}年[0-9]{1,2}月[0-9]{1,2}日)(?:[（(]含[^）)]*[）)])?(?:以前|之前|前)[^。]{0,30}(?:制定|印发|发布|制发|出台|下发|现行)"
)
_DEADLINE = re.compile(
    r"(?:([12][0-9]{3}年[0-9]{1,2}月[0-9]{1,2}日)[^。；]{0,40}?)?逾期(?:未|不)[^。；]{0,30}?(?:自([12][0-9]{3}年[0-9]{1,2}月[0-9]{1,2}日)起)?[^。；]{0,12}?(?:失效|废止|停止执行)"
)
_LEAST = 2
# meaning of a column, and the pattern of its heading
_COLUMNS = {
    "title": re.compile(r"(?:文件)?(?:标题|题名|名称|文件名)$"), "number": re.compile(r"(?:发文)?(?:字号|文号|编号)$"),
    "result": re.compile(r"清理(?:结果|意见|结论|建议)|效力状态|有效性|处理(?:结果|意见)"), "until": re.compile(r"有效期(?:至|截止)|失效日期|到期"),
    "made": re.compile(r"(?:成文|发布|公布|印发|制定|发文|施行)?(?:日期|时间)$"), "issuer": re.compile(r"(?:制定|发文|起草|发布)(?:机关|单位|部门)"),
}  # fmt: skip
LISTED = "listed"
# words of headings and names of sheets: 废止（12件）, 2.继续有效
_HEADED = {
    "继续有效": "keep", "继续执行": "keep", "继续实施": "keep", "保留": "keep", "现行有效": "keep", "延长有效期": "keep", "失效": "lapse",
    "废止": "repeal", "修改": "amend", "修订": "amend",
}  # fmt: skip
_NOT_YET = re.compile("未(?:被)?(?:废止|失效|修改|修订)|(?:修改|修订)后")
_LONGEST_HEADING = 60
# 作如下修改, 将第三条中的“…”修改为“…”, 删去第九条: what stands with a title is changed here, not to be changed later
_CHANGED = re.compile(
    r"作(?:了|出)?(?:如下|以下|相应)?(?:修改|修订|修正)|(?:修改|修订|修正|调整|改)为[：:]?\s*[“\"第]|删去|删除第|增加(?:一|第|[“\"])|第[一二三四五六七八九十百零〇0-9]{1,6}条[^。；]{0,40}(?:修改|修订|修正)为"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a catalogue: title, number key, result and last day in force; None where not stated.

    `result` is keep, amend, repeal or lapse, or `LISTED` where the list states no result.
    """

    title: str
    number: str | None
    result: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published result of a cleanup.

    `residual`: documents not listed cease to apply. `cutoff`: only documents made before that day were reviewed.
    `deadline`: documents to be amended lapse if they have not been amended by that day. None where not stated.
    """

    entries: tuple[Entry, ...]
    residual: bool
    cutoff: date | None
    deadline: date | None


def read_catalogue(dossier: Dossier) -> Catalogue | None:
    """Read the catalogue that a document or spreadsheet contains, None if it contains none."""
    title = dossier.document.masthead.title
    return catalogue_in(dossier.source, title.value if title else None)


def may_hold_catalogue(format_: str, title: str | None, text: str) -> bool:
    """Whether `catalogue_in` looks for a catalogue in a text of this format and title: a spreadsheet, or one that is about a cleanup."""
    return format_ in SHEETS or bool(_ABOUT.search(title or text[:200]))


def catalogue_in(source: SourceText, title: str | None) -> Catalogue | None:
    """The catalogue in a text whose title is known, None if it contains none."""
    text = source.text
    if source.format in SHEETS:
        listed = tuple(_rows(text.splitlines(), None))
        return Catalogue(listed, residual=False, cutoff=None, deadline=None) if listed else None
    if not may_hold_catalogue(source.format, title, text):
        return None
    subject = title or text[:200]
    whole = _result_of_title(subject)
    entries = _with_rows(source, tuple(_entries(text, whole)), whole)
    residual = bool(_RESIDUAL.search(text))
    if len(entries) < _LEAST and not (residual and entries):
        return None
    deadline = _DEADLINE.search(text)
    return Catalogue(
        entries,
        residual,
        _day(_CUTOFF.search(text), 1),
        _day(deadline, 2 if deadline and deadline[2] else 1),
    )


def _with_rows(source: SourceText, entries: tuple[Entry, ...], result: str | None) -> tuple[Entry, ...]:
    """The entries of a text with those of its tables whose results stand in columns, merged cells or title rows."""
    rows = {entry.title: entry for entry in _rows(lines_with_rows(source), result) if entry.result != LISTED}
    kept = tuple(rows.pop(entry.title, entry) for entry in entries)
    return (*kept, *rows.values())


def _rows(lines: Iterable[str], result: str | None) -> Iterator[Entry]:
    """The entries of a spreadsheet, or of the tables of a text, given by lines.

    They stand below a header row that has a title column and another one of `_COLUMNS`; `result` is that of the whole.
    Rows without a result of their own have that of the heading above them: title row, name of the sheet, 一、继续有效的（3件）.
    """
    columns: dict[str, int] = {}
    headings = _Headings(result)
    for line in lines:
        cells = [cell.strip() for cell in line.split(BAR)]
        header = _header(cells)
        if len(header) > 1 and "title" in header:
            columns = header
            headings.begin_table()
        elif len(cells) == 1:
            headings.read(line.strip())
        elif columns:
            headings.begin_rows()
            yield from _row({name: cells[at] for name, at in columns.items() if at < len(cells)}, headings.result)


@dataclass(slots=True)
class _Headings:
    """The headings of a spreadsheet: `result` is what the last one says that says anything; `since_rows` counts those below the last row."""

    result: str | None = None
    since_rows: int = 0
    stated: bool = False

    def read(self, line: str) -> None:
        if len(line) > _LONGEST_HEADING or "。" in line:
            return
        self.since_rows += 1
        found = _result_of_heading(line)
        if found:
            self.result, self.stated = found, True

    def begin_table(self) -> None:
        """A header row: headings above it that state no result end the one of the table before."""
        if self.since_rows and not self.stated:
            self.result = None

    def begin_rows(self) -> None:
        self.since_rows, self.stated = 0, False


def _result_of_heading(line: str) -> str | None:
    """The result that a heading or the name of a sheet states; None if it states none or several."""
    found = {result for word, result in _HEADED.items() if word in _NOT_YET.sub("", line)}
    return found.pop() if len(found) == 1 else None


def _header(cells: list[str]) -> dict[str, int]:
    """Map names of `_COLUMNS` to column indexes; the first matching column counts."""
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = next((name for name, heading in _COLUMNS.items() if heading.search(cell.replace(" ", ""))), None)
        if name and len(cell) <= 12:
            found.setdefault(name, at)
    return found


def _row(cells: dict[str, str], headed: str | None) -> Iterator[Entry]:
    title = cells.get("title", "").strip("《》 ")
    if len(title) > 3:
        until = first_date(cells.get("until", ""))
        own = cells.get("result", "")
        result = _result_at_end(own) or _result_of(own) or headed or LISTED
        yield Entry(
            title, number_key(cells["number"]) if cells.get("number") else None, result, until.day if until else None
        )


def _result_of_title(title: str) -> str | None:
    """The result that the title of a decision names; None if it names none or several (关于宣布失效和废止部分文件的决定)."""
    result = _result_of(title)
    return None if result == "lapse" and "废止" in title else result


def _is_heading(line: str) -> bool:
    """Whether a line is a heading of a list: it names a list, or is numbered as one and states a result."""
    return bool(_HEADING.search(line)) or bool(_NUMBERED_HEADING.match(line) and _result_of_heading(line))


def _day(match: re.Match[str] | None, group: int) -> date | None:
    found = first_date(match[group]) if match and match[group] else None
    return found.day if found else None


def _result_of(text: str) -> str | None:
    """The result that a heading names, None if it names none or several."""
    found = [result for result, pattern in _RESULTS if pattern.search(text)]
    return found[0] if len(found) == 1 else None


@dataclass(slots=True)
class _Reader:
    """Reads a catalogue line by line.

    A document whose change the text itself states is not listed: it has been amended, as the decision that does it says.
    `result` is that of the last heading; `row` is the entry whose further cells may follow on the next lines.
    """

    result: str | None
    row: Entry | None = None

    def read(self, line: str) -> Iterator[Entry]:
        """Read a line and yield the entries that it completes."""
        if len(line) <= _LONGEST_HEADING and "《" not in line and "。" not in line.rstrip("。") and _is_heading(line):
            yield from self.finish()
            self.result = _result_of(line) or _result_of_heading(line) or self.result
            return
        titles = _titles(line)
        if titles:
            yield from self.finish()
            yield from self._begin(line, titles)
        elif self.row:
            self._add_cell(line, self.row)

    def _begin(self, line: str, titles: list[str]) -> Iterator[Entry]:
        result = _result_at_end(line) or self.result
        if result is None or _CHANGED.search(line):
            return
        *before, last = (Entry(name, _number_behind(line, name), result) for name in titles)
        yield from before
        self.row = last

    def _add_cell(self, line: str, row: Entry) -> None:
        """Add a further cell to the row: number, last day in force or result; a change that is made there ends the row."""
        if _CHANGED.search(line):
            self.row = None
            return
        number, day = _NUMBER.search(line), first_date(line) if len(line) < 24 else None
        if number and row.number is None:
            self.row = replace(row, number=number_key(number[1]))
        elif day and row.until is None and row.result == "keep":
            self.row = replace(row, until=day.day)
        elif len(line) <= 8 and _result_at_end(line):
            self.row = replace(row, result=_result_at_end(line) or row.result)

    def finish(self) -> Iterator[Entry]:
        """Yield the entry of the current row, if any, and reset the row."""
        if self.row:
            yield self.row
        self.row = None


def _entries(text: str, result: str | None) -> Iterator[Entry]:
    """The entries in reading order; a heading sets the result for the lines below it."""
    reader = _Reader(result)
    for line in text.splitlines():
        if line.strip():
            yield from reader.read(line.strip())
    yield from reader.finish()


def _result_at_end(line: str) -> str | None:
    """The result that a line or cell ends with (… 继续有效), None if none."""
    tail = line[-8:]
    words = (
        ("keep", ("继续有效", "保留")),
        ("lapse", ("宣布失效", "失效")),
        ("repeal", ("废止",)),
        ("amend", ("修改", "修订")),
    )
    return next((result for result, names in words if tail.endswith(names)), None)


def _titles(line: str) -> list[str]:
    quoted = _QUOTED.findall(line)
    if quoted:
        return list(dict.fromkeys(quoted))
    from pipeline.parse import genre_of  # what only relates cards starts without it

    bare = _INDEX.sub("", line)
    cell = next(
        (part for part in re.split(r"[\t|]|\s{2,}", bare) if genre_of(part.strip()) and len(part.strip()) > 5), ""
    )
    if cell:
        return [cell.strip()]
    match = _TITLED.match(bare)
    return [match[1]] if match else []


def _number_behind(line: str, title: str) -> str | None:
    at = line.find(title) + len(title)
    match = _NUMBER.search(line, at) or (_NUMBER.search(line) if line.count("号") == 1 else None)
    return number_key(match[1]) if match else None
