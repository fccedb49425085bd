"""The document-feature matrix: what is counted, keys that join, files that scikit-learn and R read, flat memory."""

import csv
import shutil
import subprocess
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytest.importorskip("scipy")

import numpy as np
import scipy.io
import scipy.sparse as sp

from corpora import papers
from pipeline.analysis import feature_counts, feature_matrix, frames
from pipeline.analysis.feature_counts import count, is_word
from pipeline.analysis.feature_units import DOCUMENT_COLUMNS, UNITS, columns_of, explained
from pipeline.cli.analysis import dfm
from pipeline.errors import UsageError
from pipeline.law.segmenter import legal_tokenizer
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined

DOCUMENTS = {"a.txt": papers.FARMHOUSE, "b.txt": papers.WATER, "c.txt": papers.REPEAL, "d.txt": papers.ELDERLY}


@pytest.fixture
def tables(queue_home: Path, tmp_path: Path) -> frames.Frames:
    writer = QueueWriter(queue_home, "test")
    for name, lines in DOCUMENTS.items():
        data = "\n".join(lines).encode()
        writer.put(examined(data, name), data, None)
    frames.write(tmp_path / "tables")
    return frames.load(tmp_path / "tables")


def test_rows_are_the_documents_and_counts_are_those_of_jieba_with_the_legal_dictionary(tables: frames.Frames) -> None:
    found = feature_matrix.feature_matrix(tables)
    assert found.docvars["item"].tolist() == tables.documents["item"].tolist()
    clauses = tables.clauses
    for row, item in enumerate(found.docvars["item"]):
        texts = clauses[clauses["item"] == item]
        own = [text.removeprefix(label or "") for text, label in zip(texts.text, texts.label.fillna(""), strict=True)]
        wanted = Counter(word for text in own for word in legal_tokenizer().cut(text) if is_word(word))
        counts = found.matrix[[row]].toarray()[0]
        named = zip(found.features.feature, counts, strict=True)
        assert {word: int(number) for word, number in named if number} == dict(wanted)
    assert list(found.features.feature) == sorted(found.features.feature)
    assert "乡镇" in set(found.features.feature) and not {"，", "。", "2025"} & set(found.features.feature)


@pytest.mark.parametrize("unit", ["provisions", "sentences"])
def test_the_keys_of_provisions_and_sentences_join_with_the_other_tables(tables: frames.Frames, unit: str) -> None:
    rows = feature_matrix.feature_matrix(tables, unit).docvars
    assert rows.doc_id.is_unique and set(rows["item"]) == set(tables.documents["item"])
    joined = rows.merge(tables.clauses, on=["item", "order"], suffixes=("", "_clause"), validate="many_to_one")
    assert len(joined) == len(rows)
    assert ((joined.start >= joined.start_clause) & (joined.end <= joined.end_clause)).all()
    for row in joined.itertuples():
        text = row.text[row.start - row.start_clause : row.end - row.start_clause]
        assert text in row.text and (unit == "sentences" or row.text.endswith(text))
    assert rows.alarms.sum() == tables.documents.alarms.sum() > 0


def test_a_sentence_ends_with_its_mark(tables: frames.Frames) -> None:
    texts = tables.clauses.set_index(["item", "order"])
    rows = feature_matrix.feature_matrix(tables, "sentences").docvars
    found = [
        texts.loc[(row.item, row.order)].text[row.start - texts.loc[(row.item, row.order)].start :][
            : row.end - row.start
        ]
        for row in rows.itertuples()
    ]
    assert "《临溪县农家乐管理暂行规定》（临政发〔2016〕3号）同时废止。" in found
    assert all(text.strip() and not set("。；！？") & set(text[:-1]) for text in found)


def test_an_alarm_counts_for_the_provision_in_which_it_stands(tables: frames.Frames) -> None:
    rows = feature_matrix.feature_matrix(tables, "provisions").docvars
    raised = tables.findings[tables.findings.alarm]
    for finding in raised.itertuples():
        (row,) = rows[
            (rows["item"] == finding.item) & (rows.start <= finding.start) & (rows.end > finding.start)
        ].itertuples()
        assert row.alarms >= 1


def test_rare_and_frequent_words_are_left_out_but_no_row_is(tables: frames.Frames) -> None:
    every = feature_matrix.feature_matrix(tables)
    fewer = feature_matrix.feature_matrix(tables, min_documents=2, max_share=0.75)
    assert fewer.features.docfreq.between(2, 3).all() and every.features.docfreq.isin((1, 4)).any()
    assert len(fewer.docvars) == len(every.docvars) == fewer.matrix.shape[0]
    kept = every.features.docfreq.between(2, 3).to_numpy()
    assert (fewer.matrix != every.matrix[:, kept]).nnz == 0


@pytest.mark.parametrize("unit", UNITS)
def test_both_files_hold_the_same_counts_in_canonical_form(tables: frames.Frames, tmp_path: Path, unit: str) -> None:
    written = feature_matrix.write(tmp_path / "out", tables, unit)
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(feature_matrix.FILES)
    counts = sp.load_npz(tmp_path / "out" / "matrix.npz")
    assert counts.shape == (written.rows, written.words) and counts.nnz == written.counts
    assert counts.format == "csr" and counts.has_canonical_format and (counts.data > 0).all()
    market = scipy.io.mmread(tmp_path / "out" / "matrix.mtx")
    assert market.shape == counts.shape and (market.tocsr() != counts).nnz == 0
    lines = (tmp_path / "out" / "matrix.mtx").read_text(encoding="ascii").splitlines()
    assert lines[0] == "%%MatrixMarket matrix coordinate integer general"
    size = next(line for line in lines if not line.startswith("%"))
    assert size == f"{written.rows} {written.words} {written.counts}" and len(lines) == written.counts + 3
    with (tmp_path / "out" / "features.csv").open(encoding="utf-8", newline="") as file:
        head, *features = csv.reader(file)
    assert head == ["feature", "docfreq", "frequency"]
    assert [int(row[1]) for row in features] == np.bincount(counts.indices, minlength=written.words).tolist()
    assert [int(row[2]) for row in features] == counts.sum(axis=0).A1.tolist()
    with (tmp_path / "out" / "docvars.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == [*columns_of(unit), *DOCUMENT_COLUMNS] and len(rows) == written.rows
    assert {row[head.index("is_normative")] for row in rows} <= {"TRUE", "FALSE"}


def test_the_file_of_scipy_is_what_scipy_itself_writes(tables: frames.Frames, tmp_path: Path) -> None:
    feature_matrix.write(tmp_path / "out", tables)
    counts = sp.load_npz(tmp_path / "out" / "matrix.npz")
    sp.save_npz(tmp_path / "theirs.npz", counts)
    with np.load(tmp_path / "out" / "matrix.npz") as own, np.load(tmp_path / "theirs.npz") as theirs:
        assert set(own.files) == set(theirs.files)
        assert all((own[name] == theirs[name]).all() for name in own.files)


def test_the_same_tables_give_the_same_bytes(tables: frames.Frames, tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        feature_matrix.write(tmp_path / name, tables, "sentences")
    for name in feature_matrix.FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_scikit_learn_weighs_it_and_learns_from_it(tables: frames.Frames) -> None:
    pytest.importorskip("sklearn")
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    found = feature_matrix.feature_matrix(tables, "sentences")
    weighed = TfidfTransformer().fit_transform(found.matrix)
    assert weighed.shape == found.matrix.shape and abs(weighed.power(2).sum(axis=1).max() - 1) < 1e-9
    alarmed = found.docvars.alarms > 0
    model = make_pipeline(TfidfTransformer(), LogisticRegression(C=100)).fit(found.matrix, alarmed)
    assert (model.predict(found.matrix) == alarmed).mean() > 0.95
    weights = dict(zip(found.features.feature, model[-1].coef_[0], strict=True))
    assert weights["保证金"] > 0


def test_r_reads_it_without_loss(tables: frames.Frames, tmp_path: Path) -> None:
    """As docs/analysis.md tells it, up to `as.dfm`, for which the package quanteda would be needed."""
    r = shutil.which("Rscript")
    if r is None:
        pytest.skip("R is not installed: apt-get install r-base-core r-cran-matrix")
    feature_matrix.write(tmp_path / "out", tables, "provisions")
    script = """
    library(Matrix)
    features <- read.csv("features.csv", na.strings = "", colClasses = c("character", "integer", "integer"))
    docvars <- read.csv("docvars.csv", na.strings = "", colClasses = c(doc_id = "character"))
    counts <- readMM("matrix.mtx")
    dimnames(counts) <- list(docvars$doc_id, features$feature)
    counts <- as(counts, "CsparseMatrix")
    stopifnot(colSums(counts) == features$frequency, colSums(counts > 0) == features$docfreq)
    stopifnot(is.logical(docvars$is_normative), !anyDuplicated(docvars$doc_id), "乡镇" %in% colnames(counts))
    """
    subprocess.run([r, "-e", script], cwd=tmp_path / "out", check=True, capture_output=True)


def test_words_that_other_programs_take_for_missing_stay_words(tmp_path: Path, tables: frames.Frames) -> None:
    feature_matrix.write(tmp_path / "out", tables)
    file = tmp_path / "out" / "features.csv"
    head, first, second, *rest = file.read_text(encoding="utf-8").splitlines()
    numbers = [line.split(",", 1)[1] for line in (first, second)]
    file.write_text("\n".join([head, f"NA,{numbers[0]}", f"null,{numbers[1]}", *rest]) + "\n", encoding="utf-8")
    assert feature_matrix.load(tmp_path / "out").features.feature.tolist()[:2] == ["NA", "null"]


def test_batches_do_not_change_the_counts(tables: frames.Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = feature_matrix.feature_matrix(tables, "provisions")
    monkeypatch.setattr(feature_counts, "BATCH", 3)
    parts = feature_matrix.feature_matrix(tables, "provisions")
    assert (whole.matrix != parts.matrix).nnz == 0 and whole.features.equals(parts.features)


def test_memory_does_not_grow_with_the_number_of_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted and given back again; the words are the same, so that only what is kept of each text could grow."""
    words = [f"词{at}" for at in range(300)]

    def peak(texts: int) -> int:
        folder = tmp_path / str(texts)
        folder.mkdir()
        tracemalloc.start()
        counts = count((" ".join(words[at % 200 : at % 200 + 100]) for at in range(texts)), str.split, folder)
        columns = np.arange(len(counts.words), dtype=np.int32)
        assert sum(int(part.lengths.sum()) for part in feature_counts.batches(counts, columns)) == 100 * texts
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    monkeypatch.setattr(feature_counts, "BATCH", 100)
    assert peak(1_600) < 1.2 * peak(400)


def test_a_document_without_text_is_a_row_of_zeros(queue_home: Path, tmp_path: Path) -> None:
    writer = QueueWriter(queue_home, "test")
    for name, text in (("空.txt", "2025"), ("甲.txt", "\n".join(papers.WATER))):
        writer.put(examined(text.encode(), name), text.encode(), None)
    frames.write(tmp_path / "tables")
    found = feature_matrix.feature_matrix(frames.load(tmp_path / "tables"))
    assert found.matrix.sum(axis=1).A1.tolist()[0] == 0 and len(found.docvars) == 2


def test_what_cannot_be_is_refused(tables: frames.Frames, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="不能按“段落”分行"):
        feature_matrix.write(tmp_path / "out", tables, "段落")
    with pytest.raises(UsageError, match="取舍写得不对"):
        feature_matrix.write(tmp_path / "out", tables, max_share=0)
    with pytest.raises(UsageError, match="没有留下一个词"):
        feature_matrix.write(tmp_path / "out", tables, min_documents=1000)
    with pytest.raises(UsageError, match="不完整或者已损坏"):
        feature_matrix.load(tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="别的文件"):
        feature_matrix.write(tmp_path / "mine", tables)
    with pytest.raises(UsageError, match="是一个文件"):
        feature_matrix.write(tmp_path / "mine" / "a.txt", tables)


@pytest.mark.parametrize("harm", ["torn", "other"])
def test_a_damaged_matrix_is_told(tables: frames.Frames, tmp_path: Path, harm: str) -> None:
    out = tmp_path / "out"
    feature_matrix.write(out, tables)
    if harm == "torn":
        (out / "matrix.npz").write_bytes((out / "matrix.npz").read_bytes()[:200])
    else:
        (out / "docvars.csv").write_text("doc_id,item\n1,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="再次运行 qinggui dfm"):
        feature_matrix.load(out)
    feature_matrix.write(out, tables)
    assert feature_matrix.load(out).matrix.shape[0] == len(DOCUMENTS)


def test_the_command_writes_explains_and_asks_for_a_folder(
    tables: frames.Frames, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dfm(tmp_path / "out", tmp_path / "tables", unit="sentences", min_documents=2)
    printed = capsys.readouterr().out
    assert "行、" in printed and zipfile.is_zipfile(tmp_path / "out" / "matrix.npz")
    dfm(tmp_path / "of_queue")
    assert feature_matrix.load(tmp_path / "of_queue").matrix.shape[0] == len(DOCUMENTS)
    capsys.readouterr()
    dfm(explain=True, unit="sentences")
    told = capsys.readouterr().out
    assert all(f"{name}  {meaning}" in told for name, meaning in explained("sentences"))
    with pytest.raises(UsageError, match="没有写明文件夹"):
        dfm()
