"""The REST API: resources, methods, gateway responses, and their deployment to the stage."""

from __future__ import annotations

from typing import Any

from importer.endpoint.deployment.steps import Outcome, Site
from importer.endpoint.deployment.wanted import BATCH, COLLECTION, GATEWAY_TEMPLATE, OUR_HEADERS, TAGS, Wanted
from importer.errors import ConfigError

GATEWAY_TYPES = ("DEFAULT_4XX", "DEFAULT_5XX")
DEPLOYED_AS = "contact-importer "


def settle_api(site: Site) -> None:
    """The API given, or our own, made when it is not there."""
    found = find_api(site)
    if found is not None:
        site.api_id = found["id"]

    def act() -> None:
        made = site.control.ask(
            "apigateway",
            "create_rest_api",
            name=site.wanted.name,
            description="Takes contacts in batches and writes them to DynamoDB",
            endpointConfiguration={"types": ["REGIONAL"]},
            tags=TAGS,
        )
        site.api_id = made["id"]

    there = None if found is None else True
    words = site.wanted.name if found is None else f"{found['name']} {found['id']}"
    site.settle_api("REST API", there, True, act, words)


def find_api(site: Site) -> dict[str, Any] | None:
    """The API given by its id, else ours by name and tag; ConfigError when one is given and not there, or two are."""
    if site.wanted.api_id:
        found: dict[str, Any] | None = site.control.find("apigateway", "get_rest_api", restApiId=site.wanted.api_id)
        if found is None:
            raise ConfigError(f"There is no REST API {site.wanted.api_id} in {site.wanted.region}. Check --api-id.")
        site.own_api = _is_ours(found)
        return found
    site.own_api = True
    named = [one for one in pages(site, "get_rest_apis") if one["name"] == site.wanted.name and _is_ours(one)]
    if len(named) > 1:
        told = f'{len(named)} REST APIs are called "{site.wanted.name}". Choose one with --api-id.'
        raise ConfigError(told)
    return named[0] if named else None


def _is_ours(api: dict[str, Any]) -> bool:
    tags = api.get("tags") or {}
    return all(tags.get(key) == value for key, value in TAGS.items())


def pages(site: Site, method: str, **params: Any) -> list[dict[str, Any]]:
    """All items of a list of API Gateway's."""
    items: list[dict[str, Any]] = []
    position: dict[str, str] = {}
    while True:
        page = site.control.ask("apigateway", method, limit=500, **params, **position)
        items += page.get("items", [])
        if not page.get("position"):
            return items
        position = {"position": page["position"]}


def settle_resources(site: Site) -> None:
    """/contacts and /contacts/batch."""
    if site.api_id:
        site.resources = {one["path"]: one["id"] for one in pages(site, "get_resources", restApiId=site.api_id)}
    for parent, path in (("/", COLLECTION), (COLLECTION, BATCH)):

        def act(parent: str = parent, path: str = path) -> None:
            made = site.control.ask(
                "apigateway",
                "create_resource",
                restApiId=site.api_id,
                parentId=site.resources[parent],
                pathPart=path.rpartition("/")[2],
            )
            site.resources[path] = made["id"]

        if not site.resources and not site.dry_run:
            site.resources = {one["path"]: one["id"] for one in pages(site, "get_resources", restApiId=site.api_id)}
        site.settle_api(f"resource {path}", True if path in site.resources else None, True, act)


def current_auth(site: Site) -> str:
    """How calls prove who they are now: key, iam or none; "" when there is no such method yet."""
    site.resources = {one["path"]: one["id"] for one in pages(site, "get_resources", restApiId=site.api_id)}
    found = describe_method(site, BATCH, "POST")
    if found is None:
        return ""
    if found.get("authorizationType") == "AWS_IAM":
        return "iam"
    return "key" if found.get("apiKeyRequired") else "none"


def settle_methods(site: Site) -> None:
    """POST with the proxy integration, OPTIONS answered by API Gateway, on each path that is ours to answer."""
    wanted = site.wanted.post_method()
    found = describe_method(site, BATCH, "POST")
    now = None if found is None else post_words(found)
    site.settle_api(f"POST {BATCH}", now, wanted, lambda: _put_post(site, now is not None), _auth_words(site))
    for path in (COLLECTION, BATCH):
        _settle_options(site, path)


def _auth_words(site: Site) -> str:
    return {"key": "API key", "iam": "IAM authorisation", "none": "open to all"}[site.wanted.auth]


def _settle_options(site: Site, path: str) -> None:
    found = describe_method(site, path, "OPTIONS")
    wanted = site.wanted.options_method()
    now = None if found is None else options_words(found)
    if now is not None and not site.own_api and path == COLLECTION and not is_our_preflight(now, site.wanted):
        site.report(f"OPTIONS {path}", Outcome.LEFT, "the API had it before")
        return
    site.settle_api(f"OPTIONS {path}", now, wanted, lambda: _put_options(site, path, now is not None))


def describe_method(site: Site, path: str, method: str) -> dict[str, Any] | None:
    """API Gateway's own words; None when it is not there."""
    if not site.api_id or path not in site.resources:
        return None
    where = {"restApiId": site.api_id, "resourceId": site.resources[path], "httpMethod": method}
    found: dict[str, Any] | None = site.control.find("apigateway", "get_method", **where)
    return found


def post_words(found: dict[str, Any]) -> dict[str, Any]:
    integration = found.get("methodIntegration") or {}
    return _access_words(found) | {
        "integration": {name: integration.get(name) for name in ("type", "httpMethod", "uri")},
    }


def options_words(found: dict[str, Any]) -> dict[str, Any]:
    """A preflight as `Wanted.options_method` puts it: both its responses, for a missing one breaks it in silence."""
    integration = found.get("methodIntegration") or {}
    response = (integration.get("integrationResponses") or {}).get("200") or {}
    promised = (found.get("methodResponses") or {}).get("200") or {}
    names = ("type", "requestTemplates") if integration.get("type") == "MOCK" else ("type", "httpMethod", "uri")
    return _access_words(found) | {
        "integration": {name: integration.get(name) for name in names},
        "methodResponse": sorted(promised.get("responseParameters") or {}),
        "integrationResponse": response.get("responseParameters") or {},
    }


def is_our_preflight(words: dict[str, Any], wanted: Wanted) -> bool:
    """Whether we made it: by its list of headers, or because it calls our function."""
    allowed = words["integrationResponse"].get("method.response.header.Access-Control-Allow-Headers")
    return bool(allowed == OUR_HEADERS or words["integration"].get("uri") == wanted.integration_uri)


def _access_words(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "authorizationType": found.get("authorizationType", "NONE"),
        "apiKeyRequired": bool(found.get("apiKeyRequired")),
    }


def _put_post(site: Site, replace: bool) -> None:
    wanted = site.wanted.post_method()
    where = _new_method(site, BATCH, "POST", wanted, replace=replace)
    _put_proxy(site, where, wanted["integration"])


def _put_options(site: Site, path: str, replace: bool) -> None:
    wanted = site.wanted.options_method()
    where = _new_method(site, path, "OPTIONS", wanted, replace=replace)
    ask = site.control.ask
    if wanted["integration"]["type"] == "AWS_PROXY":
        _put_proxy(site, where, wanted["integration"])
        return
    promised = dict.fromkeys(wanted["methodResponse"], False)
    ask("apigateway", "put_method_response", **where, statusCode="200", responseParameters=promised)
    ask("apigateway", "put_integration", **where, **wanted["integration"])
    given = {"responseParameters": wanted["integrationResponse"], "responseTemplates": {"application/json": ""}}
    ask("apigateway", "put_integration_response", **where, statusCode="200", **given)


def _put_proxy(site: Site, where: dict[str, str], integration: dict[str, str]) -> None:
    given = {
        "type": integration["type"],
        "integrationHttpMethod": integration["httpMethod"],
        "uri": integration["uri"],
    }
    site.control.ask("apigateway", "put_integration", **where, **given)


def _new_method(site: Site, path: str, method: str, wanted: dict[str, Any], *, replace: bool) -> dict[str, str]:
    """An empty method; the stage serves its deployed copy until the next deployment, so nobody meets it half made."""
    where = {"restApiId": site.api_id, "resourceId": site.resources[path], "httpMethod": method}
    if replace:
        site.control.ask("apigateway", "delete_method", **where)
    site.control.ask(
        "apigateway",
        "put_method",
        **where,
        authorizationType=wanted["authorizationType"],
        apiKeyRequired=wanted["apiKeyRequired"],
    )
    return where


def settle_gateway_responses(site: Site) -> None:
    """What API Gateway refuses by itself (no key, too large, time-out) carries CORS headers too."""
    wanted = site.wanted.gateway_headers()
    for kind in GATEWAY_TYPES:
        found = describe_gateway_response(site, kind)
        headers = {} if found is None else found.get("responseParameters") or {}
        ours = {name: headers[name] for name in wanted if name in headers} or None

        def act(kind: str = kind, found: dict[str, Any] | None = found) -> None:
            site.control.ask("apigateway", "put_gateway_response", **_merged_response(site, kind, found))

        site.settle_api(f"gateway response {kind}", ours, wanted, act)


def describe_gateway_response(site: Site, kind: str) -> dict[str, Any] | None:
    """As API Gateway tells it; None without an API."""
    if not site.api_id:
        return None
    where = {"restApiId": site.api_id, "responseType": kind}
    found: dict[str, Any] | None = site.control.find("apigateway", "get_gateway_response", **where)
    return found


def _merged_response(site: Site, kind: str, found: dict[str, Any] | None) -> dict[str, Any]:
    """Ours added to what somebody may have set already."""
    now = found or {}
    templates = now.get("responseTemplates") or {}
    if site.own_api or now.get("defaultResponse", True):
        templates = {"application/json": GATEWAY_TEMPLATE}
    merged = {
        "restApiId": site.api_id,
        "responseType": kind,
        "responseParameters": (now.get("responseParameters") or {}) | site.wanted.gateway_headers(),
        "responseTemplates": templates,
    }
    return merged | ({"statusCode": now["statusCode"]} if now.get("statusCode") else {})


def settle_deployment(site: Site, package_sha256: str) -> None:
    """A new deployment only where code, settings or API definition are not those that the stage serves."""
    wanted = DEPLOYED_AS + site.wanted.fingerprint(package_sha256)
    now = describe_deployment(site)
    told = None if now is None else (now if not site.api_changed else f"{now} (changed)")

    def act() -> None:
        site.control.ask(
            "apigateway", "create_deployment", restApiId=site.api_id, stageName=site.wanted.stage, description=wanted
        )

    detail = f"stage {site.wanted.stage}"
    if not site.own_api:
        detail += "; all that was changed in this API since its last deployment goes live too"
    site.settle("deployment", told, wanted, act, detail)


def describe_deployment(site: Site) -> str | None:
    """The description of what the stage serves; None when there is no stage."""
    if not site.api_id:
        return None
    stage = site.control.find("apigateway", "get_stage", restApiId=site.api_id, stageName=site.wanted.stage)
    if stage is None:
        return None
    where = {"restApiId": site.api_id, "deploymentId": stage["deploymentId"]}
    found = site.control.find("apigateway", "get_deployment", **where)
    return str((found or {}).get("description") or "")
