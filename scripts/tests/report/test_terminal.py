"""What people see of values, on a terminal."""

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.result import Result
from roadworthy.report import terminal
from tests.model.builder import Built


def test_a_release_tells_once_how_a_member_was_tried_where_that_is_not_as_all_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = Built().member("zq-base", "0.1.0").plan()
    note = "with the extra `cli`: its command needs it"
    results = [
        Result(
            member=NormalizedName("zq-base"),
            route="direct",
            installer=installer,
            requirement="zq-base",
            commit="c0",
            note=note,
        )
        for installer in ("pip", "uv")
    ]
    terminal.show_release(plan, [], results)
    assert capsys.readouterr().out.splitlines() == [
        "member   version  tag             files  verified",
        "zq-base  0.1.0    zq-base/v0.1.0  0      direct/pip, direct/uv",
        f"zq-base: {note}",
    ]
