"""Writes `corpora/samples`: documents of a fictitious county in every format, intact and damaged.

Run as `python -m corpora.make_samples` after a change to `papers.py`; the files are kept in the repository.
"""

from pathlib import Path

from corpora import papers, writers

SAMPLES = Path(__file__).parent / "samples"


def samples() -> dict[str, bytes]:
    """Every sample by its file name."""
    parking = writers.as_numbered_docx(papers.PARKING_HEAD, papers.PARKING_ARTICLES, ["附件：收费路段一览表"])
    nested = writers.as_zip(
        {
            "任免通知.txt": writers.as_txt(papers.PERSONNEL, "gb18030"),
            "批复.docx": writers.as_docx(papers.REPLY),
        },
        gbk_names=True,
    )
    return {
        "01农家乐管理办法.txt": writers.as_txt(papers.FARMHOUSE),
        "02停车秩序规定.docx": writers.add_text_box(
            writers.add_revision(parking, "（含修订）", "（旧稿）"), "内部资料 注意保存"
        ),
        "03油茶补助办法.pdf": writers.as_pdf(papers.SUBSIDY, header="临溪县农业农村局"),
        "04养老服务意见.html": writers.as_html(papers.ELDERLY, papers.ELDERLY_META),
        "05市场积分制度.md": writers.as_md(papers.MARKET),
        "06采砂通知_GB18030.txt": writers.as_txt(papers.WATER, "gb18030"),
        "07零工市场通知_UTF16.txt": writers.as_txt(papers.TALENT, "utf-16"),
        "08充电安全通知_未分段.txt": writers.as_txt(papers.RUN_TOGETHER),
        "09法治政府报告.docx": writers.as_docx(papers.REPORT),
        "10解读新闻.html": writers.as_html(papers.NEWS, {}, "gb18030"),
        "11废止决定.pdf": writers.as_pdf(papers.REPEAL),
        "12秸秆通知_混入垃圾文字.txt": writers.as_txt(papers.SPAM),
        "13托管通知_繁体.txt": writers.as_txt(papers.TRADITIONAL),
        "14收费路段.docx": writers.as_docx(["附件", "城区收费路段一览表"], papers.PARKING_TABLE),
        "15打包报送.zip": writers.as_zip({"办法副本.txt": writers.as_txt(papers.FARMHOUSE), "内层.zip": nested}),
        "16空文件.txt": b"",
        "17传输中断.docx": parking[: len(parking) // 2],
        "18设有密码.pdf": writers.encrypted_pdf(writers.as_pdf(papers.REPEAL), "linxi"),
        "19扫描件.pdf": writers.scanned_pdf(),
        "20后缀不符.pdf": writers.as_txt(papers.WATER),
        "21二进制噪声.docx": bytes((i * 7919 + i // 3) % 256 for i in range(4096)),
        "22路径穿越.zip": writers.as_zip({"../../越界.txt": b"x", "正常.txt": writers.as_txt(papers.PERSONNEL)}),
        "23旧版文档.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(512),
        "24版式文件.ofd": writers.as_ofd(papers.LAYOUT, signed=True),
    }


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    for name, data in samples().items():
        (SAMPLES / name).write_bytes(data)


if __name__ == "__main__":
    main()
