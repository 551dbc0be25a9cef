"""Steps that the browser sends, some of them again."""

from __future__ import annotations

import pytest

from inkling.ui.shared.steps import AppliedSteps

FIRST, SECOND, THIRD = ({"id": number} for number in range(3))


def test_each_step_is_new_once_however_often_it_is_sent():
    applied = AppliedSteps()
    assert applied.take({"run": "a", "start": 0, "steps": [FIRST]}) == [FIRST]
    assert applied.take({"run": "a", "start": 0, "steps": [FIRST, SECOND]}) == [SECOND]
    # An earlier message that comes late.
    assert applied.take({"run": "a", "start": 0, "steps": [FIRST]}) == []
    assert applied.counts == {"a": 2}


def test_the_browser_drops_steps_that_were_applied():
    applied = AppliedSteps({"a": 2})
    assert applied.take({"run": "a", "start": 2, "steps": [THIRD]}) == [THIRD]
    assert applied.take({"run": "a", "start": 1, "steps": [SECOND, THIRD]}) == []
    assert applied.counts == {"a": 3}


def test_a_component_that_is_made_anew_counts_from_the_start():
    applied = AppliedSteps({"a": 2})
    assert applied.take({"run": "b", "start": 0, "steps": [FIRST]}) == [FIRST]
    # What the former one sent last may still come.
    assert applied.take({"run": "a", "start": 0, "steps": [FIRST, SECOND]}) == []
    assert applied.counts == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    "sent", [None, 3, {}, {"run": "a", "steps": [FIRST]}, {"run": "a", "start": 0, "steps": 7}]
)
def test_anything_else_holds_no_steps(sent: object):
    applied = AppliedSteps()
    assert applied.take(sent) == [] and applied.counts == {}
