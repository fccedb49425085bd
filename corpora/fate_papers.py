"""The papers of a register whose fates are known: how a paper of an invented county is written, with its true outcome."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from corpora import fate_wordings as words


@dataclass(frozen=True, slots=True)
class Fate:
    """A paper: the kind of its story, the part it plays, its text, and the outcomes (first the best) that are right for it."""

    kind: str
    part: str
    title: str
    outcomes: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What the papers of a story are about and who issues them: place, office, code of numbers, topic, kind of paper."""

    place: str
    office: str
    code: str
    topic: str
    kind: str

    @property
    def issuer(self) -> str:
        return f"{self.place}{self.office}"

    @property
    def name(self) -> str:
        """The title of the measures: 澜口县渡口管理办法."""
        return f"{self.place.split('省')[-1]}{self.topic}{self.kind}"

    @property
    def itself(self) -> str:
        """What the measures call themselves: 本办法."""
        return f"本{self.kind[-2:]}"


@dataclass(slots=True)
class Scene:
    """Gives each story its matter and its numbers; no two stories have the same county and topic."""

    rng: random.Random
    as_of: date
    serials: dict[tuple[str, int], int] = field(default_factory=dict)
    used: int = 0

    def matter(self) -> Matter:
        """A matter that no other story has."""
        at = self.used
        self.used += 1
        place = words.PLACES[at % len(words.PLACES)]
        topic = words.TOPICS[(at * 7 + at // len(words.TOPICS)) % len(words.TOPICS)]
        office, code = self.rng.choice(words.OFFICES)
        return Matter(place, office, place.split("省")[-1][0] + code, topic, self.rng.choice(words.KINDS))

    def number(self, matter: Matter, made: date) -> str:
        """The next number of the office in the year."""
        key = matter.issuer, made.year
        self.serials[key] = self.serials.get(key, self.rng.randint(0, 4)) + self.rng.randint(1, 3)
        return f"{matter.code}〔{made.year}〕{self.serials[key]}号"

    def day(self, year: int) -> date:
        """A day of a year, not in its first or last two months."""
        return date(year, 3, 1) + timedelta(days=self.rng.randrange(240))

    def clauses(self, matter: Matter, count: int = 5) -> list[str]:
        """Provisions on the matter without numbers of articles; the first is on the use, the third on duties."""
        return [
            clause.format(topic=matter.topic, self=matter.itself)
            for clause in (*words.CLAUSES[:4], *self.rng.sample(words.CLAUSES[4:], 4))[:count]
        ]


def spoken(day: date) -> str:
    """A day as papers write it: 2025年3月6日."""
    return f"{day.year}年{day.month}月{day.day}日"


def measures(matter: Matter, number: str, made: date, clauses: list[str], name: str = "") -> str:
    """The text of a notice that issues measures made of clauses."""
    name = name or matter.name
    articles = [f"第{_COUNT[at]}条 {clause}" for at, clause in enumerate(clauses)]
    title = f"{matter.issuer}关于印发《{name}》的通知"
    head = [title, number, "各乡镇人民政府，县直各单位：", f"现将《{name}》印发给你们，请遵照执行。"]
    return "\n".join([*head, matter.issuer, spoken(made), name, *articles])


def notice(matter: Matter, title: str, number: str, made: date, lines: list[str]) -> str:
    """The text of a notice of its own."""
    head = [f"{matter.issuer}{title}", number, "各乡镇人民政府，县直各单位："]
    return "\n".join([*head, *lines, matter.issuer, spoken(made)])


_COUNT = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")
