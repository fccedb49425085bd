"""Generates the documents of a fictitious county over fifteen years, for demonstrations with many documents.

Offices of 临溪县 issue measures, notices and opinions with terms of validity; some are repealed by their successors, they
cite each other and national laws, and some contain clauses that raise findings. The same seed gives the same documents.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

OFFICES = {
    "临溪县人民政府": "临政发", "临溪县人民政府办公室": "临政办发", "临溪县水利局": "临水发", "临溪县农业农村局": "临农发", "临溪县住房和城乡建设局": "临建发",
    "临溪县教育局": "临教发",
}  # fmt: skip
TOPICS = {
    "河道采砂": ("水法", "采砂"), "农家乐": ("食品安全法", "经营"), "公园绿化": ("城乡规划法", "种植"), "集贸市场": ("反不正当竞争法", "摆摊"), "校车": ("道路交通安全法", "运营"),
    "码头": ("港口法", "停靠"), "垃圾分类": ("固体废物污染环境防治法", "投放"), "养犬": ("动物防疫法", "饲养"), "停车场": ("道路交通安全法", "停放"),
    "公墓": ("土地管理法", "安葬"),
    "农村供水": ("水法", "取水"), "夜市": ("食品安全法", "经营"),
}  # fmt: skip
KINDS = ("管理办法", "补助办法", "考核办法", "工作规程")
_PLAIN = (
    "县人民政府有关部门按照各自职责做好{topic}管理工作。", "乡镇人民政府应当加强{topic}日常巡查，发现问题及时处理。", "鼓励社会力量参与{topic}建设。",
    "有关部门应当公开办事指南，方便群众办理。", "对在{topic}工作中成绩突出的单位和个人给予表扬。", "本县范围内的{topic}活动适用本办法。",
)  # fmt: skip
_ALARMS = (
    "从事{act}活动应当经所在乡镇人民政府批准。", "违反规定{act}的，处二百元以上二千元以下罚款。", "{act}应当缴纳管理费，标准为每年六百元。",
    "申请{act}的，应当提交户籍所在地村民委员会出具的无违法证明。", "{topic}管理人员应当统一购买县城投公司提供的设备。", "未按规定{act}的，暂扣有关物品。",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """A generated document: its file name and its text."""

    name: str
    text: str


def papers(count: int = 180, seed: int = 20261122) -> Iterator[OfficialDocument]:
    """Yield `count` documents in order of year."""
    rng = random.Random(seed)
    serials: dict[tuple[str, int], int] = {}
    in_force: dict[str, tuple[str, str]] = {}
    for at in range(count):
        year = 2011 + at * 15 // count
        topic, kind = rng.choice(list(TOPICS)), rng.choice(KINDS)
        office = rng.choice(list(OFFICES))
        serials[office, year] = serials.get((office, year), 0) + rng.choice((1, 1, 2))
        number = f"{OFFICES[office]}〔{year}〕{serials[office, year]}号"
        title = f"临溪县{topic}{kind}"
        text = _text(rng, (office, topic, year), (number, title), in_force)
        in_force[title] = (title, number)
        yield OfficialDocument(f"{at:03d}{topic}{kind}.txt", text)


def _text(
    rng: random.Random, subject: tuple[str, str, int], name: tuple[str, str], in_force: dict[str, tuple[str, str]]
) -> str:
    (office, topic, year), (number, title) = subject, name
    law, act = TOPICS[topic]
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    first = f"为了规范{topic}管理，根据《中华人民共和国{law}》，制定本办法。"
    lines = [first, *rng.sample(_PLAIN, 4), *rng.sample(_ALARMS, rng.choice((0, 0, 1, 1, 2, 3)))]
    others = [pair for other, pair in in_force.items() if other != title]
    if others and rng.random() < 0.6:
        other = rng.choice(others)
        lines.insert(3, f"{topic}活动涉及其他事项的，按照《{other[0]}》（{other[1]}）执行。")
    if year >= 2019 and rng.random() < 0.5:
        lines.append("办理时限压缩到三个工作日以内，一般事项当场办结。")
    end = f"本办法自{year}年{month}月{day}日起施行"
    end += rng.choice((f"，有效期{rng.choice((2, 3, 5, 5))}年。", "，有效期5年。", "。"))
    if title in in_force and rng.random() < 0.8:
        end += f"《{title}》（{in_force[title][1]}）同时废止。"
    body = [line.format(topic=topic, act=act) for line in lines]
    articles = [f"第{_chinese(n)}条 {line}" for n, line in enumerate([*body, end], 1)]
    head = [
        f"{office}关于印发《{title}》的通知",
        number,
        "各乡镇人民政府，县直有关单位：",
        f"现将《{title}》印发给你们，请遵照执行。",
    ]
    return "\n".join([*head, office, f"{year}年{month}月{day}日", title, *articles])


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    return digits[number] if number < 10 else "十" + (digits[number - 10] if number > 10 else "")


def written(folder: Path | None = None, count: int = 180) -> Path:
    """Write the documents into a folder, by default a new temporary one, and return it."""
    folder = folder or Path(mkdtemp(prefix="county-"))
    folder.mkdir(parents=True, exist_ok=True)
    for paper in papers(count):
        (folder / paper.name).write_text(paper.text, encoding="utf-8")
    return folder
