"""Taking the API's part away again: an API of our own whole, of another's only what we put into it."""

from __future__ import annotations

from typing import Any

from importer.endpoint.deployment.api_steps import (
    GATEWAY_TYPES,
    describe_deployment,
    describe_gateway_response,
    describe_method,
    find_api,
    is_our_preflight,
    options_words,
    pages,
    post_words,
)
from importer.endpoint.deployment.steps import Outcome, Site
from importer.endpoint.deployment.wanted import BATCH, COLLECTION, GATEWAY_MARK, OUR_HEADERS


def find_what_is_there(site: Site) -> None:
    """The API and its resources, for the steps after it."""
    found = find_api(site)
    if found is not None:
        site.api_id = found["id"]
        site.resources = {one["path"]: one["id"] for one in pages(site, "get_resources", restApiId=site.api_id)}


def remove_api(site: Site) -> None:
    """The whole API when we made it; else our methods and resources, and then a deployment that makes it so."""
    if not site.api_id:
        site.report("REST API", Outcome.ALREADY, "not there")
        return
    if site.own_api:
        act = lambda: site.control.ask("apigateway", "delete_rest_api", restApiId=site.api_id)  # noqa: E731
        site.drop("REST API", True, act, site.api_id)
        return
    before = len(_removed(site))
    _remove_batch(site)
    _remove_collection(site)
    for kind in GATEWAY_TYPES:
        _remove_gateway_response(site, kind)
    if len(_removed(site)) > before:
        _publish(site)


def _removed(site: Site) -> list[Any]:
    return [one for one in site.reports if one.outcome is Outcome.REMOVED]


def _remove_batch(site: Site) -> None:
    """/contacts/batch when its POST calls our function."""
    found = describe_method(site, BATCH, "POST")
    ours = found is not None and post_words(found)["integration"]["uri"] == site.wanted.integration_uri
    if found is not None and not ours:
        site.report(f"resource {BATCH}", Outcome.LEFT, "its POST calls something else")
        return
    site.drop(f"resource {BATCH}", ours, lambda: _delete_resource(site, BATCH))


def _remove_collection(site: Site) -> None:
    """/contacts when nothing but our preflight is left in it."""
    if COLLECTION not in site.resources:
        site.drop(f"resource {COLLECTION}", False, lambda: None)
        return
    inside = [path for path in site.resources if path.startswith(f"{COLLECTION}/")]
    found = site.control.ask(
        "apigateway",
        "get_resource",
        restApiId=site.api_id,
        resourceId=site.resources[COLLECTION],
        embed=["methods"],
    )
    others = set(found.get("resourceMethods") or {}) - {"OPTIONS"}
    options = describe_method(site, COLLECTION, "OPTIONS")
    ours = options is not None and is_our_preflight(options_words(options), site.wanted)
    if not others and ours and inside in ([], [BATCH]):
        site.drop(f"resource {COLLECTION}", True, lambda: _delete_resource(site, COLLECTION))
        return
    site.report(f"resource {COLLECTION}", Outcome.LEFT, "others use it")
    where = {"restApiId": site.api_id, "resourceId": site.resources[COLLECTION], "httpMethod": "OPTIONS"}
    site.drop(f"OPTIONS {COLLECTION}", ours, lambda: site.control.find("apigateway", "delete_method", **where))


def _delete_resource(site: Site, path: str) -> None:
    site.control.ask("apigateway", "delete_resource", restApiId=site.api_id, resourceId=site.resources.pop(path))


def _remove_gateway_response(site: Site, kind: str) -> None:
    """Our headers; what others set beside them stays."""
    found = describe_gateway_response(site, kind) or {}
    headers = found.get("responseParameters") or {}
    ours = headers.get(GATEWAY_MARK) == OUR_HEADERS
    left = {name: text for name, text in headers.items() if name not in site.wanted.gateway_headers()}
    where = {"restApiId": site.api_id, "responseType": kind}

    def act() -> None:
        if not left:
            site.control.find("apigateway", "delete_gateway_response", **where)
            return
        kept = {name: found[name] for name in ("statusCode", "responseTemplates") if found.get(name)}
        site.control.ask("apigateway", "put_gateway_response", **where, **kept, responseParameters=left)

    site.drop(f"gateway response {kind}", ours, act)


def _publish(site: Site) -> None:
    there = describe_deployment(site) is not None
    where = {"restApiId": site.api_id, "stageName": site.wanted.stage}
    if there and not site.dry_run:
        site.control.ask("apigateway", "create_deployment", **where, description="without the contacts endpoint")
    site.report("deployment", Outcome.DONE if there else Outcome.ALREADY, f"stage {site.wanted.stage}")
