"""Web pages: every character that is shown is read, in lines as shown; what is not shown or no part of the paper is told or left out."""

import pytest

from pipeline.document import BlockKind, SourceText
from pipeline.ingest import Upload, read

OPENING = "为了规范临溪县城乡公共厕所的建设和管理，方便群众生活，根据有关法律法规的规定，结合本县实际，制定本办法。"
CLOSING = "本办法由县城市管理局负责解释，自2025年3月1日起施行，有效期五年。"
TITLE = "临溪县公共厕所管理办法"


def page(body: str, head: str = "") -> SourceText:
    return read(
        Upload("网页.html", f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode())
    )


def lines(body: str, *, head: str = "", kind: str = 'id="zoom"') -> list[str]:
    """The lines between the opening and the closing sentence of a page."""
    source = page(f"<h1>{TITLE}</h1><div {kind}><p>{OPENING}</p>{body}<p>{CLOSING}</p></div>", head)
    found = source.text.split("\n")
    return found[found.index(OPENING) + 1 : found.index(CLOSING)]


def of_kind(source: SourceText, *kinds: BlockKind) -> list[str]:
    return [block.span.cut(source.text) for block in source.blocks if block.kind in kinds]


def told(source: SourceText, kind: str) -> list[str]:
    return [note.message for note in source.notes if note.kind == kind]


@pytest.mark.parametrize("kind", ['id="zoom"', 'class="TRS_Editor"', 'class="wen-zhang"', ""])
@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>第<span>七</span>条　<b>不</b><i>得</i>损<u>毁</u>设<font color=red>施</font>。</p>", "第七条 不得损毁设施。"),
        ("<p>自<span lang=EN-US>2025</span><span>年</span><span>4</span><span>月</span><span>1</span><span>日</span>起。</p>", "自2025年4月1日起。"),
        ("<p><span>第</span><span>八</span><span>条</span>&nbsp;<span>是</span>。</p>", "第八条 是。"),
        ("<p>收费&lt;5元&gt;，<o:p></o:p>每次。</p>", "收费<5元>，每次。"),
        ("<p>应当\n    及时\n清扫。</p>", "应当及时清扫。"),
        ("<p>应当<span>\n</span>及时<span>\n  清扫</span>。</p>", "应当及时清扫。"),
        ("<div>尾<span>巴</span>在<!-- 注 -->后。</div>", "尾巴在后。"),
        ("<p>责任人<wbr>应当<ruby>簋<rt>guǐ</rt></ruby>到场。</p>", "责任人应当簋到场。"),
    ],
)  # fmt: skip
def test_a_character_alone_in_its_node_is_read(markup: str, shown: str, kind: str) -> None:
    assert lines(markup, kind=kind) == [shown]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<ol><li>甲类；</li><li>乙类。</li></ol>", ["1.甲类；", "2.乙类。"]),
        ("<ol start=4><li>甲类；</li><li>乙类。</li></ol>", ["4.甲类；", "5.乙类。"]),
        ("<ol><li>甲类；</li><li value=7>乙类；</li><li>丙类。</li></ol>", ["1.甲类；", "7.乙类；", "8.丙类。"]),
        ("<ol reversed><li>甲类；</li><li>乙类。</li></ol>", ["2.甲类；", "1.乙类。"]),
        ("<ol type=a><li>甲类；</li><li>乙类。</li></ol>", ["a.甲类；", "b.乙类。"]),
        ("<ol type=I start=3><li>甲类；</li><li>乙类。</li></ol>", ["III.甲类；", "IV.乙类。"]),
        ("<ol style='list-style:cjk-ideographic inside' start=10><li>甲类；</li><li>乙类。</li></ol>", ["十、甲类；", "十一、乙类。"]),
        ("<ol style='list-style-type:simp-chinese-formal'><li>甲类；</li><li>乙类。</li></ol>", ["壹、甲类；", "贰、乙类。"]),
        ("<ol style='list-style-type:trad-chinese-formal' start=10><li>甲类。</li></ol>", ["壹拾、甲类。"]),
        ("<ol style='list-style-type:cjk-earthly-branch'><li>甲类；</li><li>乙类。</li></ol>", ["子、甲类；", "丑、乙类。"]),
        ("<ol style='list-style-type:cjk-ideographic' start=0><li>甲类。</li></ol>", ["零、甲类。"]),
        ("<ol reversed><li>甲类；</li><li style='display:none'>暗类；</li><li>乙类。</li></ol>", ["2.甲类；", "1.乙类。"]),
        ("<ul type=1><li>甲类。</li></ul>", ["甲类。"]),
        ("<ol type=a start=26><li>甲类；</li><li>乙类。</li></ol>", ["z.甲类；", "aa.乙类。"]),
        ("<ol style='list-style-type:decimal-leading-zero'><li>甲类。</li></ol>", ["01.甲类。"]),
        ("<ol style='list-style:none'><li>甲类；</li><li>乙类。</li></ol>", ["甲类；", "乙类。"]),
        ("<ol><li>（一）甲类；</li><li>（二）乙类。</li></ol>", ["（一）甲类；", "（二）乙类。"]),
        ("<ol><li><p>甲类：</p><ol type=i><li>大的；</li><li>小的；</li></ol></li><li><div>乙类。</div></li></ol>",
         ["1.甲类：", "i.大的；", "ii.小的；", "2.乙类。"]),
        ("<ol><li>3米以上；</li></ol>", ["1. 3米以上；"]),
        ("<ul><li>甲类；</li><li>乙类。</li></ul>", ["甲类；", "乙类。"]),
        ("<ul style='list-style-type:decimal'><li>甲类。</li></ul>", ["1.甲类。"]),
        ("<ol><li>甲类；</li><li style='display:none'>暗类；</li><li>乙类。</li></ol>", ["1.甲类；", "2.乙类。"]),
        ("<ol><li></li><li>乙类。</li></ol>", ["2.乙类。"]),
        ("<ol class=zw><li>甲类；</li><li>乙类。</li></ol>", ["一、甲类；", "二、乙类。"]),
    ],
)  # fmt: skip
def test_items_of_lists_have_the_numbers_that_are_drawn(markup: str, shown: list[str]) -> None:
    head = "<style>/* 正文 */ @media print { ol { list-style: none } } ol.zw, .x { list-style-type: cjk-ideographic; }</style>"
    assert lines(markup, head=head) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("第二章　建设<p>第三条　统一规划。</p>", ["第二章 建设", "第三条 统一规划。"]),
        ("<fieldset>第二章　建设</fieldset><p>第三条　统一规划。</p>", ["第二章 建设", "第三条 统一规划。"]),
        ("<figure>附图说明<figcaption>图一</figcaption></figure>第三条　统一规划。", ["附图说明", "图一", "第三条 统一规划。"]),
        ("<p>第三条　统一规划。</p>第四条　分级管理。", ["第三条 统一规划。", "第四条 分级管理。"]),
        ("<span style='display:block'>第二章　建设</span>第三条　统一规划。", ["第二章 建设", "第三条 统一规划。"]),
        ("<header>第二章　建设</header><section>第三条　统一规划。</section>", ["第二章 建设", "第三条 统一规划。"]),
        ("第三条　统一规划。<br>第四条　分级管理。<hr>第五条　专人管理。", ["第三条 统一规划。", "第四条 分级管理。", "第五条 专人管理。"]),
        ("<dl><dt>公共厕所</dt><dd>供公众使用的厕所。</dd><dt>公厕管理员</dt><dd>负责保洁的人员。</dd></dl>",
         ["公共厕所", "供公众使用的厕所。", "公厕管理员", "负责保洁的人员。"]),
        ("<pre>第三条　统一规划。\n  第四条　分级管理。</pre>", ["第三条 统一规划。", "第四条 分级管理。"]),
        ("<div style='white-space:pre-wrap'>第三条　统一规划。\n第四条　分级管理。</div>", ["第三条 统一规划。", "第四条 分级管理。"]),
        ("<p style='display:inline'>第三条　</p><div style='display:inline'>统一规划。</div>", ["第三条 统一规划。"]),
    ],
)  # fmt: skip
def test_lines_end_where_a_browser_ends_them(markup: str, shown: list[str]) -> None:
    assert lines(markup) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("面积50m<sup>2</sup>以上。", "面积50m²以上。"),
        ("罚款10<sup>4</sup>元。", "罚款10⁴元。"),
        ("浓度10<sup>-3</sup>。", "浓度10⁻³。"),
        ("二氧化碳CO<sub>2</sub>。", "二氧化碳CO₂。"),
        ("容积3m<span style='vertical-align:super'>3</span>。", "容积3m³。"),
        ("见说明<sup>［注］</sup>。", "见说明［注］。"),
    ],
)
def test_raised_and_lowered_figures_do_not_run_into_the_number_before_them(markup: str, shown: str) -> None:
    assert lines(f"<p>{markup}</p>") == [shown]


@pytest.mark.parametrize(
    "markup",
    [
        "<p style='display:none'>代办证件联系我</p>",
        "<div hidden>代办证件联系我</div>",
        "<p style='VISIBILITY: hidden !important'>代办证件联系我</p>",
        "<div style='position:absolute;left:-9999px'>代办证件联系我</div>",
        "<div style='height:0;overflow:hidden'>代办证件联系我</div>",
        "<span style='font-size:0'>代办证件联系我</span>",
        "<div class=yc><p>代办证件联系我</p></div>",
        "<dialog>代办证件联系我</dialog>",
    ],
)
def test_text_that_is_not_shown_is_left_out_and_told(markup: str) -> None:
    style = "<style>.yc{display:none}.zs{display:none}</style>"
    source = page(
        f"<h1>{TITLE}</h1><div id=zoom><p>{OPENING}</p>{markup}<p style='display:block' class=zs>照常显示。</p><p>{CLOSING}</p></div>",
        style,
    )
    assert "代办证件" not in source.text and "照常显示。" in source.text
    assert len(told(source, "hidden")) == 1 and "代办证件" in told(source, "hidden")[0]


@pytest.mark.parametrize(
    "markup",
    ["<script>代办证件联系我</script>", "<style>代办证件联系我</style>", "<noscript>代办证件联系我</noscript>", "<template>代办证件联系我</template>", "<!--代办证件联系我-->"],
)  # fmt: skip
def test_what_is_no_text_is_left_out_without_a_word(markup: str) -> None:
    source = page(f"<h1>{TITLE}</h1><div id=zoom><p>{OPENING}</p>{markup}<p>{CLOSING}</p></div>")
    assert "代办证件" not in source.text and not source.notes


def test_a_container_that_a_script_would_show_is_read() -> None:
    source = page(
        f"<div id=js_content style='visibility:hidden;opacity:0'><p>{TITLE}</p><p>{OPENING}</p><p>{CLOSING}</p></div>"
    )
    assert source.text.split("\n") == [TITLE, OPENING, CLOSING]


def test_what_is_only_meant_for_readers_of_the_screen_is_read() -> None:
    assert lines("<p aria-hidden=true>第三条　统一规划。</p>") == ["第三条 统一规划。"]


@pytest.mark.parametrize("tag", ["del", "s", "strike", "span style='text-decoration:line-through'", "span class=sc"])
def test_text_that_is_struck_through_is_left_out_and_told(tag: str) -> None:
    markup = f"<p>第三条　罚款<{tag}>500</{tag.split()[0]}><ins>300</ins>元。</p>"
    source = page(
        f"<h1>{TITLE}</h1><div id=zoom><p>{OPENING}</p>{markup}<p>{CLOSING}</p></div>",
        "<style>.sc{text-decoration:line-through}</style>",
    )
    assert "第三条 罚款300元。" in source.text.split("\n") and "“500”" in told(source, "struck")[0]


FEES = "<tr><td>1</td><td>停车</td><td>5元</td></tr><tr><td>2</td><td>换证</td><td></td></tr>"


def test_cells_of_a_table_are_separate_and_numbers_in_them_are_no_page_numbers() -> None:
    source = page(f"<h1>{TITLE}</h1><div id=zoom><p>{OPENING}</p><table>{FEES}</table><p>{CLOSING}</p></div>")
    assert of_kind(source, BlockKind.CELL) == ["1", "停车", "5元", "2", "换证"]
    assert not of_kind(source, BlockKind.FURNITURE)


def test_lists_in_cells_keep_their_numbers_and_lines() -> None:
    markup = "<table><tr><th>事项</th><th>条件</th></tr><tr><td>停车</td><td><ol><li>有车；</li><li>有证。</li></ol>其他<br>条件</td></tr></table>"
    assert lines(markup) == ["事项", "条件", "停车", "1.有车；", "2.有证。", "其他", "条件"]


def test_a_table_below_loose_text_is_a_table() -> None:
    source = page(
        f"<h1>{TITLE}</h1><div id=zoom><p>{OPENING}</p>收费标准<table><caption>单位：元</caption>{FEES}</table><p>{CLOSING}</p></div>"
    )
    assert lines(f"收费标准<table><caption>单位：元</caption>{FEES}</table>")[:3] == ["收费标准", "单位：元", "1"]
    assert [cell.column for block in source.blocks for cell in block.cells] == [0, 1, 2, 0, 1, 2]


NUMBER, MADE, SHOWN_ON, BODY = "临城管规〔2025〕2号", "2025年1月6日", "2025年1月9日", "临溪县城市管理局"
TEXT = (
    f"<p>各乡镇人民政府：</p><p>{OPENING}</p><p>一、公共厕所由县城市管理局统一规划。</p><p>二、公共厕所应当免费开放。</p>"
    f"<p>{CLOSING}</p><p>{BODY}</p><p>2025年1月6日</p>"
)
SUBJECT = "关于加强公共厕所管理的通知"
NAV = '<div class="nav"><a href="/">首页</a><a href="/zw">政务公开</a><a href="/hd">互动交流</a><a href="/fw">办事服务</a></div>'
FOOT = '<div class="footer">主办：临溪县人民政府办公室　网站标识码：4300000099　湘ICP备00000099号</div>'
ROWS = {
    "索引号": "431100/2025-00007",
    "发文机关": BODY,
    "发文字号": NUMBER,
    "成文日期": MADE,
    "公开日期": SHOWN_ON,
    "有效性": "有效",
}


def pairs(form: str) -> str:
    return "".join(form.format(name, value) for name, value in ROWS.items())


SYSTEMS = {
    "trs": f'<table class="info">{pairs("<tr><td>{}：</td><td>{}</td></tr>")}</table><h1>{SUBJECT}</h1><div class="TRS_Editor">{TEXT}</div>',
    "ucap": f'<div class="xxgk">{pairs("<div><span>{}：</span><span>{}</span></div>")}</div><h1>{SUBJECT}</h1><div id="UCAP-CONTENT">{TEXT}</div>',
    "list": f'<ul class="head">{pairs("<li><b>{}：</b>{}</li>")}</ul><h1>{SUBJECT}</h1><div id="zoom">{TEXT}</div>',
    "definitions": f'<dl>{pairs("<dt>{}</dt><dd>{}</dd>")}</dl><h1>{SUBJECT}</h1><div class="pages_content">{TEXT}</div>',
    "elements": f'<div>{pairs("<div><label>{}</label><em>{}</em></div>")}</div><h1>{SUBJECT}</h1><div id="zoom">{TEXT}</div>',
    "divs": f'<div>{pairs("<div class=l>{}</div><div class=r>{}</div>")}</div><h1>{SUBJECT}</h1><div id="vsb_content">{TEXT}</div>',
    "one_line": f'<h1>{SUBJECT}</h1><p>{pairs("<span>{}：{}</span> ")}</p><div class="article-content">{TEXT}</div>',
    "four_columns": '<table><tr>' + '</tr><tr>'.join(
        "".join(f"<th>{name}</th><td>{value}</td>" for name, value in list(ROWS.items())[at : at + 2]) for at in (0, 2, 4)
    ) + f'</tr></table><h1>{SUBJECT}</h1><div id="Zoom">{TEXT}</div>',
    "columns": f'<table><tr>{pairs("<th>{0}</th>")}</tr><tr>{pairs("<td>{1}</td>")}</tr></table><h1>{SUBJECT}</h1><div id="zoom">{TEXT}</div>',
    "in_the_container": f'<h1>{SUBJECT}</h1><div id="zoom"><table>{pairs("<tr><td>{}</td><td>{}</td></tr>")}</table>{TEXT}</div>',
    "brackets": f'<h1>{SUBJECT}</h1><div class="content">{pairs("【{}】{}<br>")}{TEXT}</div>',
    "wordpress": f'<article><header><h1 class="entry-title">{SUBJECT}</h1></header><p>{pairs("{}：{}&nbsp; ")}</p><div class="entry-content">{TEXT}</div></article>',
    "frames_of_2005": (
        f'<table width=980><tr><td><table><tr><td>{NAV}</td></tr></table></td></tr><tr><td><table border=1>{pairs("<tr><td>{}</td><td>{}</td></tr>")}</table></td></tr>'
        f'<tr><td align=center><b>{SUBJECT}</b></td></tr><tr><td><table><tr><td>{TEXT}</td></tr></table></td></tr><tr><td>版权所有 临溪县人民政府</td></tr></table>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_pages_of_common_systems_give_information_title_and_text(system: str) -> None:
    source = page(f"{NAV}{SYSTEMS[system]}{FOOT}", f"<title>{SUBJECT}-临溪县人民政府</title>")
    information = "\n".join(of_kind(source, BlockKind.META)).replace("【", "").replace("】", "：")
    for name, value in ROWS.items():
        assert f"{name}：{value}" in information
    paper = of_kind(source, BlockKind.PARAGRAPH)
    assert paper[0] == SUBJECT and paper[1] == "各乡镇人民政府：" and paper[-2:] == [BODY, MADE]
    assert "ICP" not in "".join(paper) and "首页" not in "".join(paper)


def test_an_information_block_whose_values_are_missing_takes_no_other_for_them() -> None:
    block = "<table><tr><td>索引号</td><td></td><td>文号</td><td>临政发〔2025〕3号</td></tr><tr><td>主题分类</td><td></td><td>发布日期</td><td>2025-01-09</td></tr></table>"
    source = page(f"{block}<h1>{SUBJECT}</h1><div id=zoom>{TEXT}</div>")
    assert of_kind(source, BlockKind.META) == ["文号：临政发〔2025〕3号", "发布日期：2025-01-09"]


def test_a_catalogue_of_papers_is_no_information_block() -> None:
    row = "<tr><td>临溪县{}办法</td><td>临政发〔2015〕{}号</td><td>2015-02-03</td></tr>"
    table = f"<table><tr><th>文件名称</th><th>文号</th><th>发布日期</th></tr>{row.format('集市', 3)}{row.format('渡口', 4)}</table>"
    source = page(f"<h1>临溪县继续有效的规范性文件目录</h1><div id=zoom>{table}</div>")
    assert len(of_kind(source, BlockKind.CELL)) == 9 and not of_kind(source, BlockKind.META)


PAPER = "临溪县人民政府关于做好2025—2027年公共厕所“以克论净”工作的通知"


@pytest.mark.parametrize(
    "title",
    [
        PAPER, f"{PAPER}-临溪县人民政府", f"{PAPER} - 通知公告 - 临溪县人民政府门户网站", f"{PAPER}_政策文件_临溪县政府网", f"{PAPER}|临溪县政府网",
        f"{PAPER}——临溪县人民政府", f"{PAPER}·临溪县城市管理局", f"{PAPER} 临溪县人民政府网站", f"{PAPER}－规范性文件", f"{PAPER}>>信息公开>>临溪县",
        f"临溪县人民政府门户网站-{PAPER}", f"临溪县人民政府_{PAPER}", f"首页 > 政府文件 > {PAPER}", f"临溪县 | {PAPER}", f"临溪发布—临溪县人民政府-{PAPER}"
    ],
)  # fmt: skip
def test_the_title_of_a_page_is_read_without_site_and_column(title: str) -> None:
    text = TEXT.replace("<p>各乡镇", f"<p>{NUMBER}</p><p>各乡镇")
    source = page(f"<div id=zoom>{text}</div>", f"<title>{title}</title><meta name='SiteName' content='临溪发布'>")
    assert of_kind(source, BlockKind.PARAGRAPH)[0] == PAPER


@pytest.mark.parametrize("title", ["临溪县人民政府门户网站", "临溪县人民政府-政务公开", "首页", "临溪县城市管理局"])
def test_the_name_of_a_site_is_no_title(title: str) -> None:
    source = page(f"<h1>{title}</h1><div id=zoom><p>{SUBJECT}</p>{TEXT}</div>", f"<title>{title}</title>")
    assert of_kind(source, BlockKind.PARAGRAPH)[0] == SUBJECT


@pytest.mark.parametrize(
    "above", ["", "<p>字号：[大] [中] [小]</p>", "<div class=tools>打印 关闭 收藏</div>", "<p>来源：县城管局　浏览次数：35</p>", "<p>首页 &gt; 政务公开 &gt; 通知</p>"]
)  # fmt: skip
@pytest.mark.parametrize(
    "below",
    [
        "<p>【打印本页】【关闭窗口】</p>", "<p>打印　|　关闭</p>", "<p>上一篇：关于植树的通知</p><p>下一篇：没有了</p>", "<p>扫一扫在手机打开当前页</p>",
        "<p>分享到：微信 微博</p>", "<p>责任编辑：张三</p>", "<div class=share>分享 <a href=#>微信</a></div>",
        "<h3>相关文章</h3><ul><li><a href=1>关于植树的通知</a></li><li><a href=2>《集市办法》解读</a></li></ul>",
        "<ul><li><a href=1>关于植树的通知</a></li><li><a href=2>关于放假的通知</a></li><li><a href=3>《集市办法》解读</a></li></ul>",
    ],
)  # fmt: skip
def test_furniture_in_the_container_is_no_part_of_the_paper(above: str, below: str) -> None:
    source = page(f"<div id=zoom>{above}<p>{SUBJECT}</p>{TEXT}{below}</div>")
    paper = of_kind(source, BlockKind.PARAGRAPH)
    assert paper[0] == SUBJECT and paper[-1] == MADE


def test_words_of_furniture_within_the_paper_and_attachments_behind_it_stay() -> None:
    middle = "<ul><li>打印文件；</li><li>关闭闸门。</li></ul><p>免费提供。</p>"
    below = '<p>附件：<a href="1.doc">1.公共厕所名单.doc</a></p><p><a href="2.xls">2.保洁标准.xls</a></p><p><a href="3.xls">3.登记表.xls</a></p>'
    source = page(f"<div id=zoom><p>{SUBJECT}</p><p>{OPENING}</p>{middle}{TEXT}{below}</div>")
    paper = of_kind(source, BlockKind.PARAGRAPH)
    assert (
        "打印文件；" in paper
        and "关闭闸门。" in paper
        and paper[-3:] == ["附件：1.公共厕所名单.doc", "2.保洁标准.xls", "3.登记表.xls"]
    )


def test_a_table_or_signature_beside_the_text_belongs_to_it_where_no_container_is_known() -> None:
    annex = f"<div><table><tr><td>序号</td><td>厕所</td><td>地址</td></tr>{'<tr><td>1</td><td>东门</td><td>东街</td></tr>' * 5}</table></div>"
    source = page(f"<div><div>{TEXT}</div>{annex}</div>{FOOT}")
    assert source.text.count("东门") == 5
    parts = TEXT.split(f"<p>{BODY}")
    source = page(f"<div><div>{parts[0]}</div><div><p>{BODY}{parts[1]}</div></div>{FOOT}")
    assert of_kind(source, BlockKind.PARAGRAPH)[-2:] == [BODY, MADE]


def test_a_list_of_attachments_below_the_container_belongs_to_the_paper() -> None:
    below = "<ul class=fj><li>附件：<a href=1.doc>1.公共厕所名单.doc</a></li><li><a href=2.xls>2.保洁标准.xls</a></li></ul><p><a href=3>附近新闻</a></p>"
    source = page(f"{NAV}<h1>{SUBJECT}</h1><div id=zoom>{TEXT}</div>{below}{FOOT}")
    assert of_kind(source, BlockKind.PARAGRAPH)[-3:] == [MADE, "附件：1.公共厕所名单.doc", "2.保洁标准.xls"]


def test_a_text_in_several_containers_is_read_whole() -> None:
    first, second = TEXT[: TEXT.index("<p>二、")], TEXT[TEXT.index("<p>二、") :]
    source = page(
        f"{NAV}<h1>{SUBJECT}</h1><div><div class=TRS_Editor>{first}</div><div class=TRS_Editor>{second}</div></div>{FOOT}"
    )
    assert of_kind(source, BlockKind.PARAGRAPH)[-2:] == [BODY, MADE]


@pytest.mark.parametrize("tag", ["div class=bt", "p align=center", "h3", "td", "strong"])
def test_a_title_above_the_container_is_read_where_the_window_names_only_the_site(tag: str) -> None:
    heading = f"<{tag}>{SUBJECT}</{tag.split()[0]}>"
    heading = f"<table><tr>{heading}</tr></table>" if tag == "td" else heading
    source = page(
        f"{NAV}{heading}<div>发布时间：2025-01-09　来源：县城管局</div><div id=zoom>{TEXT}</div>",
        "<title>临溪县人民政府门户网站</title>",
    )
    assert of_kind(source, BlockKind.PARAGRAPH)[0] == SUBJECT


def test_a_page_in_utf8_that_names_gb2312_is_read_in_utf8() -> None:
    text = f"<html><head><meta charset=gb2312></head><body><div id=zoom>{TEXT}</div></body></html>"
    assert MADE in read(Upload("a.html", text.encode())).text


def test_the_number_between_heading_and_container_is_read() -> None:
    source = page(f"<h1>{SUBJECT}</h1><p class=wh>{NUMBER}</p><div id=zoom>{TEXT}</div>")
    assert source.text.split("\n")[:2] == [SUBJECT, NUMBER]


@pytest.mark.parametrize("named", ["gb2312", "GBK", "x-gbk", "cp936", "gb18030", "big5"])
def test_pages_are_read_in_the_charset_they_name(named: str) -> None:
    codec = "big5" if named == "big5" else "gb18030"
    text = f"<html><head><meta http-equiv=Content-Type content='text/html; charset={named}'></head><body><div id=zoom>{TEXT}</div></body></html>"
    assert MADE in read(Upload("a.html", text.replace("规", "規").encode(codec, "ignore"))).text


@pytest.mark.parametrize(
    ("head", "markup"),
    [
        ("", f"<p>{'字体大小' * 40}第</p>"),
        ("", f"<p>{'打印 ' * 60}第</p>"),
        (f"<title>{'- ' * 5000}</title>", ""),
        (f"<title>{'其他' * 400}第</title>", ""),
        (f"<style>{'a' * 100_000}</style><style>{'/*' * 50_000}</style><style>{'@' * 50_000}</style>", f"<p style='{'a' * 100_000}'>第</p>"),
        ("", "<table>" + ("<tr>" + "<td colspan=100 rowspan=60000>甲</td>" * 20 + "</tr>") * 200 + "</table>"),
    ],
    ids=["tools", "blanks", "partings", "columns", "styles", "spans"],
)  # fmt: skip
def test_pages_made_to_take_long_are_read_at_once(head: str, markup: str) -> None:
    assert OPENING in page(f"<div id=zoom><p>{OPENING}</p>{markup}<p>{CLOSING}</p></div>", head).text
