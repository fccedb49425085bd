"""Tables of a PDF whose columns only stand below each other are read cell by cell; prose, forms, contents and lists are none."""

from collections import Counter
from collections.abc import Sequence

import pytest
from reportlab.pdfgen import canvas

from pipeline.document import BlockKind, SourceText
from tests.ingest.pdf_pages import HEIGHT, Draw, lines, made, source_of, text_of, together
from tests.ingest.test_tables import places

SIZE = 14
PROSE = ["　　为了规范停车收费，现将有关标准公布如下，请各停车场遵照执行，", "并在醒目位置公示。"]
TAIL = ["　　以上标准自公布之日起施行，由南浦县发展和改革局负责解释说明。"]
FEES = [
    ["序号", "收费项目", "收费标准", "备注"],
    ["1", "小型车停放", "3.00", "首小时免费"],
    ["2", "大型车停放", "1,200.00", ""],
    ["3", "夜间停放", "10.00", "二十时至次日八时"],
]
Rows = Sequence[Sequence[str]]


def _width(words: str) -> float:
    return sum(0.57 if char.isascii() else 1.0 for char in words) * SIZE


def _wrapped(words: str, width: float) -> list[str]:
    found = [""]
    for char in words:
        if _width(found[-1] + char) > width:
            found.append("")
        found[-1] += char
    return found


def table(rows: Rows, xs: Sequence[float], right: Sequence[int] = (), **how: float) -> Draw:
    """Rows whose columns begin at the given x coordinates, those in `right` end before the next column; the last x is the end.

    `how`: `top`, the `pitch` of rows, the `inner` one of lines in a cell, and `middle` (1 for cells centred over each other).
    """
    top, pitch, inner = how.get("top", HEIGHT - 170), how.get("pitch", 24), how.get("inner", 18)

    def draw(page: canvas.Canvas) -> None:
        y = top
        for row in rows:
            cells = [_wrapped(words, b - a - 10) for words, a, b in zip(row, xs, xs[1:], strict=False)]
            most = max(map(len, cells))
            for column, cell in enumerate(cells):
                down = (most - len(cell)) * inner / 2 if how.get("middle") else 0
                for number, words in enumerate(cell):
                    x = xs[column + 1] - 10 - _width(words) if column in right else xs[column]
                    page.drawString(x, y - down - number * inner, words)
            y -= pitch + (most - 1) * inner

    return draw


def read_page(*draws: Draw, letters: str) -> SourceText:
    return source_of(made(together(*draws), letters=letters))


def letters_of(*rows: Sequence[str]) -> str:
    return "".join("".join(row) for row in rows) + "".join(PROSE + TAIL)


def grid(rows: Rows, table: int = 0, first: int = 0) -> list[tuple[str, tuple[int, ...]]]:
    """What `places` gives for rows without cells that span."""
    return [
        (words, (table, first + row, column, 1, 1))
        for row, cells in enumerate(rows)
        for column, words in enumerate(cells)
    ]


@pytest.mark.parametrize("pitch", [18, 24, 32])
def test_a_table_between_prose_is_read_by_cells_also_empty_ones(pitch: float) -> None:
    below = lines(TAIL, 72, HEIGHT - 180 - 4 * pitch)
    drawn = (
        lines(PROSE, 72, HEIGHT - 100),
        table(FEES, (72, 120, 230, 320, 480), right=[2], pitch=pitch, top=HEIGHT - 160),
        below,
    )
    source = read_page(*drawn, letters=letters_of(*FEES))
    assert places(source) == grid(FEES)
    assert text_of(source)[0].startswith("为了规范") and text_of(source)[-1].startswith("以上标准")


@pytest.mark.parametrize("middle", [0, 1])
@pytest.mark.parametrize("pitch", [22, 30])
def test_words_that_wrap_stay_in_their_cell(pitch: float, middle: int) -> None:
    rows = [
        ["违法行为", "处罚依据", "裁量标准"],
        ["占用消防通道", "《中华人民共和国消防法》第六十条第一款第五项", "责令改正，处五千元以上一万元以下罚款"],
        ["擅自停用设施", "《消防法》第六十条", "处一万元以上三万元以下罚款"],
        ["未保养设施", "《消防法》第十六条", "责令改正"],
    ]
    drawn = table(rows, (72, 190, 350, 500), pitch=pitch, middle=middle)
    assert places(read_page(drawn, letters=letters_of(*rows))) == grid(rows)


def test_two_columns_below_their_headings_are_a_table() -> None:
    rows = [["车型", "收费标准"], ["小型车", "每小时三元"], ["大型车", "每小时六元"], ["摩托车", "免费"]]
    assert places(read_page(table(rows, (72, 300, 420)), letters=letters_of(*rows))) == grid(rows)


def test_figures_below_headings_are_a_table_also_alone_on_a_page() -> None:
    rows = [["乡镇", "村数", "户数"], ["城关", "12", "3456"], ["东河", "8", "2301"], ["合计", "20", "5757"]]
    drawn = table(rows, (72, 200, 300, 400), right=[1, 2])
    assert places(read_page(drawn, letters=letters_of(*rows))) == grid(rows)


def test_a_heading_over_several_columns_spans_them() -> None:
    body = [["城关停车场", "3.00", "2.00"], ["车站停车场", "5.00", "3.00"], ["医院停车场", "4.00", "1.00"]]

    def heads(page: canvas.Canvas) -> None:
        page.drawString(72, HEIGHT - 122, "停车场名称")
        page.drawString(255, HEIGHT - 122, "收费标准")
        page.drawString(222, HEIGHT - 146, "日间")
        page.drawString(322, HEIGHT - 146, "夜间")

    drawn = table(body, (72, 220, 320, 420))
    found = places(read_page(heads, drawn, letters=letters_of(*body, ["名称收费标准日夜间"])))
    assert ("收费标准", (0, 0, 1, 2, 1)) in found and ("日间", (0, 1, 1, 1, 1)) in found
    assert [place for place in found if place[1][1] > 1] == grid(body, first=2)


def test_a_table_that_goes_on_on_the_next_page_is_one_table() -> None:
    edges = (72, 120, 230, 320, 480)
    more = [["4", "包月停放", "300.00", ""], ["5", "摩托车停放", "1.00", "每次"]]
    first = together(lines(PROSE), table(FEES, edges, right=[2], top=200))
    second = together(table(more, edges, right=[2], top=HEIGHT - 90), lines(TAIL, 72, HEIGHT - 150))
    source = source_of(made(first, second, letters=letters_of(*FEES, *more)))
    assert places(source) == grid([*FEES, *more])
    assert text_of(source)[-1].startswith("以上标准")


@pytest.mark.parametrize("caption", ["表2　门票收费标准", "表 三　门票"])
def test_tables_with_a_caption_between_them_are_two(caption: str) -> None:
    rows = [["项目", "标准"], ["公园", "10元"], ["博物馆", "免费"], ["展览馆", "5元"]]
    drawn = (
        table(FEES, (72, 120, 230, 320, 480), right=[2], top=HEIGHT - 130),
        lines([caption], 200, HEIGHT - 240),
        table(rows, (72, 300, 420), top=HEIGHT - 270),
    )
    assert places(read_page(*drawn, letters=letters_of(*FEES, *rows, [caption]))) == [*grid(FEES), *grid(rows, 1)]


def test_no_character_is_lost_or_added() -> None:
    drawn = (lines(PROSE), table(FEES, (72, 120, 230, 320, 480), right=[2]), lines(TAIL, 72, HEIGHT - 300))
    source = read_page(*drawn, letters=letters_of(*FEES))
    wanted = Counter("".join(["".join(row) for row in FEES] + PROSE + TAIL).replace("　", ""))
    assert Counter("".join(source.text.split())) == wanted


def at(*words: tuple[float, str]) -> list[tuple[float, str]]:
    return list(words)


NO_TABLES = {
    "contents": [at((72, "第一章 总则"), (500, "1")), at((72, "第二章 收费标准"), (500, "2")), at((72, "第三章 监督管理"), (500, "5")), at((72, "第四章 附则"), (500, "8"))],
    "contents with leaders": [at((72, "收费项目" + "…" * 15), (400, "1")), at((72, "收费标准" + "…" * 15), (400, "2")), at((72, "收费时间" + "…" * 15), (400, "3"))],
    "signatures": [at((100, "南浦县民政局"), (350, "南浦县财政局")), at((100, "南浦县教育局"), (350, "南浦县公安局")), at((100, "南浦县司法局"), (350, "南浦县审计局"))],
    "form": [at((72, "名称：南浦县民政局"), (320, "联系人：张三")), at((72, "地址：东街1号"), (320, "电话：12345")), at((72, "编号：100000"), (320, "时间：2020年"))],
    "values": [at((72, "名称："), (160, "南浦县民政局")), at((72, "地址："), (160, "东街1号")), at((72, "电话："), (160, "12345"))],
    "items": [at((72, "（一）"), (130, "收费标准")), at((72, "（二）"), (130, "收费项目")), at((72, "（三）"), (130, "收费时间"))],
    "articles": [at((96, "第一条"), (170, "为了规范停车秩序，制定本办法。")), at((96, "第二条"), (170, "本办法适用于本县。")), at((96, "第三条"), (170, "本办法自公布日施行。"))],
    "names": [at((72, "张三"), (160, "李四"), (250, "王五")), at((72, "钱七"), (160, "孙八"), (250, "周九")), at((72, "郑一"), (160, "冯二"), (250, "陈三"))],
    "standards": [at((72, "GB 16297"), (160, "大气污染物综合排放标准")), at((72, "GB 50325"), (160, "室内污染控制规范")), at((72, "GB 18484"), (160, "危险废物控制标准"))],
    "columns of text": [at((72, "总署高度重视档案工作把档案")), at((72, "案信息化放在首位的工作事项"), (300, "关档案管理的适应能力指标")),
                        at((72, "专业化的队伍建设稳步推进到"), (300, "规范化标准")), 
                        at((72, "档案室建设的试点工作全部完"), (300, "从海关档案数字资源现状来")), at((72, "案馆的验收工作也已经全部完"), (300, "看各级海关的档案尚未整合"))],
    "members": [at((72, "组长："), (130, "张三"), (220, "县长")), at((72, "成员："), (130, "王五"), (220, "县财政局局长")), at((130, "赵六"), (220, "县公安局局长"))],
}  # fmt: skip


@pytest.mark.parametrize("kind", list(NO_TABLES))
def test_what_only_has_wide_gaps_is_no_table(kind: str) -> None:
    rows = NO_TABLES[kind]

    def draw(page: canvas.Canvas) -> None:
        for number, row in enumerate(rows):
            for x, words in row:
                page.drawString(x, HEIGHT - 150 - 24 * number, words)

    words = ["".join(words for _, words in row) for row in rows]
    source = read_page(lines(PROSE), draw, letters=letters_of(words))
    assert not any(block.kind is BlockKind.CELL for block in source.blocks)


def test_a_comma_in_a_figure_stays_in_its_place_in_a_cell() -> None:
    rows = [["项目", "金额"], ["停车", "1,200.50"], ["门票", "3,000"], ["合计", "4,200.50"]]
    assert places(read_page(table(rows, (72, 200, 320), right=[1]), letters=letters_of(*rows))) == grid(rows)
