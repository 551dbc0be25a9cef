"""Advice: the sentence for every kind of fact."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.explain.advice import advice_on, sentence
from inkling.explain.distinctions import DISTINCTIONS
from inkling.explain.facts import Fact, FactKind
from inkling.recognition import classifier


def fact_of(kind: FactKind) -> st.SearchStrategy[Fact]:
    labels: dict[FactKind, st.SearchStrategy[str]] = {
        FactKind.TWO_DIGITS: st.text("0123456789", min_size=2, max_size=2),
        FactKind.AMBIGUOUS: st.sampled_from(sorted(DISTINCTIONS)),
    }
    label = labels.get(kind, st.sampled_from("0123456789"))
    return st.builds(Fact, st.just(kind), st.floats(0.0, 9.0), label)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(FactKind)).flatmap(fact_of))
def test_advice_is_one_short_sentence(fact: Fact) -> None:
    text = sentence([fact, Fact(FactKind.EMPTY)])
    assert text[0].isupper()
    assert text.endswith(".")
    assert text.count(".") == 1
    assert len(text) <= 110
    assert not any(word in text.lower() for word in ("wrong", "bad", "error", "fail"))


def test_without_facts_there_is_no_advice() -> None:
    assert sentence(()) == ""


def test_an_empty_canvas_gets_advice() -> None:
    ink = np.zeros((100, 100), np.uint8)
    assert "empty" in advice_on(ink, (), classifier.load())
