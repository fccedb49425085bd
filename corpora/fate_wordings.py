"""Wordings of the dispositions between papers, for the register of `corpora.fates`; every sentence was written for this project.

`{title}` and `{number}` are those of the paper concerned, `{day}` a day, `{self}` the kind of the paper that speaks.
"""

PLACES = (
    "湖南省澜口县", "湖南省青漪县", "湖南省杉坪县", "湖北省泊湖县", "湖北省柘溪县", "四川省岚桥县", "澄塘县", "榆关县", "沙棠县", "云砚县", "湖南省枫渚县", "湖北省鹭洲县",
)  # fmt: skip
OFFICES = (
    ("人民政府", "政发"),
    ("人民政府办公室", "政办发"),
    ("水利局", "水发"),
    ("民政局", "民发"),
    ("交通运输局", "交发"),
    ("教育局", "教发"),
)
TOPICS = (
    "渡口", "水塘", "茶园", "苗圃", "晒谷场", "公共浴室", "乡村书屋", "龙舟", "灯会", "水井", "竹木检尺", "蜂场", "桑园", "石桥", "乡道", "候车亭", "社区食堂", "老年学堂", "菌棚", "荷塘",
    "果园", "堤坝", "水闸", "凉亭", "戏台", "路灯", "公厕", "农具库", "粮仓", "冷库", "鱼市", "花市", "旧书市", "早市", "露营地", "滑雪场", "漂流", "观光车", "骑行道", "步道",
)  # fmt: skip
KINDS = ("管理办法", "管理规定", "使用管理办法", "维护管理细则", "服务规范")
CLAUSES = (
    "本县行政区域内{topic}的使用、维护，适用{self}。", "{topic}经营者应当公示服务时间和联系方式。", "个人不得损毁{topic}的设施。", "使用人可以向管理单位反映{topic}存在的问题，管理单位应当在五日内答复。",
    "管理单位应当每月检查{topic}，并且保存检查记录。", "{topic}的设施有损坏的，管理单位应当及时修理。", "单位和个人使用{topic}，应当保持环境整洁。", "{topic}的开放时间由管理单位公布。",
    "鼓励社会力量捐资修缮{topic}。", "管理单位应当公开{topic}维修经费的使用情况。", "对维护{topic}成绩突出的个人，可以给予表扬。", "老年人、残疾人使用{topic}的，管理单位应当提供方便。",
)  # fmt: skip
REPEALED_BY_SUCCESSOR = (
    "《{title}》（{number}）同时废止。", "原《{title}》（{number}）自{self}施行之日起废止。", "《{title}》（{number}）即行废止。", "{number}印发的《{title}》同时停止执行。", "此前印发的《{title}》（{number}）不再执行。",
    "自{self}施行之日起，《{title}》（{number}）停止施行。", "{number}文件同时废止。",
)  # fmt: skip
REPEALED_WHOLE = (
    "经研究，决定废止《{title}》（{number}）。", "经清理，对《{title}》（{number}）予以废止。", "《{title}》（{number}）自{day}起停止执行。", "自{day}起，废止《{title}》（{number}）。",
    "现决定将《{title}》（{number}）予以废止，各单位不得再作为管理依据。", "《{title}》（{number}）已不适应工作需要，自本通知印发之日起不再执行。", "经评估，《{title}》（{number}）终止执行。",
    "《{title}》（{number}）因与上位法不一致，现予废止。", "终止《{title}》（{number}）的执行。", "《{title}》（{number}）自{day}起失去效力。", "鉴于工作任务已经完成，{number}印发的《{title}》同时废止。", "现对《{title}》（{number}）作出废止决定。", "自即日起废止《{title}》（{number}）。",
)  # fmt: skip
REPEALED_IN_PART = (
    "《{title}》（{number}）第四条停止执行，其他条款继续执行。", "删去《{title}》（{number}）第三条第一款。", "《{title}》（{number}）中关于开放时间的规定不再执行。", "废止《{title}》（{number}）第五条。",
    "《{title}》（{number}）第三条、第四条不再适用。", "停止执行《{title}》（{number}）中有关表扬的条款。", "将《{title}》（{number}）第五条删去。", "对《{title}》（{number}）第二条予以废止，其余内容不变。",
    "自{day}起，《{title}》（{number}）第四条同时废止。", "《{title}》（{number}）附件1停止使用。",
    "对《{title}》（{number}）中的第二条予以废止。", "《{title}》（{number}）第三条与新规定不一致，不再执行。", "停止《{title}》（{number}）第四条的执行。", "废止{number}文件第三条。", "《{title}》（{number}）有关条款停止执行。",
)  # fmt: skip
PROLONGED_BY_LENGTH = (
    "《{title}》（{number}）有效期延长{years}年。", "经评估，《{title}》（{number}）到期后延长{years}年。", "《{title}》（{number}）的有效期顺延{years}年。", "决定将《{title}》（{number}）的执行期限延长{years}年。",
    "现将《{title}》（{number}）延期{years}年执行。", "《{title}》（{number}）有效期届满后，续延{years}年。", "对《{title}》（{number}）的有效期予以延长，延长期限为{years}年。",
    "《{title}》（{number}）再执行{years}年。", "同意《{title}》（{number}）有效期再延长{years}年。", "《{title}》（{number}）有效期续展{years}年。", "{number}文件有效期延长{years}年。",
)  # fmt: skip
PROLONGED_TO_DAY = (
    "《{title}》（{number}）有效期延长至{day}。", "《{title}》（{number}）继续有效至{day}。", "将《{title}》（{number}）的有效期调整为{day}止。", "《{title}》（{number}）延期执行至{day}。", "《{title}》（{number}）继续施行，有效期至{day}。",
    "经评估需要继续实施的《{title}》（{number}），其有效期截止日期延至{day}。", "同意《{title}》（{number}）延用至{day}。",
    "《{title}》（{number}）在{day}前继续有效。", "延长《{title}》（{number}）有效期至{day}。", "《{title}》（{number}）施行期限延长至{day}止。", "《{title}》（{number}）延长执行期限，截止日期为{day}。",
)  # fmt: skip
MADE_FORMAL = (
    "《{title}》（{number}）试行期满，自{day}起转为正式施行。", "自{day}起，《{title}》（{number}）正式施行。", "经评估，《{title}》（{number}）由试行转为正式执行。", "决定将《{title}》（{number}）转为正式实施。", "《{title}》（{number}）试行结束，现予正式实施。",
    "《{title}》（{number}）试行转正，继续执行。",
    "《{title}》（{number}）试行期届满后转为正式文件，继续施行。", "自{day}起，取消《{title}》（{number}）的试行，正式施行。",
)  # fmt: skip
REPEALED_BY_NUMBER = (
    "经清理，决定废止{number}文件。", "{number}自{day}起停止执行。", "废止以下文件：{number}。", "{number}文件即行废止，不再作为管理依据。", "对{number}予以废止。", "{number}文件不再执行。",
    "原{number}文件同时作废。", "自{day}起废止{number}。", "{number}文件停止执行，已经受理的事项继续办理。",
)  # fmt: skip
AMENDED = (
    "对《{title}》（{number}）作如下修改：", "决定对《{title}》（{number}）作以下修改：", "现将《{title}》（{number}）部分条款修改如下：", "经研究，决定修改《{title}》（{number}）部分条款：", "《{title}》（{number}）作出如下调整：",
)  # fmt: skip
CHANGES = (
    "将第三条修改为：“经营者应当公示服务时间、价格和联系方式。”",
    "第四条修改为：“个人不得损毁设施，损毁的应当修复。”",
    "在第二条后增加一条：“管理单位应当设立意见簿。”",
    "第五条中的“五日”修改为“三日”。",
    "将第五条中“每月”改为“每周”。",
)
RESIDUAL = (
    "凡未列入继续有效目录的，一律不再执行。", "未列入本目录的规范性文件，自行失效。", "{day}前制定的规范性文件未纳入继续有效目录的，一律不得作为管理依据。", "未列入继续有效目录的文件不再作为行政管理的依据。", "未列入本次公布的继续有效目录的，均停止执行。",
)  # fmt: skip
TERMS = (  # words of a term, and its length in months
    ("有效期一年半", 18), ("有效期5年", 60), ("有效期为三年", 36), ("有效期1年6个月", 18), ("有效期1.5年", 18), ("有效期两年零六个月", 30), ("有效期18个月", 18), ("有效期四年", 48), ("有效期为二十四个月", 24), ("有效期2年", 24),
)  # fmt: skip
DELAYS = (  # words of a commencement behind 自…, and its days
    ("自公布之日起30日后施行", 30), ("自印发之日起满三十日后施行", 30), ("自发布之日起15日后施行", 15), ("自印发之日起60日后施行", 60), ("公布后满30日起施行", 30),
)  # fmt: skip
OLD_BODIES = (
    "县工商行政管理局",
    "县卫生和计划生育局",
    "县国土资源局",
    "县食品药品监督管理局",
    "县质量技术监督局",
    "县环境保护局",
    "县物价局",
)
DUTIES = (
    "由{body}负责{topic}的监督检查。",
    "{body}应当会同乡镇人民政府每季度检查{topic}。",
    "{topic}的投诉由{body}受理。",
    "{body}负责审核{topic}的经营资格。",
    "违反前条规定的，由{body}责令改正。",
)
NO_DUTY = (
    "办理外籍人员使用{topic}的事项，可以咨询外交部驻当地的机构。", "{topic}曾由{body}管理，现由乡镇人民政府管理。", "{body}2015年公布的{topic}名录，由乡镇人民政府重新核定。",
)  # fmt: skip
REPEALED_LAWS = (
    "《中华人民共和国物权法》",
    "《中华人民共和国合同法》",
    "《中华人民共和国担保法》",
    "《中华人民共和国侵权责任法》",
)
LAWS_IN_FORCE = (
    "《中华人民共和国水法》",
    "《中华人民共和国民法典》",
    "《中华人民共和国消防法》",
    "《中华人民共和国安全生产法》",
    "《中华人民共和国未成年人保护法》",
    "《中华人民共和国老年人权益保障法》",
    "《中华人民共和国道路交通安全法》",
    "《中华人民共和国突发事件应对法》",
)
NOT_NORMATIVE = (  # title, and what stands in it; `{year}` is a year that is over
    ("关于李岚等同志任免职的通知", ("县人民政府决定：", "任命李岚为{topic}管理站站长；", "免去周屿的{topic}管理站副站长职务。")),
    ("关于{year}年{topic}工作情况的报告", ("现将{year}年{topic}工作情况报告如下：", "一、全年修缮{topic}十二处。", "二、下一步将继续做好维护工作。", "特此报告。")),
    ("关于印发{year}年{topic}工作要点的通知", ("现将{year}年{topic}工作要点印发给你们，请抓好落实。", "一、修缮{topic}二十处。", "二、举办培训班两期。")),
    ("关于开展{year}年{topic}安全检查的通知", ("定于{year}年6月开展{topic}安全检查，现就有关事项通知如下：", "一、检查时间为6月10日至20日。", "二、各乡镇于6月25日前报送检查结果。", "联系人：王舟。")),
    ("关于召开{topic}工作会议的通知", ("定于{year}年5月8日召开{topic}工作会议，现将有关事项通知如下：", "一、会议地点：县政府三楼会议室。", "二、请参会人员提前十分钟入场。")),
    ("关于成立{topic}工作领导小组的通知", ("为了加强组织领导，决定成立{topic}工作领导小组，组成人员如下：", "组长：李岚", "副组长：周屿")),
    ("关于同意修缮{topic}的批复", ("你单位《关于修缮{topic}的请示》收悉。经研究，同意修缮{topic}，所需经费自筹。", "此复。")),
    ("关于表彰{year}年度{topic}工作先进集体的决定", ("经研究，决定授予石桥村等五个单位“{topic}工作先进集体”称号。",)),
    ("关于印发《{topic}改造实施方案（{year}—{next}年）》的通知", ("现将《{topic}改造实施方案（{year}—{next}年）》印发给你们，请认真组织实施。", "一、到{next}年底，完成全部{topic}改造。", "二、各乡镇按照任务清单推进。")),
    ("关于报送{topic}统计表的通知", ("请各乡镇于{year}年9月30日前报送{topic}统计表。", "联系人：王舟，联系电话：7000000。")),
    ("关于调拨{topic}维修物资的函", ("请贵单位于{year}年7月前调拨{topic}维修物资三十件。", "此函。")),
    ("关于做好{year}年春节期间{topic}值班工作的通知", ("现就{year}年春节期间{topic}值班工作通知如下：", "一、各单位安排专人值班。", "二、值班表于节前报送。")),
)  # fmt: skip
AIMS = (  # the purpose of a standing rule, with a year that is over; {0} is the topic, {1} the rule itself
    "为了实现到2020年{0}全部达标的目标，制定{1}。", "根据“十三五”期间{0}建设的需要，制定{1}。", "为了确保2022年底前{0}完成改造，规范日常管理，制定{1}。", "围绕2021年建成示范县的目标，为了规范{0}管理，制定{1}。",
    "为了巩固2020年脱贫攻坚成果，规范{0}管理，制定{1}。",
)  # fmt: skip
