"""The document-feature matrix: documents, provisions or sentences × words cut by jieba with the legal user dictionary, as scikit-learn and quanteda read it.

`write` puts four files into a folder. The rows of the matrix are those of docvars.csv, its columns those of features.csv:

- matrix.npz, a sparse matrix of scipy (CSR, counts), for scikit-learn;
- matrix.mtx, the same as Matrix Market, for quanteda through `Matrix::readMM`;
- features.csv: `feature`, in how many rows it stands (`docfreq`) and how often (`frequency`);
- docvars.csv: the columns of `feature_units.columns_of`, then those of `feature_units.DOCUMENT_COLUMNS`.

Both csv are UTF-8 without a byte order mark, since programs read them. `load` reads a folder, and `feature_matrix` makes one in passing::

    counts = feature_matrix(frames.load("OUT"), "provisions", min_documents=5)
    counts.matrix, counts.features, counts.docvars
"""

import csv
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from pipeline.analysis.feature_counts import Batch, Counts, batches, count
from pipeline.analysis.feature_units import DOCUMENT_COLUMNS, FEATURE_COLUMNS, UNITS, Unit, columns_of, units_of
from pipeline.analysis.frames import Frames
from pipeline.analysis.table_files import csv_cells
from pipeline.errors import UsageError
from pipeline.law.segmenter import legal_tokenizer

FILES = MATRIX, MARKET, FEATURES, DOCVARS = ("matrix.npz", "matrix.mtx", "features.csv", "docvars.csv")
_UNFINISHED = ".unfinished-"
_COPIED = 1 << 20
# the date of every file in matrix.npz, so that the same counts give the same bytes
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_TYPES = {
    **dict.fromkeys(("item", "order", "start", "end", "alarms", "risk"), "int64"), "year": "Int64", "is_normative": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """A document-feature matrix: counts (rows × words, `scipy.sparse.csr_matrix`), its columns and its rows."""

    matrix: Any
    features: pd.DataFrame
    docvars: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Written:
    """The result of `write`: numbers of rows, of words, and of counts that are not zero."""

    rows: int
    words: int
    counts: int


def feature_matrix(
    tables: Frames, unit: str = "documents", *, min_documents: int = 1, max_share: float = 1.0
) -> Features:
    """The matrix of `write`, held in memory. Raises `UsageError`."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), tables, unit, min_documents=min_documents, max_share=max_share)
        return load(Path(folder))


def write(
    out: Path,
    tables: Frames,
    unit: str = "documents",
    *,
    min_documents: int = 1,
    max_share: float = 1.0,
) -> Written:
    """Writes the four files; memory holds the words and a batch of texts, however many documents there are.

    Words that stand in fewer than `min_documents` rows, or in more than the share `max_share` of them, are left out. Raises
    `UsageError` for an unknown unit, limits that cannot be, a folder with other files, and where no word is left.
    """
    _check(out, unit, min_documents, max_share)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=_UNFINISHED) as name:
        folder = Path(name)
        counts = count(_with_docvars(folder / DOCVARS, units_of(tables, unit), unit), legal_tokenizer().cut, folder)
        kept = (counts.docfreq >= min_documents) & (counts.docfreq <= max_share * counts.texts)
        if not kept.any():
            raise UsageError(
                f"{counts.texts}行里没有留下一个词", remedy="请放宽--min-documents和--max-share，并确认队列里有文件"
            )
        written = _write_counts(folder, counts, kept)
        for file in FILES:
            (folder / file).replace(out / file)
    return written


def load(folder: Path | str) -> Features:
    """The matrix that `write` put into a folder. Raises `UsageError` where files are missing, damaged or of different runs."""
    path = Path(folder)
    try:
        with (path / MATRIX).open("rb") as file:
            matrix = sp.load_npz(file)
        features = _read_csv(path / FEATURES, {"docfreq": "int64", "frequency": "int64"})
        docvars = _read_csv(path / DOCVARS, _TYPES)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path}里的文档词频矩阵不完整或者已损坏", remedy=f"请再次运行 qinggui dfm {path}") from error
    if matrix.shape != (len(docvars), len(features)):
        raise UsageError(f"{path}里的矩阵与行、列的表不是同一次写出的", remedy=f"请再次运行 qinggui dfm {path}")
    return Features(matrix, features, docvars)


def _check(out: Path, unit: str, min_documents: int, max_share: float) -> None:
    if unit not in UNITS:
        raise UsageError(f"不能按“{unit}”分行", remedy=f"可以按{'、'.join(UNITS)}")
    if min_documents < 1 or not 0 < max_share <= 1:
        raise UsageError("词的取舍写得不对", remedy="--min-documents至少为1，--max-share大于0、至多为1")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}是一个文件", remedy="请写明一个文件夹")
    others = [path.name for path in out.iterdir()] if out.exists() else []
    if any(name not in FILES and not name.startswith(_UNFINISHED) for name in others):
        raise UsageError(f"{out}里有别的文件", remedy="请指定空的文件夹，或者以前写出矩阵的文件夹")


def _with_docvars(file: Path, units: Iterable[Unit], unit: str) -> Iterator[str]:
    """The texts of units, while their values are written to docvars.csv."""
    with file.open("w", encoding="utf-8", newline="") as table:
        lines = csv.writer(table)
        lines.writerow((*columns_of(unit), *DOCUMENT_COLUMNS))
        for each in units:
            # TRUE is what R and pandas both take for a truth value
            values = (str(value).upper() if isinstance(value, bool) else value for value in each.values)
            lines.writerow(csv_cells(values))
            yield each.text


def _write_counts(folder: Path, counts: Counts, kept: npt.NDArray[np.bool_]) -> Written:
    order = sorted(np.flatnonzero(kept).tolist(), key=counts.words.__getitem__)
    column_of = np.full(len(counts.words), -1, np.int32)
    column_of[order] = np.arange(len(order), dtype=np.int32)
    done = Written(counts.texts, len(order), int(counts.docfreq[order].sum()))
    with (folder / FEATURES).open("w", encoding="utf-8", newline="") as table:
        lines = csv.writer(table)
        lines.writerow(FEATURE_COLUMNS)
        lines.writerows((counts.words[at], counts.docfreq[at], counts.frequency[at]) for at in order)
    _write_market(folder / MARKET, batches(counts, column_of), done)
    _write_npz(folder, batches(counts, column_of), done)
    return done


def _write_market(file: Path, parts: Iterable[Batch], size: Written) -> None:
    row = 1
    with file.open("w", encoding="ascii", newline="\n") as market:
        market.write("%%MatrixMarket matrix coordinate integer general\n% rows: docvars.csv, columns: features.csv\n")
        market.write(f"{size.rows} {size.words} {size.counts}\n")
        for part in parts:
            rows = np.repeat(np.arange(row, row + part.lengths.size), part.lengths)
            cells = np.column_stack((rows, part.columns + 1, part.counts)).tolist()
            market.writelines(f"{at} {column} {number}\n" for at, column, number in cells)
            row += part.lengths.size


def _write_npz(folder: Path, parts: Iterable[Batch], size: Written) -> None:
    """A file as `scipy.sparse.save_npz` writes it, of which no array is held in memory."""
    kind = np.dtype("<i4" if size.counts < 2**31 else "<i8")
    end = np.zeros(1, kind)
    with (
        (folder / "indptr").open("wb") as ends,
        (folder / "indices").open("wb") as columns,
        (folder / "data").open("wb") as data,
    ):
        ends.write(end.tobytes())
        for part in parts:
            columns.write(part.columns.astype(kind).tobytes())
            data.write(part.counts.tobytes())
            stops = end[-1] + np.cumsum(part.lengths, dtype=kind)
            ends.write(stops.tobytes())
            end = stops if stops.size else end
    with zipfile.ZipFile(folder / MATRIX, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (("format", np.array(b"csr")), ("shape", np.array((size.rows, size.words), np.int64))):
            with _member(archive, name) as target:
                np.lib.format.write_array(target, array)
        for name, dtype, length in (
            ("indptr", kind, size.rows + 1),
            ("indices", kind, size.counts),
            ("data", np.dtype("<i4"), size.counts),
        ):
            _copy_array(archive, folder / name, dtype, length)


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    entry = zipfile.ZipInfo(f"{name}.npy", _NO_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(entry, "w", force_zip64=True)


def _copy_array(archive: zipfile.ZipFile, file: Path, kind: np.dtype[Any], length: int) -> None:
    header = {"descr": kind.str, "fortran_order": False, "shape": (length,)}
    with _member(archive, file.name) as target, file.open("rb") as source:
        np.lib.format.write_array_header_1_0(target, header)
        while piece := source.read(_COPIED):
            target.write(piece)


def _read_csv(file: Path, types: dict[str, str]) -> pd.DataFrame:
    """A table of which only empty cells are missing: NA and null are words like others."""
    head = pd.read_csv(file, nrows=0).columns
    kinds = {name: types.get(name, "str") for name in head}
    return pd.read_csv(
        file, dtype=kinds, keep_default_na=False, na_values={name: [""] for name in head if name != "feature"}
    )
