"""The inventory of the legal bases that the program prints: those of types, authorities, forms and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.law.files import read_tsv, read_yaml
from pipeline.law.rulebook import CONFIRMED, GROUPS

_CITED = re.compile(r"^(.*?[^第])(第[^第]+条(?:至第[^第]+条)?(?:[、第].*)?)?$")


@dataclass(frozen=True)
class Printed:
    """One basis as printed: where from (file and its type, subject or name), law, article, words, days and tag.

    `words` are the wordings of which one must fit the article; `shown` is False for rows that are kept but not shown.
    """

    origin: str
    law: str
    article: str
    words: tuple[str, ...]
    since: date | None
    until: date | None
    tag: str
    shown: bool = True

    @property
    def confirmed(self) -> bool:
        return self.tag in CONFIRMED

    @property
    def name(self) -> str:
        return f"{self.origin} {self.law}{self.article}"


def inventory() -> list[Printed]:
    """Every legal basis with its article in the rule files and tables of `pipeline/law/rules`."""
    return [*_of_types(), *_of_authorities(), *_of_forms(), *_of_competition(), *_of_matters()]


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _of_types() -> Iterator[Printed]:
    for group in GROUPS:
        for kind in read_yaml(f"{group}.yaml")["types"]:
            for row in kind["bases"]:
                yield _of_basis(kind["id"], row)


def _of_authorities() -> Iterator[Printed]:
    for subject in read_yaml("authority.yaml"):
        for row in subject["bases"]:
            yield _of_basis(f"authority.{subject['subject']}", row)


def _of_basis(origin: str, row: dict[str, object]) -> Printed:
    since, until = row["since"], row.get("until")
    assert isinstance(since, date) and (until is None or isinstance(until, date))
    return Printed(origin, str(row["law"]), str(row["article"]), (str(row["says"]),), since, until, str(row["tag"]))


def _of_forms() -> Iterator[Printed]:
    for row in read_tsv("forms.tsv"):
        days = _day(row["since"]), _day(row["until"])
        yield Printed(row["type"], row["law"], row["article"], (row["says"],), *days, row["tag"])


def _of_competition() -> Iterator[Printed]:
    for row in read_tsv("fair_competition.tsv"):
        days, tag = (_day(row["since"]), _day(row["until"])), row["tag"]
        shown = tag in (*CONFIRMED, "V*")
        yield Printed(f"fair_competition.{row['type']}", row["law"], row["article"], (row["says"],), *days, tag, shown)


def _of_matters() -> Iterator[Printed]:
    for table, name in (("licences", "matter"), ("deposits", "name"), ("fees", "name")):
        for row in read_tsv(f"{table}.tsv"):
            match = _CITED.match(row["law"])
            law, article = (
                (row["law"], row["article"]) if "article" in row else (match[1], match[2] or "") if match else ("", "")
            )
            words = (row[name], *row["words"].split("|"))
            yield Printed(f"{table}.{row[name]}", law, article, words, _day(row.get("since", "")), None, row["tag"])
