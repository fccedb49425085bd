"""Papers of our own, each of a kind that pages lose or run together: what they state is read as they are and under every noise."""

from dataclasses import dataclass

import pytest

from pipeline.document import SourceText
from pipeline.evaluation.noises import CLEAN, NOISES, damaged, paper_of
from pipeline.ingest import read_text
from pipeline.parse import parse

TEXT = "为规范水库管理，保障下游安全，现就有关事项通知如下。"
RULE = "一、各单位应当每季度检查一次水库，并将检查结果予以公布。"
TABLE = ("标题：", "索引号：", "文号：", "发文机关：", "公文种类：", "发布日期：")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: its lines and what they state; `noises` are those under which it is read, all unless said otherwise."""

    lines: tuple[str, ...]
    number: str | None
    title: str | None
    issuers: tuple[str, ...]
    made: str | None
    noises: tuple[str, ...] = (CLEAN, *NOISES)


def of_title(*heading: str, title: str, issuers: tuple[str, ...]) -> Kind:
    lines = (*heading, "各有关单位：", TEXT, RULE, *issuers, "2024年5月6日")
    return Kind(lines, None, title, issuers, "2024-05-06")


KINDS = {
    "organs on lines of their own": of_title(
        "河北省水利厅", "河北省财政厅", "关于做好水库检查工作的通知",
        title="河北省水利厅 河北省财政厅关于做好水库检查工作的通知", issuers=("河北省水利厅", "河北省财政厅"),
    ),
    "organs in pairs": of_title(
        "河北省水利厅河北省财政厅", "河北省应急管理厅国家税务总局河北省税务局", "印发《水库检查办法》的通知",
        title="河北省水利厅 河北省财政厅 河北省应急管理厅 国家税务总局河北省税务局印发《水库检查办法》的通知",
        issuers=("河北省水利厅", "河北省财政厅", "河北省应急管理厅", "国家税务总局河北省税务局"),
    ),
    "organs with blanks": of_title(
        "中国人民银行 财政部 水利部关于做好水库贷款工作的通知",
        title="中国人民银行 财政部 水利部关于做好水库贷款工作的通知", issuers=("中国人民银行", "财政部", "水利部"),
    ),
    "organs with marks": of_title(
        "财政部、水利部关于做好水库检查工作的通知",
        title="财政部、水利部关于做好水库检查工作的通知", issuers=("财政部", "水利部"),
    ),
    "an organ on a line of its own": of_title(
        "河北省水利厅", "关于做好水库检查工作的通知", title="河北省水利厅关于做好水库检查工作的通知", issuers=("河北省水利厅",),
    ),
    "title in two lines with blanks in it": of_title(
        "河北省水利厅关于推行检查公示制度 检查记录制度 结果审核制度的意见",
        title="河北省水利厅关于推行检查公示制度检查记录制度结果审核制度的意见", issuers=("河北省水利厅",),
    ),
    "numbered notice of several organs": Kind(
        ("中国人民银行财政部商务部海关总署国家税务总局公告", "〔2024〕第3号", TEXT.replace("通知", "公告"), RULE, "2024年5月6日"),
        "中国人民银行财政部商务部海关总署国家税务总局公告〔2024〕第3号",
        "中国人民银行 财政部 商务部 海关总署 国家税务总局公告",
        ("中国人民银行", "财政部", "商务部", "海关总署", "国家税务总局"),
        "2024-05-06",
        # a title that stands twice is taken for the one of the page
        (CLEAN, "换行丢失", "带有网站附着物", "署名连在正文末行", "附件连在正文"),
    ),
    "number below organs alone": Kind(
        ("中国人民银行海关总署", "（2024）第3号", TEXT.replace("通知", "公告"), RULE, "2024年5月6日"),
        "〔2024〕第3号", None, ("中国人民银行", "海关总署"), "2024-05-06", (CLEAN, "换行丢失", "附件连在正文"),
    ),
    "number behind the title": Kind(
        ("中国人民银行 水利部关于水库贷款的通知（银发〔2024〕12号）", "各银行：", TEXT, RULE, "中国人民银行", "水利部", "2024年5月6日"),
        "银发〔2024〕12号", "中国人民银行 水利部关于水库贷款的通知", ("中国人民银行", "水利部"), "2024-05-06",
    ),
    "number of a notice behind the title": Kind(
        ("水库公司检查管理办法（水利部公告[2024]第10号）", "水利部修订了《水库公司检查管理办法》，现予公布。", "水利部", "2024年5月6日"),
        "水利部公告〔2024〕第10号", "水库公司检查管理办法", ("水利部",), "2024-05-06",
        (CLEAN, "换行丢失", "带有网站附着物", "署名连在正文末行"),
    ),
    "site above its own heading": Kind(
        ("河北省水利厅", "河北省水利厅", "关于做好水库检查工作的通知", "各有关单位：", TEXT, RULE, "河北省水利厅", "2024年5月6日"),
        None, "河北省水利厅关于做好水库检查工作的通知", ("河北省水利厅",), "2024-05-06", (CLEAN, "带有网站附着物", "附件连在正文"),
    ),
    "information table": Kind(
        ("河北省水利厅关于水库检查的通知", *(part for label, value in zip(TABLE, (
            "河北省水利厅关于水库检查的通知", "HB/2024-1", "冀水〔2024〕12号", "河北省水利厅", "规范性文件", "2024年05月08日",
        ), strict=True) for part in (label, value)), "各市水利局：", TEXT, RULE, "河北省水利厅", "2024年5月6日"),
        "冀水〔2024〕12号", "河北省水利厅关于水库检查的通知", ("河北省水利厅",), "2024-05-06",
        (CLEAN, "换行丢失", "署名连在正文末行", "附件连在正文"),
    ),
    "day and number below the title": Kind(
        ("中共中央国务院关于加强水库管理的意见", "（2024年5月6日）", "中发〔2024〕12号", "水库是防洪的重要设施，近年来管理得到加强。", RULE),
        "中发〔2024〕12号", "中共中央 国务院关于加强水库管理的意见", ("中共中央", "国务院"), "2024-05-06",
        (CLEAN, "换行丢失", "题名重复", "带有网站附着物", "附件连在正文"),
    ),
    "law with its amendments": Kind(
        ("中华人民共和国水库法", "2003年10月28日 第十届全国人民代表大会常务委员会第五次会议通过",
         "2021年4月29日 第十三届全国人民代表大会常务委员会第二十八次会议修正", "第一章 总则", "第一条  为了管理水库，制定本法。"),
        None, "中华人民共和国水库法", ("全国人民代表大会常务委员会",), "2003-10-28",
    ),
    "part of a code": Kind(
        ("中华人民共和国水法典", "水库编", "2020年5月28日 第十三届全国人民代表大会第三次会议通过", "第一章 一般规定", "第一条 本编调整水库管理关系。"),
        None, "中华人民共和国水法典", ("全国人民代表大会",), "2020-05-28", (CLEAN, "题名重复", "带有网站附着物"),
    ),
    "interpretation of a court": Kind(
        ("最高人民法院关于水库纠纷若干问题的规定", "2007年12月17日 最高人民法院审判委员会第1441次会议通过",
         "2008年1月14日 最高人民法院公告公布", "2008年2月1日 施行", "为妥善审理水库纠纷，制定本规定。", RULE),
        None, "最高人民法院关于水库纠纷若干问题的规定", ("最高人民法院",), "2007-12-17",
    ),
    "order with its day below the title": Kind(
        ("水利部令第5号水库检查办法", "2001年1月20日", "目录第一章总则第二章检查", "第一章总则", "第一条为检查水库，制定本办法。"),
        "水利部令第5号", "水库检查办法", ("水利部",), "2001-01-20", (CLEAN, "题名重复", "带有网站附着物", "附件连在正文"),
    ),
    "day behind the name of an attachment": Kind(
        ("冀水〔2024〕12号", "河北省水利厅关于印发《水库检查办法》的通知", "各市水利局：", "现将办法印发给你们，请认真执行。",
         "附件：水库检查办法", "二〇二四年五月六日", "附件", "水库检查办法", "第一条 为检查水库，制定本办法。"),
        "冀水〔2024〕12号", "河北省水利厅关于印发《水库检查办法》的通知", ("河北省水利厅",), "2024-05-06",
        (CLEAN, "题名重复", "带有网站附着物", "署名连在正文末行", "附件连在正文"),
    ),
    "day behind an attached file": Kind(
        ("冀水〔2024〕12号", "河北省水利厅关于印发《水库检查办法》的通知", "各市水利局：", "现将办法印发给你们，请认真执行。",
         "附件：水库检查办法.docx", "二〇二四年五月六日"),
        "冀水〔2024〕12号", "河北省水利厅关于印发《水库检查办法》的通知", ("河北省水利厅",), "2024-05-06",
    ),
    "urgent": Kind(
        ("急 件", "河北省水利厅文件", "冀水〔2024〕12号", "河北省水利厅关于水库检查的通知", "各市水利局：", TEXT, RULE, "2024年5月6日"),
        "冀水〔2024〕12号", "河北省水利厅关于水库检查的通知", ("河北省水利厅",), "2024-05-06",
    ),
    "letter-spaced genre": Kind(
        ("冀水〔2024〕12号关于印发《水库检查办法》的通 知各市水利局，省直有关单位：", TEXT, RULE, "河北省水利厅", "2024年5月6日"),
        "冀水〔2024〕12号", "关于印发《水库检查办法》的通知", ("河北省水利厅",), "2024-05-06", (CLEAN, "换行丢失", "署名连在正文末行"),
    ),
    "text without a title": Kind(
        ("为贯彻落实关于水库管理的部署，按照《水利部关于做好〈水库规定〉实施工作的通知》（水库〔2024〕3号）要求，决定在全省检查水库，现将有关事项通知如下：",
         RULE, "河北省水利厅", "2024年5月6日"),
        None, None, ("河北省水利厅",), "2024-05-06",
    ),
    "title that cites a notice": Kind(
        ("海关总署关于修改海关总署公告2015年第59号第十条的公告", "现将海关总署公告2015年第59号第十条修改如下。", RULE, "海关总署", "2024年5月6日"),
        None, "海关总署关于修改海关总署公告2015年第59号第十条的公告", ("海关总署",), "2024-05-06",
    ),
    "title in two lines without 关于": Kind(
        ("临溪市支持水库园区建设等", "奖补政策实施细则", "第一章  总则", "第一条  为支持水库园区，制定本细则。", "第二条 本细则自公布之日起施行。"),
        None, "临溪市支持水库园区建设等奖补政策实施细则", (), None, (CLEAN, "换行丢失", "题名重复"),
    ),
}  # fmt: skip


def read(kind: Kind, noise: str) -> SourceText | None:
    text = "\n".join(kind.lines)
    if noise == CLEAN:
        return read_text("试件", text)
    noisy = damaged(paper_of("试件", text, kind.title, kind.made), noise)
    return None if noisy is None else read_text("试件", noisy)


@pytest.mark.parametrize(("name", "noise"), [(name, noise) for name, kind in KINDS.items() for noise in kind.noises])
def test_a_paper_of_every_kind_states_the_same_whatever_its_layout_lost(name: str, noise: str) -> None:
    kind = KINDS[name]
    source = read(kind, noise)
    if source is None:
        pytest.skip("the noise has nothing to damage here")
    found = parse(source).masthead
    assert (found.number.value if found.number else None) == kind.number
    assert (found.title.value if found.title else None) == kind.title
    assert tuple(issuer.value for issuer in found.issuers) == kind.issuers
    assert (found.made.value.isoformat() if found.made else None) == kind.made
