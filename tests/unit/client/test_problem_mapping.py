"""Problem bodies come back as the errors they were made from."""

from __future__ import annotations

import json

import pytest

from shoal import errors
from shoal.client.problems import error_from_problem, raise_for_problem
from shoal.client.transport import Response
from shoal.wire.problems import ProblemBody, RowProblem

ALL_ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, errors.ShoalError)
    and kind is not errors.UploadRejectedError
]


def problem(**values: object) -> ProblemBody:
    return ProblemBody.model_validate(
        {"type": "about:blank", "title": "Title", "status": 422, "code": "error", "detail": "Detail."}
        | values
    )


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_every_code_maps_to_its_class(kind: type[errors.ShoalError]) -> None:
    body = problem(code=kind.code, status=kind.status, hint="Do that.", location={"field": "iou"})
    error = error_from_problem(body.model_dump())
    assert type(error) is kind
    assert (error.message, error.hint, error.location) == ("Detail.", "Do that.", {"field": "iou"})


def test_a_rejected_upload_keeps_its_problems() -> None:
    row = {
        "file": "a.csv",
        "place": "line 3",
        "field": "x",
        "expected": "a number",
        "found": "'b'",
        "hint": "",
    }
    body = problem(code="upload_rejected", problems=[RowProblem(**row)], total=70)
    error = error_from_problem(body.model_dump())
    assert isinstance(error, errors.UploadRejectedError)
    assert error.total == 70
    assert error.problems == (errors.Problem(**row),)
    assert "a.csv: line 3: x: expected a number, found 'b'" in str(error)


def test_an_unknown_code_goes_by_its_status() -> None:
    assert type(error_from_problem(problem(code="new_code", status=404).model_dump())) is errors.NotFoundError
    assert type(error_from_problem(problem(code="new_code", status=599).model_dump())) is errors.ShoalError


def test_answers_below_400_pass() -> None:
    raise_for_problem(Response(204))
    raise_for_problem(Response(302))


@pytest.mark.parametrize("content", [b"<html>Bad gateway</html>", b"[1]", b"{}", b"\xff"])
def test_an_answer_of_another_program_is_named_as_such(content: bytes) -> None:
    with pytest.raises(errors.ConnectionFailedError, match="502"):
        raise_for_problem(Response(502, {"content-type": "text/html"}, content))


def test_a_problem_body_is_raised() -> None:
    content = json.dumps(problem(code="not_found").model_dump()).encode()
    with pytest.raises(errors.NotFoundError, match="Detail"):
        raise_for_problem(Response(404, {}, content))
