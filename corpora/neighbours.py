"""Documents of three invented neighbouring counties: measures that they take over from each other, and yearly reports with figures, some of them of their towns.

The same documents every time. 长河县 takes whole measures over and changes places, amounts and days; 白塔县 takes single sentences.
"""

from pathlib import Path
from tempfile import mkdtemp

COUNTIES = ("临溪", "长河", "白塔")
YEARS = range(2021, 2026)
# subject → sentences that no other measure has
_MEASURES = {
    "共享单车停放": (
        "投放单车的企业在城区主要路口设置停放点三百处，每处配备专人两名，于每日二十二时以前将散落的车辆归位。",
        "停放点的地面标线由企业负责施划和补漆，颜色与公交站台一致，转弯处留出一米五的通行宽度。",
        "同一停放点连续三日超过停放数量一倍的，城市管理部门约请企业当面商定分流的办法并留存记录。",
    ),
    "老旧小区加装电梯": (
        "申请人把设计方案贴在单元门口公示十日，并与低楼层的住户当面协商，协商记录随申请一并归档。",
        "管线迁移的费用由电力、供水、燃气单位各自核定，报价单交业主代表签收，不得在施工以后再行追加。",
        "竣工以后的日常保养由业主推选的三人小组监督，小组每季度把开支张贴在电梯轿厢里。",
    ),
    "渡口夜航": (
        "日落半小时以后开航的渡船应当在船头和船尾各点亮一盏白灯，并由一名船员专门瞭望上游来船。",
        "水位一昼夜上涨超过半米的，渡口管理员敲响铜钟三遍，停止夜航，直到水文站通知恢复为止。",
        "乘客携带农具、牲畜上船的，由船员引到下风一侧，单独捆扎固定，开航途中不得挪动。",
    ),
    "集镇菜市场": (
        "活禽摊位与熟食摊位之间砌筑一人高的隔墙，每日收市以后用热水冲洗两遍，污水经沉淀池排放。",
        "公平秤放在入口右手一侧，每逢赶集日由市场开办者校准一次，校准的结果写在旁边的黑板上。",
        "农户自种自销的蔬菜在东侧长廊摆卖，先到先得，不收取摊位费，散市时自行带走剩余的菜叶。",
    ),
}  # fmt: skip
# item, value of the first year in each county, yearly change in each county
_FIGURES = (
    ("制定行政规范性文件", "件", (9, 14, 6), (1, -2, 0)), ("收到行政复议申请", "件", (62, 85, 31), (9, 4, 3)), ("开展执法检查", "次", (140, 210, 96), (12, -15, 8)),
    ("组织执法人员培训", "人次", (320, 450, 180), (20, 35, -10)),
)  # fmt: skip
# towns of each county, disputes that they mediated in the first year, yearly change
_TOWNS = {
    "临溪": (("青石镇", 48, 6), ("枫林镇", 31, -2)), "长河": (("渡口镇", 52, 3), ("沙洲乡", 27, 4)), "白塔": (("塔下镇", 22, 1), ("云岭乡", 19, 5)),
}  # fmt: skip


def measures() -> dict[str, str]:
    """The measures by file name; those of 临溪县 are the earlier ones."""
    found = {}
    for at, (subject, sentences) in enumerate(_MEASURES.items()):
        found[f"临溪{subject}.txt"] = _measure("临溪", 2022, at, subject, sentences)
        if at < 3:
            found[f"长河{subject}.txt"] = _measure("长河", 2023, at, subject, sentences[: 3 - at % 2])
    mixed = tuple(sentences[1] for sentences in _MEASURES.values())
    found["白塔城镇管理.txt"] = _measure("白塔", 2024, 9, "城镇日常", mixed)
    return found


def _measure(county: str, year: int, at: int, subject: str, sentences: tuple[str, ...]) -> str:
    title = f"{county}县{subject}管理办法"
    head = [f"{county}县人民政府关于印发《{title}》的通知", f"{county[0]}政发〔{year}〕{at + 3}号", "各乡镇人民政府，县政府各部门：",
            f"现将《{title}》印发给你们，请遵照执行。", f"{county}县人民政府", f"{year}年{at + 2}月16日", title]  # fmt: skip
    end = f"本办法自{year}年{at + 3}月1日起施行，有效期5年。"
    numbers = "一二三四五六七八"
    amounts = str.maketrans("三两", "五四") if county == "长河" else {}
    body = [sentence.translate(amounts) for sentence in sentences]
    return "\n".join([*head, *(f"第{numbers[n]}条 {line}" for n, line in enumerate([*body, end]))])


def reports() -> dict[str, str]:
    """The yearly reports of the three counties by file name."""
    found = {}
    for at, county in enumerate(COUNTIES):
        for year in YEARS:
            told = [
                f"全年{item}{first[at] + change[at] * (year - YEARS[0])}{unit}。"
                for item, unit, first, change in _FIGURES
            ]
            lines = [
                f"{county}县人民政府{year}年法治政府建设情况报告",
                *told,
                "各乡镇调解矛盾纠纷情况（单位：起）",
                *(f"{town} {first + step * (year - YEARS[0])}" for town, first, step in _TOWNS[county]),
                f"{county}县人民政府",
                f"{year + 1}年1月20日",
            ]
            found[f"{county}{year}年报告.txt"] = "\n".join(lines)
    return found


def written(texts: dict[str, str], folder: Path | None = None) -> Path:
    """Writes texts by file name into a folder, by default a new temporary one, and returns it."""
    folder = folder or Path(mkdtemp(prefix="neighbours-"))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
