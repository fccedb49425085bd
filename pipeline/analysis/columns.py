"""The tables of `pipeline.analysis.frames`: names, types and meanings of their columns."""

from collections.abc import Mapping

import pyarrow as pa

from pipeline.analysis.burden import MEANINGS

_TEXT, _DAY, _INT, _FLAG, _NUMBER = pa.string(), pa.date32(), pa.int32(), pa.bool_(), pa.float64()
_NAMES, _ITEM = pa.list_(pa.string()), pa.int64()
Column = tuple[str, pa.DataType, str]
_KEY: Column = ("item", pa.int64(), "编号，与审查队列相同；各表以此相连")
_OFFSETS: tuple[Column, ...] = (("start", _INT, "在正文中的起点，按字计"), ("end", _INT, "终点，不含"))
# table → its columns: name, type, meaning
TABLES: Mapping[str, tuple[Column, ...]] = {
    "documents": (
        _KEY, ("name", _TEXT, "文件名"), ("digest", _TEXT, "原件的SHA-256"), ("format", _TEXT, "文件格式"), ("title", _TEXT, "题名，更正后的"),
        ("attached", _NAMES, "所附文件的题名"),
        ("number", _TEXT, "发文字号"), ("issuer", _TEXT, "第一制定机关"), ("issuers", _TEXT, "全部制定机关，以、相隔"), ("place", _TEXT, "地区，制定机关名称或者审查时所写"),
        ("level", _TEXT, "层级：国家、省、市、县、乡镇，由第一制定机关的名称定，看不出则空"), ("province", _TEXT, "省级名称，全称"), ("city", _TEXT, "设区的市、自治州、地区、盟"),
        ("district", _TEXT, "县、区、旗、不设区的市、开发区"),
        ("genre", _TEXT, "文种"), ("norm_level", _TEXT, "效力层级"), ("is_normative", _FLAG, "是否行政规范性文件"), ("made", _DAY, "成文日期"),
        ("year", _INT, "年份"),
        ("year_source", _TEXT, "年份取自：成文、公布、文号、施行"), ("published", _DAY, "公布日期"), ("effective", _DAY, "施行日期"), ("expires", _DAY, "最后有效日"),
        ("validity", _TEXT, "有效性"),
        ("cleanup", _TEXT, "机器的清理意见：keep amend repeal lapse not_applicable"), ("risk", _INT, "风险分，0至100"), ("alarms", _INT, "警示数：findings中alarm为真的行数"),
        ("kind", _TEXT, "案件类别"), ("status", _TEXT, "办理状态"), ("conclusion", _TEXT, "人的审查结论"), ("received", _DAY, "收到之日"),
        ("due", _DAY, "办理期限"), ("as_of", _DAY, "按哪一天的法律审查"), ("engine", _TEXT, "程序、规则和模型的版本"), ("characters", _INT, "正文字数，不含空白"),
        *((name, _INT, f"负担指数的一项：{words}出现的次数") for name, words in MEANINGS.items()),
        ("burden", _NUMBER, "负担指数：以上六项之和，每千字"),
    ),
    "clauses": (
        _KEY, ("order", _INT, "在文件中的次序，从0起"), ("kind", _TEXT, "编章节条款项目、一、（一）等"), ("label", _TEXT, "编号原文"),
        ("path", _TEXT, "引用时的写法：第三条第二款"), ("parent", _INT, "上一级的次序，没有则空"), *_OFFSETS, ("text", _TEXT, "原文"),
    ),
    "findings": (
        _KEY, ("key", _TEXT, "发现的标识，重新分析后不变"), ("type", _TEXT, "类型"), ("name", _TEXT, "类型名称"), ("group", _TEXT, "法律问题：许可、职权、处罚等"),
        ("severity", _TEXT, "严重程度"), ("softened", _FLAG, "因语境不作警示"), ("alarm", _FLAG, "是否警示：严重或者高，并且没有因语境不作警示"),
        ("path", _TEXT, "条款"), ("rule", _TEXT, "命中的规则"), *_OFFSETS, ("text", _TEXT, "命中的原文"),
        ("sure", _NUMBER, "从图像识别的把握，0至1；原来就是文字则空"),
        ("verdict", _TEXT, "人的决定，没有则空"), ("reviewer", _TEXT, "作出决定的人"),
    ),
    "citations": (
        _KEY, ("title", _TEXT, "所引文件"), ("number", _TEXT, "所引文号"), ("article", _TEXT, "所引条款"), ("role", _TEXT, "引用的作用"),
        ("target", _TEXT, "所引文件的种类"), ("target_item", _ITEM, "队列中的哪一件，没有或者不能断定则空"), *_OFFSETS,
    ),
    "relations": (
        _KEY, ("kind", _TEXT, "废止、失效（目录宣布失效）、修改、延长"), ("title", _TEXT, "对哪件文件"), ("number", _TEXT, "其文号"),
        ("target_item", _ITEM, "队列中的哪一件，没有或者不能断定则空"), ("part", _TEXT, "修改或者废止的部分，全部则空"), ("day", _DAY, "写明何时起，没有写明则空"),
        ("until", _DAY, "延长至何日"), ("years", _NUMBER, "延长几年"), ("anew", _FLAG, "从本件施行之日重新计算"), *_OFFSETS,
    ),
    "validity": (
        _KEY, ("state", _TEXT, "有效、已届满、尚未施行、未知"), ("began", _DAY, "施行之日"), ("expires", _DAY, "最后有效日，含"),
        ("left", _INT, "审查之日到最后有效日的天数，届满为负"),
        ("rule", _TEXT, "凭什么定的：stated文件载明 provisional暂行试行 notice通告 place当地默认 start未到施行日 none无"), ("reasons", _TEXT, "理由"), *_OFFSETS,
        ("text", _TEXT, "载明有效期的原文，没有则空"), ("as_of", _DAY, "按哪一天判断"),
    ),
    "tasks": (_KEY, ("units", _TEXT, "责任单位，以、相隔"), ("deadline", _TEXT, "时限"), *_OFFSETS, ("text", _TEXT, "任务")),
    "indicators": (
        _KEY, ("id", _TEXT, "清理指标"), ("name", _TEXT, "名称"), ("outcome", _TEXT, "单独成立时的意见"), ("strength", _TEXT, "证明力"),
        ("confirmed", _FLAG, "依据已核实"), ("reasons", _TEXT, "理由"),
    ),
    "figures": (
        _KEY, ("year", _INT, "数字所属的年度：表中写明的，否则为报告所述年度"), ("name", _TEXT, "事项，原文的说法"),
        ("subject", _TEXT, "数字属于报告所列的哪个地区或者机关，报告者自己的和合计则空"), ("context", _TEXT, "说明所数事项的表题或者句子，事项自己写明的则空"),
        ("topic", _TEXT, "可以相互比较的名称，没有则空"), ("value", _NUMBER, "数值，万、亿已换算"),
        ("unit", _TEXT, "单位"), ("change", _TEXT, "比上年：+12.5%、-6件等，没有则空"),
        ("change_value", _NUMBER, "变动的数，减少为负"), ("change_unit", _TEXT, "变动的单位：%、百分点或者本身的单位"), ("about", _FLAG, "是否约数"),
        ("bound", _TEXT, "约数的方向：以上（余、多、超过）、以下（不足、近、接近）、左右（约），确数则空"), *_OFFSETS,
    ),
    "decisions": (
        _KEY, ("finding", _TEXT, "发现的标识"), ("verdict", _TEXT, "成立、不成立、需修改、转办"), ("comment", _TEXT, "意见"), ("reviewer", _TEXT, "审查人"),
        ("final", _FLAG, "主审的裁定"), ("counts", _FLAG, "是否有效（成批撤销的无效）"), ("made", pa.timestamp("s", "UTC"), "时间"),
    ),
}  # fmt: skip


def schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a table; the metadata key `says` of each column holds its meaning. Raises `KeyError`."""
    return pa.schema([pa.field(name, kind, metadata={"says": meaning}) for name, kind, meaning in TABLES[table]])
