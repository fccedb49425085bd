"""Read annotated sentences from gold files as columns."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.model import bare
from pipeline.errors import GoldError


@dataclass(frozen=True, slots=True)
class Sentences:
    """Annotated sentences as columns of equal length.

    `flags`: whether the sentence is to be raised; `kinds`: its first type, "" if none; `frames`: group of sentences
    generated from the same frame; `digest`: first 12 hexadecimal digits of the SHA-256 over the files.
    """

    texts: tuple[str, ...]
    flags: np.ndarray
    kinds: np.ndarray
    frames: np.ndarray
    digest: str


def read_sentences(paths: Iterable[Path]) -> Sentences:
    """Read the sentences of gold files, without their leading numbers.

    Raises `GoldError` if a file cannot be read as JSON lines or there are no sentences.
    """
    rows: list[dict[str, Any]] = []
    digest = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
            rows += [json.loads(line) for line in content.decode("utf-8").splitlines() if line]
        except (OSError, ValueError) as error:
            raise GoldError(f"训练用的标注文件{path}不能读取", remedy="请检查路径，每行应当是一个JSON对象") from error
        digest.update(content)
    if not rows:
        raise GoldError("没有训练用的句子", remedy="请先运行 python -m corpora.make_sentences")
    return Sentences(
        tuple(bare(row["sentence"]) for row in rows),
        np.array([row["verdict"] == "flag" for row in rows]),
        np.array([(row["types"] or [""])[0] for row in rows]),
        np.array([int(hashlib.sha256(str(row.get("frame", row["id"])).encode()).hexdigest()[:8], 16) for row in rows]),
        digest.hexdigest()[:12],
    )
