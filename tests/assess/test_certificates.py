"""Findings of the group certificates: required certificates and named intermediaries."""

import pytest

from tests.builders import LAW, findings, raised


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("一、申请摊位的，应当提交村民委员会出具的家庭困难证明。", "CRT-01"),
        ("（三）社区盖章确认的居住证明；", "CRT-01"),
        ("一、堤坝检测须由县水利局公布的三家检测机构出具报告。", "CRT-02"),
        ("一、采砂业主每年须参加县采砂协会组织的收费培训。", "CRT-02"),
    ],
)
def test_certificates_and_named_intermediaries_are_raised(sentence: str, kind: str) -> None:
    assert kind in raised(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "一、凭身份证明文件即可领取。",
        "一、窗口通过数据共享核验，群众无需提交收入证明。",
        "一、申请人可以在具有相应资质的机构中自主选择。",
        "一、原告应当对自己的主张提供证据证明。",
    ],
)
def test_statutory_documents_and_free_choice_are_not_raised(sentence: str) -> None:
    assert raised(sentence) == set()


def test_a_law_may_require_certificates() -> None:
    assert findings(LAW, "第二条 申请人应当提交社区出具的收入证明。") == []
