"""What the door to uv decides before it runs it."""

from roadworthy.ops.process import CommandFailure


def test_a_token_that_uv_tells_githubs_log_to_hide_is_in_no_message() -> None:
    failure = CommandFailure(
        ("uv", "publish"), "ended with exit code 2", "error: 403\n::add-mask::pypi-minted\n"
    )
    assert "pypi-minted" not in failure.problems[0].message
    assert failure.problems[0].message.endswith("error: 403")
