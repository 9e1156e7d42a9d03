"""The API key: made with the endpoint, tied to its stage by a usage plan, its value kept in a private file only."""

from __future__ import annotations

from typing import Any

from importer.endpoint.deployment.api_steps import pages
from importer.endpoint.deployment.steps import Site
from importer.endpoint.deployment.wanted import TAGS
from importer.endpoint.keys import key_file, save_key
from importer.settings import Settings


def settle_key(site: Site, settings: Settings, url: str) -> None:
    """Key, plan and their tie, where calls need a key; the key's file last."""
    if site.wanted.auth != "key":
        return
    name = site.wanted.name
    key, plan = find_key(site), find_plan(site)
    made: dict[str, str] = {"key": key["id"] if key else "", "plan": plan["id"] if plan else ""}
    ask = site.control.ask

    def make_key() -> None:
        made["key"] = ask("apigateway", "create_api_key", name=name, enabled=True, tags=TAGS)["id"]

    site.settle("API key", None if key is None else True, True, make_key, name)
    stage = f"{site.api_id}:{site.wanted.stage}"
    now = None if plan is None else stage in _stages_of(plan)

    def make_plan() -> None:
        if plan is None:
            stages = [{"apiId": site.api_id, "stage": site.wanted.stage}]
            made["plan"] = ask("apigateway", "create_usage_plan", name=name, apiStages=stages, tags=TAGS)["id"]
        else:
            operation = [{"op": "add", "path": "/apiStages", "value": stage}]
            ask("apigateway", "update_usage_plan", usagePlanId=plan["id"], patchOperations=operation)

    site.settle("usage plan", now, True, make_plan, f"for stage {site.wanted.stage}")
    tied = made["key"] and made["plan"] and _is_tied(site, made["plan"], made["key"])

    def tie() -> None:
        ask("apigateway", "create_usage_plan_key", usagePlanId=made["plan"], keyId=made["key"], keyType="API_KEY")

    site.settle("key in usage plan", True if tied else None, True, tie)
    _settle_key_file(site, made["key"], settings, url)


def _settle_key_file(site: Site, key_id: str, settings: Settings, url: str) -> None:
    path = key_file(settings, url)
    value = _value_of(site, key_id) if key_id else ""
    now = path.read_text("utf-8").strip() if url and path.is_file() else None
    same = bool(value) and now == value
    told = str(path) if url else ""
    site.settle("key file", None if now is None else same, True, lambda: save_key(settings, url, value), told)


def _value_of(site: Site, key_id: str) -> str:
    return str(site.control.ask("apigateway", "get_api_key", apiKey=key_id, includeValue=True)["value"])


def is_ours(found: dict[str, Any], name: str) -> bool:
    """Names of keys and plans are not unique in an account: the tag decides."""
    tags = found.get("tags") or {}
    return bool(found["name"] == name and all(tags.get(key) == value for key, value in TAGS.items()))


def find_key(site: Site) -> dict[str, Any] | None:
    """Our key, without its value."""
    listed = pages(site, "get_api_keys", nameQuery=site.wanted.name, includeValues=False)
    return next((one for one in listed if is_ours(one, site.wanted.name)), None)


def find_plan(site: Site) -> dict[str, Any] | None:
    """Our usage plan."""
    return next((one for one in pages(site, "get_usage_plans") if is_ours(one, site.wanted.name)), None)


def _stages_of(plan: dict[str, Any]) -> list[str]:
    return [f"{one['apiId']}:{one['stage']}" for one in plan.get("apiStages") or []]


def _is_tied(site: Site, plan_id: str, key_id: str) -> bool:
    listed = pages(site, "get_usage_plan_keys", usagePlanId=plan_id)
    return any(one["id"] == key_id for one in listed)


def remove_key(site: Site, settings: Settings, url: str) -> None:
    """Plan, key and file. A plan is deleted only once no stage is in it."""
    key, plan = find_key(site), find_plan(site)
    ask = site.control.ask

    def drop_plan() -> None:
        assert plan is not None
        operations = [{"op": "remove", "path": "/apiStages", "value": stage} for stage in _stages_of(plan)]
        if operations:
            ask("apigateway", "update_usage_plan", usagePlanId=plan["id"], patchOperations=operations)
        ask("apigateway", "delete_usage_plan", usagePlanId=plan["id"])

    site.drop("usage plan", plan is not None, drop_plan)
    site.drop("API key", key is not None, lambda: ask("apigateway", "delete_api_key", apiKey=(key or {})["id"]))
    path = key_file(settings, url)
    site.drop("key file", bool(url) and path.is_file(), path.unlink, str(path) if url else "")
