"""Callbacks asked directly, by whoever reads what the server declares and writes a request."""

from __future__ import annotations

from typing import Any, cast

from flask.testing import FlaskClient


def declared(client: FlaskClient) -> list[dict[str, Any]]:
    """Return every callback as the server declares it to browsers."""
    return cast("list[dict[str, Any]]", client.get("/_dash-dependencies").json)


def asked(one: dict[str, Any], value: Any, language: Any = "en") -> dict[str, Any]:
    """Return the request that asks a callback, ``value`` being its input."""
    outputs = [
        dict(zip(("id", "property"), part.rsplit(".", 1), strict=True))
        for part in one["output"].strip(".").split("...")
    ]
    places = {
        "inputs": [{**_place(each), "value": value} for each in one["inputs"]],
        "state": [{**_place(each), "value": language} for each in one["state"]],
    }
    return {
        "output": one["output"],
        "outputs": outputs if one["output"].startswith("..") else outputs[0],
        "changedPropIds": ["{id}.{property}".format(**_place(one["inputs"][0]))],
        **places,
    }


def call(client: FlaskClient, one: dict[str, Any], value: Any, language: Any = "en") -> Any:
    """Ask a callback; return the answer."""
    return client.post("/_dash-update-component", json=asked(one, value, language))


def _place(declaration: dict[str, Any]) -> dict[str, str]:
    return {"id": declaration["id"], "property": declaration["property"]}
