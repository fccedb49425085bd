"""Stories of papers: repeal, partial repeal, prolongation, catalogue and so on, each with the true outcome of every paper."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from corpora import fate_wordings as words
from corpora.fate_papers import Fate, Matter, Scene, measures, notice, spoken

KEEP, AMEND, REPEAL, LAPSE, LEFT_OUT = "keep", "amend", "repeal", "lapse", "not_applicable"
# a decision that has done its work, or a notice that lives with another paper, stays or is left out of the cleanup
_DONE = (LEFT_OUT, KEEP)
Story = Callable[[Scene, int], Iterator[Fate]]


@dataclass(frozen=True, slots=True)
class Issued:
    """Measures that were issued: their matter, name, number and day, and their provisions but the last."""

    matter: Matter
    name: str
    number: str
    made: date
    clauses: tuple[str, ...]
    last: str

    def told(self, kind: str, part: str, *outcomes: str) -> Fate:
        """The paper of these measures as a part of a story."""
        text = measures(self.matter, self.number, self.made, [*self.clauses, self.last], self.name)
        return Fate(kind, part, self.name, outcomes, text)

    def fill(self, wording: str, **more: str) -> str:
        """A wording with title and number of these measures."""
        return wording.format(title=self.name, number=self.number, self=self.matter.itself, **more)


def issue(scene: Scene, year: int, term: str = "", *, matter: Matter | None = None, name: str = "") -> Issued:
    """Measures of a year that take effect on their day, with the words of a term (，有效期5年)."""
    matter = matter or scene.matter()
    made = scene.day(year)
    last = f"{matter.itself}自{spoken(made)}起施行{term}。"
    return Issued(
        matter, name or matter.name, scene.number(matter, made), made, tuple(scene.clauses(matter, scene.rng.choice((5, 6, 7)))), last
    )  # fmt: skip


def disposition(scene: Scene, paper: Issued, title: str, made: date | int, lines: Sequence[str]) -> str:
    """The text of a notice of the same office, made on a day or on some day of a year."""
    made = made if isinstance(made, date) else scene.day(made)
    return notice(paper.matter, title, scene.number(paper.matter, made), made, list(lines))


def _turned(wordings: Sequence[str], turn: int, step: int = 1) -> str:
    return wordings[turn * step % len(wordings)]


def succession(scene: Scene, turn: int) -> Iterator[Fate]:
    """A chain: the second repeals the first, the third the second."""
    first = issue(scene, 2013)
    second = issue(scene, 2018, matter=first.matter)
    third = issue(scene, 2023, "，有效期5年", matter=first.matter)
    yield first.told("前后相继废止", "第一件", REPEAL)
    for earlier, later, outcome in ((first, second, REPEAL), (second, third, KEEP)):
        says = earlier.fill(
            words.REPEALED_BY_SUCCESSOR[(turn * 2 + (later is third)) % len(words.REPEALED_BY_SUCCESSOR)]
        )
        told = Issued(later.matter, later.name, later.number, later.made, later.clauses, later.last + says)
        yield told.told("前后相继废止", "后继", outcome)


def repealed(scene: Scene, turn: int) -> Iterator[Fate]:
    """A decision that repeals a paper; its title names it, or speaks of some papers."""
    paper = issue(scene, 2022, "，有效期5年")
    bystander = issue(scene, 2023, "，有效期5年")
    title = (
        f"关于废止《{paper.name}》的通知",
        "关于废止部分行政规范性文件的决定",
        f"关于停止执行《{paper.name}》的通知",
    )[turn % 3]
    line = paper.fill(_turned(words.REPEALED_WHOLE, turn), day="2025年6月1日")
    yield paper.told("单独废止", "被废止", REPEAL)
    yield bystander.told("单独废止", "旁观", KEEP)
    yield Fate("单独废止", "废止决定", title, _DONE, disposition(scene, paper, title, date(2025, 5, 12), [line]))


def repealed_list(scene: Scene, turn: int) -> Iterator[Fate]:
    """A decision that repeals papers in a list below it."""
    matter = scene.matter()
    one = issue(scene, 2021, "，有效期8年", matter=matter)
    two = issue(scene, 2022, matter=matter, name=f"{matter.name}实施细则".replace("管理办法实施细则", "检修细则"))
    leads = (
        "经清理，决定废止下列文件：",
        "下列规范性文件自本决定公布之日起废止：",
        "决定对下列文件予以废止：",
        "自本通知印发之日起，以下文件停止执行：",
        "现决定废止以下规范性文件：",
    )
    lines = [_turned(leads, turn), f"一、《{one.name}》（{one.number}）", f"二、《{two.name}》（{two.number}）"]
    title = "关于废止部分规范性文件的决定"
    yield one.told("清单废止", "被废止", REPEAL)
    yield two.told("清单废止", "被废止", REPEAL)
    yield Fate("清单废止", "废止决定", title, _DONE, disposition(scene, one, title, 2025, lines))


def in_part(scene: Scene, turn: int) -> Iterator[Fate]:
    """Two papers of which parts are ended: they go on."""
    for step in (0, 1):
        paper = issue(scene, 2023, "，有效期5年")
        line = paper.fill(_turned(words.REPEALED_IN_PART, turn * 2 + step), day="2025年7月1日")
        title = (f"关于停止执行《{paper.name}》部分条款的通知", f"关于调整《{paper.name}》有关内容的通知")[step]
        yield paper.told("部分废止", "被改", KEEP)
        yield Fate("部分废止", "通知", title, _DONE, disposition(scene, paper, title, 2025, [line]))


def by_length(scene: Scene, turn: int) -> Iterator[Fate]:
    """Prolonged by a length; long enough, or too short."""
    years, outcome = ((5, KEEP), (3, KEEP), (1, LAPSE))[turn % 3]
    paper = issue(scene, 2021, "，有效期3年")
    title = f"关于延长《{paper.name}》有效期的通知"
    line = paper.fill(
        _turned(words.PROLONGED_BY_LENGTH, turn), years="一二三四五"[years - 1] if turn % 2 else str(years)
    )
    told = _DONE if outcome == KEEP else (LAPSE, *_DONE)
    yield paper.told("按长度延期", "被延", outcome)
    yield Fate("按长度延期", "通知", title, told, disposition(scene, paper, title, date(2024, 2, 20), [line]))


def to_day(scene: Scene, turn: int) -> Iterator[Fate]:
    """Prolonged to a day."""
    paper = issue(scene, 2020, "，有效期5年")
    day, outcome = (("2028年12月31日", KEEP), ("2027年6月30日", KEEP), ("2026年3月31日", LAPSE))[turn % 3]
    title = (f"关于延长《{paper.name}》有效期的通知", f"关于《{paper.name}》继续有效的通知")[turn % 2]
    told = _DONE if outcome == KEEP else (LAPSE, *_DONE)
    yield paper.told("延至某日", "被延", outcome)
    line = paper.fill(_turned(words.PROLONGED_TO_DAY, turn), day=day)
    yield Fate("延至某日", "通知", title, told, disposition(scene, paper, title, date(2025, 2, 25), [line]))


def twice(scene: Scene, turn: int) -> Iterator[Fate]:
    """Prolonged twice: each alone would not reach the day of the cleanup."""
    paper = issue(scene, 2018, "，有效期3年")
    yield paper.told("连续延期", "被延", KEEP)
    for step, (day, years) in enumerate(((date(2021, 2, 9), 3), (date(2024, 2, 7), 4))):
        line = paper.fill(_turned(words.PROLONGED_BY_LENGTH, turn + step * 3), years=str(years))
        title = ("关于延长《{}》有效期的通知", "关于继续延长《{}》有效期的通知")[step].format(paper.name)
        yield Fate("连续延期", "通知", title, _DONE, disposition(scene, paper, title, day, [line]))


def formal(scene: Scene, turn: int) -> Iterator[Fate]:
    """试行 that is made formal, and 试行 that is over."""
    matter = scene.matter()
    paper = issue(scene, 2021, "，试行期2年", matter=matter, name=f"{matter.name}（试行）")
    title = f"关于《{paper.name}》转为正式施行的通知"
    line = paper.fill(_turned(words.MADE_FORMAL, turn), day="2023年3月1日")
    other = scene.matter()
    yield paper.told("试行转正", "被转正", KEEP)
    yield Fate("试行转正", "通知", title, _DONE, disposition(scene, paper, title, date(2023, 2, 10), [line]))
    yield issue(scene, 2021, "，试行期2年", matter=other, name=f"{other.name}（试行）").told(
        "试行转正", "试行期满", LAPSE
    )


def by_number(scene: Scene, turn: int) -> Iterator[Fate]:
    """Repealed by numbers alone."""
    paper, other = issue(scene, 2023, "，有效期5年"), issue(scene, 2024, "，有效期5年")
    title = "关于废止有关文件的通知"
    line = paper.fill(_turned(words.REPEALED_BY_NUMBER, turn), day="2025年5月1日")
    yield paper.told("仅凭文号废止", "被废止", REPEAL)
    yield other.told("仅凭文号废止", "旁观", KEEP)
    yield Fate("仅凭文号废止", "通知", title, _DONE, disposition(scene, paper, title, date(2025, 4, 9), [line]))


def catalogue(scene: Scene, turn: int) -> Iterator[Fate]:
    """The catalogue of an office of its own with a residual clause: listed goes on, not listed has lapsed, later is not concerned."""
    county = "湖南省" * (turn % 2) + "檀梧椿榆桐樟枳柚椴楠"[turn % 10] + "溪县"
    short = county.split("省")[-1]
    matters = [
        Matter(county, "水务局", f"{short[0]}水发", words.TOPICS[(turn * 4 + at) % len(words.TOPICS)], "管理办法")
        for at in range(4)
    ]
    kept, ended, absent, later = (
        issue(scene, year, "，有效期10年", matter=m) for year, m in zip((2019, 2018, 2018, 2025), matters, strict=True)
    )
    clause = _turned(words.RESIDUAL, turn).format(day="2024年1月1日")
    lines = [
        "对2024年1月1日前制定的规范性文件进行了清理，现将结果公布如下。" + clause,
        "一、继续有效的规范性文件目录", f"1.《{kept.name}》（{kept.number}）",
        "二、废止的规范性文件目录", f"1.《{ended.name}》（{ended.number}）",
    ]  # fmt: skip
    title = "关于公布规范性文件清理结果的通知"
    yield kept.told("目录与兜底", "列入继续有效", KEEP)
    yield ended.told("目录与兜底", "列入废止", REPEAL)
    yield absent.told("目录与兜底", "未列入", LAPSE)
    yield later.told("目录与兜底", "目录之后制定", KEEP)
    yield Fate("目录与兜底", "目录", title, _DONE, disposition(scene, kept, title, date(2024, 3, 12), lines))


def amended(scene: Scene, turn: int) -> Iterator[Fate]:
    """A paper that is amended goes on, and so does the amending decision."""
    paper = issue(scene, 2022, "，有效期8年")
    title = (f"关于修改《{paper.name}》的决定", f"关于修改《{paper.name}》部分条款的通知")[turn % 2]
    lines = [
        paper.fill(_turned(words.AMENDED, turn)),
        f"一、{_turned(words.CHANGES, turn)}",
        "本决定自公布之日起施行。",
    ]
    yield paper.told("修改", "被修改", KEEP)
    yield Fate("修改", "修改决定", title, _DONE, disposition(scene, paper, title, 2024, lines))


def left_over(scene: Scene, turn: int) -> Iterator[Fate]:
    """A paper is repealed; what amended, added to or prolonged it is left over."""
    paper = issue(scene, 2019, "，有效期10年")
    titles = (
        "关于修改《{}》的决定",
        "关于《{}》的补充通知",
        "关于延长《{}》有效期的通知",
        "关于调整《{}》有关标准的通知",
        "关于修订《{}》部分条款的通知",
    )
    bodies = (
        [paper.fill(words.AMENDED[0]), words.CHANGES[0]], [paper.fill("现就《{title}》（{number}）补充通知如下："), "一、经营者应当公示维修电话。"],
        [paper.fill("《{title}》（{number}）有效期延长5年。")], [paper.fill("对《{title}》（{number}）有关标准作如下调整：第三条修改为：“每月检查两次。”")],
        [paper.fill(words.AMENDED[2]), words.CHANGES[2]],
    )  # fmt: skip
    title = _turned(titles, turn).format(paper.name)
    yield paper.told("遗留文件", "被废止", REPEAL)
    yield Fate("遗留文件", "遗留", title, (LAPSE, REPEAL), disposition(scene, paper, title, 2021, bodies[turn % 5]))
    title = f"关于废止《{paper.name}》的通知"
    line = paper.fill(_turned(words.REPEALED_WHOLE, turn, 3), day="2025年9月1日")
    yield Fate("遗留文件", "废止决定", title, _DONE, disposition(scene, paper, title, date(2025, 8, 6), [line]))


def bodies(scene: Scene, turn: int) -> Iterator[Fate]:
    """A paper whose provisions rely on a body that was merged, and one that only names it."""
    body = _turned(words.OLD_BODIES, turn)
    for pattern, part, outcome in (
        (_turned(words.DUTIES, turn), "旧机构承担职责", AMEND),
        (_turned(words.NO_DUTY, turn), "只提到机构", KEEP),
    ):
        paper = issue(scene, 2016, "，有效期12年")
        clause = pattern.format(body=body, topic=paper.matter.topic)
        clauses = (*paper.clauses[:3], clause, *paper.clauses[3:])
        yield Issued(paper.matter, paper.name, paper.number, paper.made, clauses, paper.last).told(
            "机构改革", part, outcome
        )


def recipients(scene: Scene, turn: int) -> Iterator[Fate]:
    """A body that was merged stands only in the list of those who are sent the paper."""
    paper = issue(scene, 2017, "，有效期12年")
    text = paper.told("机构改革", "仅为主送", KEEP).text
    lists = (
        "各乡镇人民政府，{}：",
        "{}，各乡镇人民政府：",
        "{}、县财政局：",
        "各乡镇人民政府，县财政局、{}：",
        "{}，县直各单位：",
    )
    to = _turned(lists, turn).format(_turned(words.OLD_BODIES, turn))
    yield Fate("机构改革", "仅为主送", paper.name, (KEEP,), text.replace("各乡镇人民政府，县直各单位：", to))


def terms(scene: Scene, turn: int) -> Iterator[Fate]:
    """Terms in every writing: over, and running."""
    for step in range(2):
        term, months = words.TERMS[(turn * 2 + step) % len(words.TERMS)]
        running = issue(scene, 2026 if months < 36 else 2025, f"，{term}")
        over = issue(scene, 2024 if months < 20 else 2023 if months < 31 else 2020, f"，{term}")
        yield running.told("有效期", "未届满", KEEP)
        yield (
            over.told("有效期", "已届满", LAPSE)
            if not _runs(over.made, months)
            else over.told("有效期", "未届满", KEEP)
        )


def _runs(made: date, months: int) -> bool:
    year, month = divmod(made.year * 12 + made.month - 1 + months, 12)
    return date(year, month + 1, min(made.day, 28)) > date(2026, 11, 22)


def delayed(scene: Scene, turn: int) -> Iterator[Fate]:
    """A term that runs from a later day than publication, over or running by these days."""
    says, days = words.DELAYS[turn % len(words.DELAYS)]
    gap = timedelta(days=days)
    for made, part, outcome in (
        (date(2024, 11, 30) - gap + timedelta(days=8), "未届满", KEEP),
        (date(2024, 8, 1) - gap, "已届满", LAPSE),
    ):
        paper = issue(scene, 2024)
        last = f"{paper.matter.itself}{says}，有效期二年。"
        told = Issued(paper.matter, paper.name, scene.number(paper.matter, made), made, paper.clauses, last)
        yield told.told("延后施行", part, outcome)


def not_normative(scene: Scene, turn: int) -> Iterator[Fate]:
    """Plans, reports, papers on persons and single occasions."""
    for step in range(3):
        matter = scene.matter()
        title, lines = words.NOT_NORMATIVE[(turn * 3 + step) % len(words.NOT_NORMATIVE)]
        fill = {"topic": matter.topic, "year": str(2020 + turn % 4), "next": str(2022 + turn % 4)}
        made = date(2020 + turn % 4, 1 + turn % 3, 5 + turn % 20)
        text = notice(
            matter, title.format(**fill), scene.number(matter, made), made, [line.format(**fill) for line in lines]
        )
        yield Fate("不列入", title.format(**fill), title.format(**fill), (LEFT_OUT,), text)


def namesakes(scene: Scene, turn: int) -> Iterator[Fate]:
    """Two papers of one title of different years, of which a decision names one by its number."""
    matter = scene.matter()
    old, new = issue(scene, 2012, matter=matter), issue(scene, 2024, "，有效期5年", matter=matter)
    title = "关于废止部分规范性文件的决定"
    line = old.fill(_turned(words.REPEALED_WHOLE, turn, 2), day="2025年8月1日")
    yield old.told("同名异年", "早", REPEAL)
    yield new.told("同名异年", "晚", KEEP)
    yield Fate("同名异年", "废止决定", title, _DONE, disposition(scene, old, title, date(2025, 7, 7), [line]))


def superseded(scene: Scene, turn: int) -> Iterator[Fate]:
    """A fuller paper of the same title that does not say that the earlier one ends: likely replaced, never sure."""
    matter = scene.matter()
    yield issue(scene, 2022, "，有效期10年", matter=matter).told("未明说取代", "早", REPEAL)
    yield issue(scene, 2025, "，有效期5年", matter=matter).told("未明说取代", "晚", KEEP)


def bases(scene: Scene, turn: int) -> Iterator[Fate]:
    """Repealed bases: one among many decides nothing, the only one asks for amendment."""
    stale = _turned(words.REPEALED_LAWS, turn)
    many = "、".join((*words.LAWS_IN_FORCE[:4], stale, *words.LAWS_IN_FORCE[4:]))
    for laws, part, outcome in ((stale, "唯一依据失效", AMEND), (many, "众多依据之一失效", KEEP)):
        paper = issue(scene, 2019, "，有效期10年")
        clauses = (f"为了规范{paper.matter.topic}管理，根据{laws}，制定{paper.matter.itself}。", *paper.clauses)
        yield Issued(paper.matter, paper.name, paper.number, paper.made, clauses, paper.last).told(
            "依据失效", part, outcome
        )


def preamble(scene: Scene, turn: int) -> Iterator[Fate]:
    """A target year in the preamble of a standing rule."""
    paper = issue(scene, 2019, "，有效期10年")
    aim = _turned(words.AIMS, turn).format(paper.matter.topic, paper.matter.itself)
    told = Issued(paper.matter, paper.name, paper.number, paper.made, (aim, *paper.clauses), paper.last)
    yield told.told("序言中的目标年份", "常设规则", KEEP)


STORIES: tuple[Story, ...] = (
    succession, repealed, repealed_list, in_part, by_length, to_day, twice, formal, by_number, catalogue, amended, left_over, bodies, recipients, terms, delayed, not_normative,
    namesakes, superseded, bases, preamble,
)  # fmt: skip
