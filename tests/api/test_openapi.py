"""The description of the API, and whether the API keeps to it, whatever it is sent."""

from __future__ import annotations

import io

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis import APIOperation, Case
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.routing import Route

from inkling.api.openapi import document
from inkling.api.routes import routes

# Requests for each route and way of sending a file.
EXAMPLES = 15


def pictures() -> st.SearchStrategy[bytes]:
    """Files of all sorts: pictures, damaged ones, and what is none."""

    def picture(width: int, height: int, grey: int, seed: int) -> bytes:
        content = io.BytesIO()
        image = Image.new("L", (width, height), grey)
        image.save(content, ["PNG", "JPEG", "GIF"][seed % 3])
        return content.getvalue()

    side = st.integers(1, 40)
    whole = st.builds(picture, side, side, st.integers(0, 255), st.integers(0, 2))
    return st.one_of(whole, whole.map(lambda each: each[: len(each) // 2]), st.binary())


schemathesis.openapi.media_type("image/png", pictures())
schemathesis.openapi.media_type("application/octet-stream", pictures())
DESCRIPTION = schemathesis.openapi.from_dict(document())
OPERATIONS = [
    DESCRIPTION[path][method] for path, item in document()["paths"].items() for method in item
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_as_described(server: str, operation: APIOperation) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def keeps_to_the_description(case: Case) -> None:
        # A schema cannot say which files are pictures and which models there are: the 422 for
        # others is described as well.
        case.call_and_validate(
            base_url=server, excluded_checks=[positive_data_acceptance], timeout=60
        )

    keeps_to_the_description()


def test_every_route_is_described() -> None:
    (mount,) = routes()
    served = {
        (f"/api{route.path}", method.lower())
        for route in mount.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    paths = document()["paths"]
    assert served == {(path, method) for path, item in paths.items() for method in item}


def test_an_unknown_method_of_a_route_is_refused_with_those_that_it_takes(server: str) -> None:
    for path, item in document()["paths"].items():
        answer = requests.request("PATCH", f"{server}{path}", timeout=60)
        assert answer.status_code == 405
        assert {each.strip().lower() for each in answer.headers["Allow"].split(",")} >= set(item)
