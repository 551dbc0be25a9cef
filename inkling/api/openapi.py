"""The API's description in OpenAPI 3.1, served at `/api/openapi.json`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from inkling.api.uploads import MAX_NAME

Json = dict[str, Any]

NUMBER: Json = {"type": "number"}
TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
SHARE: Json = {"type": "number", "minimum": 0, "maximum": 1}
BOX: Json = {
    "type": "array",
    "items": WHOLE,
    "minItems": 4,
    "maxItems": 4,
    "description": "x, y, width and height in pixels of the upright picture",
}


def _object(required: Json, optional: Json | None = None) -> Json:
    """An object; later versions may give it more keys."""
    properties = required | (optional or {})
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


CELL = _object({"table": WHOLE, "row": WHOLE, "column": WHOLE})
DIGIT = _object(
    {"digit": WHOLE, "confidence": SHARE, "box": BOX, "sure": {"type": "boolean"}},
)
LINE = _object(
    {
        "text": TEXT,
        "numbers": _list(TEXT),
        "written": _list(TEXT),
        "sure": _list({"type": "boolean"}),
        "cells": _list(_or_null(CELL)),
        "digits": _list(DIGIT),
        "confidences": _list(SHARE),
    }
)
PAGE = _object(
    {
        "file": TEXT,
        "page": {"type": "integer", "minimum": 1},
        "width": WHOLE,
        "height": WHOLE,
        "text": {"type": "string", "description": "the digits of each line, a line each"},
        "lines": _list(LINE),
        "left_out": _list(_object({"number": TEXT, "box": BOX, "reason": TEXT})),
        "warnings": _list(TEXT),
    }
)
# A page of a long file that cannot be read, after those that can.
FAILED_PAGE = _object({"file": TEXT, "error": TEXT})
CLASSIFIED = _object(
    {
        "file": TEXT,
        "digit": _or_null(WHOLE),
        "confidence": SHARE,
        "is_digit": {"type": "boolean"},
        "probabilities": _list(SHARE),
    }
)
MODEL = _object(
    {
        "name": TEXT,
        "title": TEXT,
        "network": TEXT,
        "labels": _list(TEXT),
        "parameters": WHOLE,
        "dataset": _or_null(TEXT),
        "n": _or_null(WHOLE),
        "errors": _or_null(WHOLE),
        "test": _or_null(_object({"value": SHARE, "low": SHARE, "high": SHARE})),
        "latency_ms": NUMBER,
        "created": TEXT,
    }
)
HEALTH = _object(
    {
        "status": {"type": "string", "enum": ["ok", "degraded", "failed"]},
        "models": {"type": "object", "additionalProperties": _or_null(TEXT)},
        "store": {"type": "string", "enum": ["ok", "off", "unreachable"]},
        "problems": _list(TEXT),
    }
)
SCHEMAS: Json = {
    "Error": _object({"error": TEXT}),
    "Page": PAGE,
    "FailedPage": FAILED_PAGE,
    "Classified": CLASSIFIED,
    "Model": MODEL,
    "Health": HEALTH,
}
PARAMETERS: list[Json] = [
    {
        "name": "model",
        "in": "query",
        "description": "the classifier of glyphs, by its name or title in /api/models",
        "schema": {"type": "string", "default": "digits"},
    },
    {
        "name": "name",
        "in": "query",
        "description": "the file's name for the answer, instead of that in the form",
        "schema": {"type": "string", "maxLength": MAX_NAME},
    },
]
BINARY: Json = {"type": "string", "format": "binary"}
FILE: Json = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": _object({"file": BINARY})},
        "application/octet-stream": {"schema": BINARY},
        "application/pdf": {"schema": BINARY},
        "image/*": {"schema": BINARY},
    },
}
# What may be wrong with any request, and what with a file.
COMMON = {
    401: "the server wants a key",
    403: "the request comes from a page of another server",
}
WITH_FILE = COMMON | {
    400: "the form is not valid, or more than one file",
    408: "the file did not arrive in time",
    413: "the file is too large",
    415: "the body is no picture, PDF or form",
    422: "the file cannot be read, or there is no such model",
    429: "this client has too many files here already",
    503: "the server is busy, or a network is missing",
}


def _answers(content: Json, errors: dict[int, str]) -> Json:
    failed = {
        str(status): {
            "description": sentence,
            "content": {"application/json": {"schema": _ref("Error")}},
        }
        for status, sentence in sorted(errors.items())
    }
    return {"200": {"description": "the answer", "content": content}} | failed


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _get(summary: str, content: Json, errors: dict[int, str] | None = None) -> Json:
    answers = _answers(content, COMMON if errors is None else errors)
    return {"get": {"summary": summary, "responses": answers}}


def _post(summary: str, content: Json) -> Json:
    answers = _answers(content, WITH_FILE)
    return {
        "post": {
            "summary": summary,
            "parameters": PARAMETERS,
            "requestBody": FILE,
            "responses": answers,
        }
    }


def _paths() -> Json:
    page = {"anyOf": [_ref("Page"), _ref("FailedPage")]}
    pages = _json(_list(page)) | {"application/x-ndjson": {"schema": TEXT}}
    health = _get("Whether pictures can be read", _json(_ref("Health")), {})
    health["get"]["security"] = []
    health["get"]["responses"]["503"] = {
        "description": "a network is missing: nothing can be read",
        "content": _json(_ref("Health")),
    }
    return {
        "/api/read": _post("Read all numbers of a picture or PDF, one object a page", pages),
        "/api/classify": _post("Classify a picture of one digit", _json(_ref("Classified"))),
        "/api/models": _get("The trained models", _json(_list(_ref("Model")))),
        "/api/health": health,
        "/api/metrics": _get("Figures for Prometheus", {"text/plain": {"schema": TEXT}}),
        "/api/openapi.json": _get("This description", _json({"type": "object"})),
    }


@cache
def document() -> Json:
    """The description, ready for JSON."""
    try:
        number = version("inkling")
    except PackageNotFoundError:
        # Run from a clone.
        number = "0"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Inkling",
            "version": number,
            "description": "Reads handwritten digits. Limits and settings: docs/operations.md.",
        },
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        # The key is only needed where the server has one.
        "security": [{}, {"key": []}],
    }
