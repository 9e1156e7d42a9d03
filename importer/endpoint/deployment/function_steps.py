"""Role, log group and function."""

from __future__ import annotations

import base64
import json
from typing import Any

from importer.endpoint.deployment.control import Control
from importer.endpoint.deployment.steps import Site
from importer.endpoint.deployment.wanted import LOG_DAYS, MEMORY_MB, STATEMENT, TAGS, TIMEOUT_S
from importer.endpoint.package import HANDLER, RUNTIME, Package
from importer.errors import ConfigError

POLICY_NAME = "contacts"
ROLE_NOT_KNOWN_YET = frozenset({"InvalidParameterValueException"})
"""Lambda's answer for some seconds after a role was made."""


def settle_role(site: Site) -> None:
    """The role with its trust and its one policy."""
    wanted = {"trust": site.wanted.trust_policy(), "policy": site.wanted.role_policy()}
    now = describe_role(site)
    site.settle("role", now, wanted, lambda: _put_role(site, now), site.wanted.role_name)


def describe_role(site: Site) -> dict[str, Any] | None:
    """Trust and policy; ConfigError when the name is taken by somebody else's role."""
    name = site.wanted.role_name
    found = site.control.find("iam", "get_role", RoleName=name)
    if found is None:
        return None
    tags = {tag["Key"]: tag["Value"] for tag in found["Role"].get("Tags", [])}
    _refuse_strangers("role", name, tags)
    policy = site.control.find("iam", "get_role_policy", RoleName=name, PolicyName=POLICY_NAME)
    return {
        "trust": found["Role"]["AssumeRolePolicyDocument"],
        "policy": None if policy is None else policy["PolicyDocument"],
    }


def _put_role(site: Site, now: dict[str, Any] | None) -> None:
    name, trust = site.wanted.role_name, json.dumps(site.wanted.trust_policy())
    if now is None:
        tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
        site.control.ask("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=trust, Tags=tags)
    else:
        site.control.ask("iam", "update_assume_role_policy", RoleName=name, PolicyDocument=trust)
    policy = json.dumps(site.wanted.role_policy())
    site.control.ask("iam", "put_role_policy", RoleName=name, PolicyName=POLICY_NAME, PolicyDocument=policy)


def settle_log_group(site: Site) -> None:
    """The function's log, made here so that the function needs no right to make it, and does not grow for ever."""
    name = site.wanted.log_group
    now = describe_log_group(site)

    def act() -> None:
        if now is None:
            site.control.ask("logs", "create_log_group", logGroupName=name, tags=TAGS)
        site.control.ask("logs", "put_retention_policy", logGroupName=name, retentionInDays=LOG_DAYS)

    site.settle("log group", now, LOG_DAYS, act, f"{name}, kept {LOG_DAYS} days")


def describe_log_group(site: Site) -> int | None:
    """How many days it keeps (0 = for ever); None when it is not there."""
    name = site.wanted.log_group
    found = site.control.ask("logs", "describe_log_groups", logGroupNamePrefix=name)["logGroups"]
    return next((one.get("retentionInDays", 0) for one in found if one["logGroupName"] == name), None)


def settle_function(site: Site, package: Package) -> None:
    """The function with its code and settings; waits until it is ready to be called."""
    wanted = wanted_function(site, package)
    now = describe_function(site)
    site.settle("function", now, wanted, lambda: _put_function(site, package, now, wanted), _size(package))


def _size(package: Package) -> str:
    return f"{len(package.data) / 1000:.0f} kB, sha256 {package.sha256[:12]}"


def wanted_function(site: Site, package: Package) -> dict[str, Any]:
    """In the words of Lambda."""
    return {
        "CodeSha256": base64.b64encode(bytes.fromhex(package.sha256)).decode(),
        "Runtime": RUNTIME,
        "Handler": HANDLER,
        "Role": site.wanted.role_arn,
        "Timeout": TIMEOUT_S,
        "MemorySize": MEMORY_MB,
        "Environment": site.wanted.environment(),
    }


def describe_function(site: Site) -> dict[str, Any] | None:
    """The same fields as they are; ConfigError when the name is taken by somebody else's function."""
    found = site.control.find("lambda", "get_function", FunctionName=site.wanted.name)
    if found is None:
        return None
    _refuse_strangers("function", site.wanted.name, found.get("Tags", {}))
    config = found["Configuration"]
    names = ("CodeSha256", "Runtime", "Handler", "Role", "Timeout", "MemorySize")
    return {name: config.get(name) for name in names} | {
        "Environment": config.get("Environment", {}).get("Variables", {})
    }


def _put_function(site: Site, package: Package, now: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    name = site.wanted.name
    settings = {one: wanted[one] for one in ("Runtime", "Handler", "Role", "Timeout", "MemorySize")}
    settings["Environment"] = {"Variables": wanted["Environment"]}
    if now is None:
        made = {"FunctionName": name, "Code": {"ZipFile": package.data}, "Tags": TAGS, **settings}
        site.control.ask_until(ROLE_NOT_KNOWN_YET, "lambda", "create_function", **made)
        _await(site.control, "function_active_v2", name)
        return
    if now["CodeSha256"] != wanted["CodeSha256"]:
        site.control.ask("lambda", "update_function_code", FunctionName=name, ZipFile=package.data)
        _await(site.control, "function_updated_v2", name)
    site.control.ask("lambda", "update_function_configuration", FunctionName=name, **settings)
    _await(site.control, "function_updated_v2", name)


def _await(control: Control, state: str, name: str) -> None:
    from botocore.exceptions import WaiterError

    try:
        waiter = control.client("lambda").get_waiter(state)
        waiter.wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    except WaiterError:
        raise ConfigError(f'Function "{name}" did not become ready in 2 minutes. Look at it in AWS Lambda.') from None


def settle_permission(site: Site) -> None:
    """API Gateway may invoke the function, from this API, method and path only."""
    wanted = wanted_statement(site)
    now = describe_permission(site)
    names = {"FunctionName": site.wanted.name, "StatementId": statement_id(site)}

    def act() -> None:
        if now is not None:
            site.control.ask("lambda", "remove_permission", **names)
        allow = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
        site.control.ask("lambda", "add_permission", **names, **allow, SourceArn=site.wanted.source_arn(site.api_id))

    site.settle("invoke permission", now, wanted, act, f"for {wanted['source']}")


def statement_id(site: Site) -> str:
    """One statement an API."""
    return f"{STATEMENT}-{site.api_id or 'new'}"


def wanted_statement(site: Site) -> dict[str, str]:
    """What the function's policy shall say."""
    return {
        "effect": "Allow",
        "principal": "apigateway.amazonaws.com",
        "action": "lambda:InvokeFunction",
        "source": site.wanted.source_arn(site.api_id or "*"),
    }


def describe_permission(site: Site) -> dict[str, str] | None:
    """What it says now; None when it has no such statement."""
    found = site.control.find("lambda", "get_policy", FunctionName=site.wanted.name)
    statements = [] if found is None else json.loads(found["Policy"])["Statement"]
    ours = next((one for one in statements if one.get("Sid") == statement_id(site)), None)
    if ours is None:
        return None
    principal, condition = ours.get("Principal"), ours.get("Condition", {})
    return {
        "effect": ours.get("Effect", ""),
        "principal": principal.get("Service", "") if isinstance(principal, dict) else str(principal),
        "action": ours.get("Action", ""),
        "source": condition.get("ArnLike", {}).get("AWS:SourceArn", ""),
    }


def remove_function_parts(site: Site) -> None:
    """Function, log group and role."""
    name, role, log = site.wanted.name, site.wanted.role_name, site.wanted.log_group
    ask = site.control.ask
    site.drop(
        "function", describe_function(site) is not None, lambda: ask("lambda", "delete_function", FunctionName=name)
    )
    there = describe_log_group(site) is not None
    site.drop("log group", there, lambda: ask("logs", "delete_log_group", logGroupName=log), log)
    found = describe_role(site)

    def drop_role() -> None:
        if found is not None and found["policy"] is not None:
            ask("iam", "delete_role_policy", RoleName=role, PolicyName=POLICY_NAME)
        ask("iam", "delete_role", RoleName=role)

    site.drop("role", found is not None, drop_role, role)


def _refuse_strangers(kind: str, name: str, tags: dict[str, str]) -> None:
    if any(tags.get(key) != value for key, value in TAGS.items()):
        raise ConfigError(f'There is a {kind} "{name}" that this command did not make. Choose another with --name.')
