"""Where the second reader is and how much it may take: environment variables, read once."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.errors import UsageError

_TOKENS, _SECONDS, _RUN_SECONDS = 1_000_000, 120, 3600
_MODEL = re.compile(r"[^\x00-\x20\x7f\"\\]{1,200}")
_KEY = re.compile(r"[\x21-\x7e]{0,2000}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Address of the service (up to and with /v1), name of the model, key ("" for none).

    Limits: `tokens` of one run, `seconds` for one answer, `run_seconds` for one run.
    """

    address: str
    model: str
    key: str = field(default="", repr=False)
    tokens: int = _TOKENS
    seconds: int = _SECONDS
    run_seconds: int = _RUN_SECONDS


def read_settings() -> Settings:
    """The settings of the environment. Raises `UsageError` where no reader is configured, or wrongly."""
    address = os.environ.get("QINGGUI_READER", "").strip().rstrip("/")
    if not address:
        raise UsageError(
            "没有设置大模型服务，什么都没有发送",
            remedy="请设置环境变量QINGGUI_READER（如 http://10.0.0.8:8000/v1）和QINGGUI_READER_MODEL；"
            "模型在另一个网络的，用qinggui reader export导出请求",
        )
    _check_address(address)
    key = os.environ.get("QINGGUI_READER_KEY", "").strip()
    if not _KEY.fullmatch(key):
        raise UsageError("QINGGUI_READER_KEY里有空格、换行或者非ASCII字符", remedy="请检查密钥是否复制完整")
    return Settings(
        address,
        model_name(),
        key,
        _limit("QINGGUI_READER_TOKENS", _TOKENS),
        _limit("QINGGUI_READER_SECONDS", _SECONDS),
        _limit("QINGGUI_READER_RUN_SECONDS", _RUN_SECONDS),
    )


def model_name(named: str = "") -> str:
    """The name of the model: `named`, else that of the environment. Raises `UsageError` for none or an impossible one."""
    model = (named or os.environ.get("QINGGUI_READER_MODEL", "")).strip()
    if not _MODEL.fullmatch(model):
        raise UsageError(
            f"大模型的名称{f'“{model[:40]}”不正确' if model else '没有写明'}",
            remedy="请设置环境变量QINGGUI_READER_MODEL，例如 qwen3-32b",
        )
    return model


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
        wrong = wrong or bool(parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        wrong = True
    if wrong or not re.fullmatch(r"[\x21-\x7e]+", address):
        raise UsageError(
            "QINGGUI_READER不是可用的地址",
            remedy="请写成 http://主机:端口/v1，密钥写在QINGGUI_READER_KEY，不要写在地址里",
        )


def _limit(variable: str, default: int) -> int:
    """A positive whole number of the environment. Raises `UsageError` for anything else."""
    value = os.environ.get(variable, "").strip()
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) == 0:
        raise UsageError(f"{variable}应当是正整数", remedy=f"请改正，或者不设置（缺省{default}）")
    return int(value)
