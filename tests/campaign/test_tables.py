"""Tables are the ones that pyarrow makes of rows, written whole, and need no pandas."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.campaign.rows import SCHEMA
from pipeline.campaign.suspects import Suspects, mark_hung, read_marker
from pipeline.campaign.tables import read_table, rows_of, table_of, write_table
from pipeline.errors import StorageError

ROWS = [
    {"name": "一\n二\u2028“引号”\\.txt", "made": date(1949, 10, 1), "seconds": 0.1, "issuers": ["财政部"], "is_normative": True,
     "references": [{"title": "办法", "until": date(2030, 12, 31), "years": 2.5, "anew": False}], "sketch": [0, 2**32 - 1]},
    {"name": "", "made": None, "issuers": [], "references": None, "risk": -3, "characters": 2**31 - 1},
]  # fmt: skip


def test_a_table_holds_what_pyarrow_takes_from_the_rows() -> None:
    assert table_of(ROWS, SCHEMA).equals(pa.Table.from_pylist(ROWS, schema=SCHEMA))
    assert table_of([], SCHEMA).equals(SCHEMA.empty_table())
    with pytest.raises(pa.ArrowException):
        table_of([{"unknown": 1}], SCHEMA)


def test_rows_come_back_as_they_were_written_and_columns_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_table(path, [table_of(ROWS[:1], SCHEMA), table_of(ROWS[1:], SCHEMA)], SCHEMA)
    assert list(rows_of(path)) == pa.Table.from_pylist(ROWS, schema=SCHEMA).to_pylist()
    assert list(rows_of(path, ["name"])) == [{"name": row["name"]} for row in ROWS]
    assert [found.name for found in tmp_path.iterdir()] == ["x.parquet"]


def test_a_table_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_table(path, [table_of(ROWS, SCHEMA)], SCHEMA)
    with pytest.raises(ZeroDivisionError):
        write_table(path, (table_of([], SCHEMA) for _ in range(1 // 0)), SCHEMA)
    assert len(list(rows_of(path))) == 2


def test_a_damaged_table_is_told_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + bytes(200))
    with pytest.raises(StorageError, match="已损坏"):
        list(read_table(path, "请从备份恢复"))


def test_a_shard_and_its_proposals_need_no_pandas() -> None:
    code = """
import sys, tempfile
from pathlib import Path
from pipeline.analyzer import LegalContext
from pipeline.campaign import propose, read_proposals
from pipeline.campaign.shard_work import run_shard
from pipeline.campaign.shards import as_shards
from pipeline.campaign.snapshot import read_snapshot
from tests.campaign.material import AS_OF, campaign, write_documents
with tempfile.TemporaryDirectory() as folder:
    made = campaign(Path(folder) / "home", write_documents(Path(folder) / "in", 2))
    for shard in as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False):
        run_shard(shard)
    assert propose(made) == len(read_proposals(made)) == 2
sys.exit("pandas" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_marker_names_the_document_in_work_whatever_stood_there(tmp_path: Path) -> None:
    marker = tmp_path / "00000.now"
    suspects = Suspects.of(marker, tmp_path / "00000.strikes", "run")
    for path in ("/长/" + "名" * 900, "/短", "/较长的名"):
        suspects.begin(path, 3)
        assert (read_marker(marker)["path"], read_marker(marker)["entry"]) == (path, 3)
    mark_hung(marker, 9.0)
    assert (read_marker(marker)["path"], read_marker(marker)["hung"]) == ("/较长的名", 9.0)


def test_making_a_campaign_and_telling_how_far_it_is_load_neither_dask_nor_the_rules(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from pipeline.campaign import all_campaigns
from tests.campaign.material import campaign, write_documents
campaign(Path(sys.argv[1]) / "home", write_documents(Path(sys.argv[1]) / "in", 2))
assert [found.name for found in all_campaigns(Path(sys.argv[1]) / "home")] == ["清理"]
sys.exit(bool({"distributed", "pipeline.parse"} & set(sys.modules)))
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=Path(__file__).parents[2])
