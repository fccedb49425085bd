"""Input files for campaigns: documents of a fictional small county."""

from datetime import date
from pathlib import Path

from pipeline.campaign import Campaign, Scope, freeze
from pipeline.campaign.folder import campaigns_folder, create
from tests.conftest import AS_OF

TOPICS = ("公园绿化", "码头", "集贸市场", "夜市", "停车场", "河道", "供水", "垃圾分类", "路灯", "公墓", "校车", "养犬")


def document(number: int) -> str:
    """The text of a document of Linxi county; number, subject and year depend on `number`."""
    topic, year = TOPICS[number % len(TOPICS)], 2012 + number % 14
    name = f"临溪县{topic}管理办法"
    return "\n".join((
        f"临溪县人民政府关于印发《{name}》的通知", f"临政发〔{year}〕{number + 1}号", "各乡镇人民政府：",
        f"现将《{name}》印发给你们，请遵照执行。", "临溪县人民政府", f"{year}年3月{number % 27 + 1}日", name,
        f"第一条 为了加强{topic}管理，制定本办法。", "第二条 经营者应当公示价格，个人不得损毁设施。",
        f"第三条 {topic}由县人民政府有关部门按照各自职责管理，编号{number}。", f"第四条 本办法自{year}年5月1日起施行，有效期5年。",
    ))  # fmt: skip


def write_documents(folder: Path, count: int) -> Path:
    """Writes `count` documents to a folder and returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:03}.txt").write_text(document(number), encoding="utf-8")
    return folder


def campaign(
    home: Path, source: Path, *, name: str = "清理", per_shard: int = 4, scope: Scope | None = None
) -> Campaign:
    """A new campaign over the files of a folder, in small shards."""
    folder = campaigns_folder(home) / name
    made = create(home, Campaign(folder, name, AS_OF, None, scope or Scope(), None, date(2026, 11, 22)))
    freeze(made, [source], per_shard=per_shard)
    return made
