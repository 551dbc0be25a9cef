"""The overview and its leaderboard."""

from __future__ import annotations

from inkling.reports import files, published
from inkling.ui.insights import leaderboard
from inkling.ui.insights.leaderboard import LeaderboardRow
from inkling.ui.shared import resources
from tests.ui.insights.page import open_page


def test_the_leaderboard_holds_all_models_and_the_published_results():
    test = open_page("Overview")
    report = files.load_report("digits")
    assert test.code[0].value == report.command
    rows = leaderboard.rows(resources.readable_reports(), "digits")
    by_name = {row.name: row for row in rows}
    test_result = report.split("test")
    assert test_result is not None and by_name["Digits"].errors == test_result.errors
    assert by_name["Digits"].group == "chosen"
    assert {row.name for row in rows if row.group == "published"} == {
        result.name for result in published.RESULTS
    }
    for row in rows:
        assert row.low < row.errors < row.high


def test_the_axis_is_linear_unless_one_model_is_far_worse():
    def row(errors: float) -> LeaderboardRow:
        return LeaderboardRow(f"m{errors}", errors, errors - 1, errors + 1, "ours")

    near = leaderboard.to_html([row(10), row(100)])
    assert ">0</div>" in near
    assert "logarithmic" not in near
    assert "logarithmic" in leaderboard.to_html([row(10), row(2000)])
    assert "left:49.17%" in leaderboard.to_html([row(60), row(120.0 - 1)])
