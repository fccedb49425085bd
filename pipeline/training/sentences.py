"""Read annotated sentences: our own, and, where ../shared lies beside the project, the real ones annotated there.

Sentences of one document, one official decision or one frame belong together (`group`) and are never on both sides of a
split. A sentence written after a real provision carries the group of that provision.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.classify.model import DOCUMENTS, LEGISLATION
from pipeline.errors import GoldError
from pipeline.law import load_rulebook

OUR_GOLD = Path(__file__).parents[2] / "corpora" / "gold"
FRAMES, PROVISIONS, FREE, READINGS = "clauses.jsonl", "provisions.jsonl", "free_provisions.jsonl", "readings.tsv"
# written like the provisions, never trained on
HELD_PROVISIONS = "held_provisions.jsonl"
FOLDS = 5
VERDICTS = ("flag", "restates", "exempt", "none")
# real sentences of documents; real sentences of official decisions; sentences written by us after these, without them, from frames
REAL, CASE, WRITTEN, UNAIDED, FRAME = "real", "case", "written", "unaided", "frame"
# weight in training: sentences from frames and those written without a real one are far from the language of documents, unsure ones teach little
_WEIGHTS = {REAL: 1.0, CASE: 1.0, WRITTEN: 1.0, UNAIDED: 0.2, FRAME: 0.15}
_UNSURE = 0.5
# what was annotated under the binding guide counts twice beside readings of our own
_JUDGED = 2.0
_LEGISLATION = ("local", "law")


@dataclass(frozen=True, slots=True)
class Sentence:
    """An annotated sentence.

    `verdict`: flag, restates, exempt or none; `types`: type ids, the weightiest first; `origin`: REAL, CASE, WRITTEN, UNAIDED
    or FRAME; `source`: the kind of source for calibration; `judged`: whether figures are measured on it (gold/real and
    gold/cases); `unsure`: whether its annotator doubted.
    """

    id: str
    text: str
    verdict: str
    types: tuple[str, ...]
    group: str
    origin: str
    source: str = DOCUMENTS
    unsure: bool = False
    judged: bool = False

    @property
    def flag(self) -> bool:
        """Whether the sentence is to be raised."""
        return self.verdict == "flag"

    @property
    def fold(self) -> int:
        """The fold of its group, 0 to `FOLDS` - 1."""
        return int(hashlib.sha1(self.group.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS

    @property
    def weight(self) -> float:
        """Its weight in training."""
        return _WEIGHTS[self.origin] * (_UNSURE if self.unsure else 1.0) * (_JUDGED if self.judged else 1.0)


def read_sentences(paths: Iterable[Path]) -> list[Sentence]:
    """The sentences of gold files (JSON lines). Raises `GoldError` if one cannot be read or there are no sentences."""
    found = [_of_row(row, path.stem) for path in paths for row in read_json_lines(path)]
    if not found:
        raise GoldError("没有训练用的句子", remedy="请检查标注文件；自带的句子由 python -m corpora.make_sentences 生成")
    return found


def all_sentences(shared: Path | None) -> list[Sentence]:
    """Our own sentences and those of a folder `shared` (with gold/ and corpora/), None or missing: only our own.

    Raises `GoldError` if a file cannot be read.
    """
    found = read_sentences([OUR_GOLD / FRAMES, OUR_GOLD / PROVISIONS, OUR_GOLD / FREE])
    if shared is None or not (shared / "gold").is_dir():
        return found
    gold = shared / "gold"
    for name in ("real/clauses.jsonl", "cases/clauses_cases.jsonl", "clauses.jsonl"):
        if (gold / name).exists():
            found += [_of_row(row, name) for row in read_json_lines(gold / name)]
    return [*found, *_readings(OUR_GOLD / READINGS, shared / "corpora")]


def digest(sentences: Sequence[Sentence]) -> str:
    """First 12 hexadecimal digits of the SHA-256 over texts, verdicts and types."""
    content = "\n".join(f"{s.text}\t{s.verdict}\t{','.join(s.types)}" for s in sentences)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines; a line ends with "\\n" only.

    Raises `GoldError` that names every line that is no object: figures from a part of a file would be wrong unnoticed.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError) as error:
        raise GoldError(f"标注文件{path}不能读取", remedy="请检查路径；文件应当是UTF-8编码") from error
    found = [(number, _as_object(line)) for number, line in enumerate(lines, 1) if line.strip()]
    bad = [str(number) for number, row in found if row is None]
    if bad:
        more = f"等{len(bad)}行" if len(bad) > 5 else "行"
        raise GoldError(
            f"{path}第{'、'.join(bad[:5])}{more}不是JSON对象", remedy="请改正或者删去（最后一行可能没有写完整）"
        )
    return [row for _, row in found if row is not None]


def _as_object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _of_row(row: Mapping[str, Any], name: str) -> Sentence:
    """A sentence of a gold row; what kind it is shows in its fields."""
    _check(row, name)
    origin, group = FRAME, str(row.get("frame", row["id"]))
    if "held" in row:
        origin, group = CASE, f"{row.get('authority')}|{row.get('source_date')}"
    elif "seed" in row:
        origin, group = UNAIDED if row["seed"] in ("free", "held") else WRITTEN, row["group"]
    elif "doc" in row:
        origin, group = REAL, row["doc"] or row["id"]
    return Sentence(
        id=row["id"],
        text=row["sentence"].strip(),
        verdict=row["verdict"],
        types=tuple(kind for kind in row["types"] if not kind.startswith("OTHER")),
        group=group,
        origin=origin,
        source=LEGISLATION if row.get("corpus") in _LEGISLATION else DOCUMENTS,
        unsure=bool(row.get("unsure")),
        judged=origin == CASE or name.startswith("real/"),
    )


def _check(row: Mapping[str, Any], name: str) -> None:
    """Raise `GoldError` for a row without sentence, with an unknown verdict or an unknown type."""
    if not all(key in row for key in ("id", "sentence", "types", "verdict")):
        raise GoldError(f"{name}里有一行缺少id、sentence、types或verdict", remedy="请补全这一行")
    if row["verdict"] not in VERDICTS:
        raise GoldError(
            f"{name}的{row['id']}：verdict“{row['verdict']}”不认识", remedy=f"请写{'、'.join(VERDICTS)}之一"
        )
    unknown = [kind for kind in row["types"] if kind not in load_rulebook().types and not kind.startswith("OTHER")]
    if unknown:
        raise GoldError(f"{name}的{row['id']}：类型“{unknown[0]}”不存在", remedy="请写36个类型之一")


def _readings(table: Path, corpora: Path) -> Iterator[Sentence]:
    """Our annotations of real sentences, kept by place: file below `corpora`, start and end in code points.

    A place whose text has changed (`check`, of SHA-256) is left out.
    """
    texts: dict[str, str] = {}
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            file = corpora / row["file"]
            if row["file"] not in texts:
                texts[row["file"]] = file.read_text(encoding="utf-8") if file.exists() else ""
            text = texts[row["file"]][int(row["start"]) : int(row["end"])].strip()
            if check_of(text) != row["check"]:
                continue
            yield Sentence(
                id=f"{row['file']}:{row['start']}",
                text=text,
                verdict=row["verdict"],
                types=tuple(filter(None, row["types"].split(","))),
                group=file.name,
                origin=REAL,
                source=LEGISLATION if row["file"].startswith("local") else DOCUMENTS,
                unsure=row["sure"] == "0",
            )


def check_of(text: str) -> str:
    """First 8 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
