"""jieba as this program uses it: loaded without noise, alone or with the words of the law."""

import io
import logging
import warnings
from functools import cache
from importlib import import_module
from typing import Any

from pipeline.law.dictionary import lines


def load_jieba() -> Any:
    """The package jieba, which reads its dictionary when it first cuts and writes nothing to stderr."""
    jieba = _loaded("jieba")
    jieba.setLogLevel(logging.ERROR)
    return jieba


def load_keywords() -> Any:
    """The package `jieba.analyse`: keywords by tf-idf and textrank."""
    load_jieba()
    return _loaded("jieba.analyse")


@cache
def legal_tokenizer() -> Any:
    """A `jieba.Tokenizer` that knows the legal user dictionary besides that of jieba; the tokenizer of `jieba.cut` stays as it is."""
    tokenizer = load_jieba().Tokenizer()
    tokenizer.load_userdict(io.StringIO("\n".join(lines())))
    return tokenizer


def _loaded(name: str) -> Any:
    with warnings.catch_warnings():
        # the source of jieba has escape sequences that newer Pythons warn of
        warnings.simplefilter("ignore")
        return import_module(name)
