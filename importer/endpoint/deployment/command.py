"""`deploy` and `remove`: who and where, then the steps in their order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from importer.endpoint.deployment import access_steps, api_steps, function_steps, removal
from importer.endpoint.deployment.control import Control
from importer.endpoint.deployment.steps import Outcome, Site, StepReport
from importer.endpoint.deployment.wanted import BATCH, Wanted
from importer.endpoint.function.config import FunctionConfig, KeyAttribute
from importer.endpoint.keys import key_file
from importer.endpoint.package import Package, build_package
from importer.errors import ConfigError
from importer.settings import DEFAULT_KEY, Settings
from importer.table import Connection, describe_table

DEFAULT_NAME = "contacts-endpoint"
DEFAULT_STAGE = "prod"
AUTHS = ("key", "iam", "none")

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_STAGE = re.compile(r"[A-Za-z0-9_]{1,128}")


@dataclass(frozen=True)
class Order:
    """What a person asks for. `auth` "" means: as it is, and with a key for a new API of our own.

    `emails` and `phones` None: the key when it is called email, and nothing.
    """

    table: str
    name: str = DEFAULT_NAME
    stage: str = DEFAULT_STAGE
    api_id: str = ""
    auth: str = ""
    origins: tuple[str, ...] = ("*",)
    emails: tuple[str, ...] | None = None
    phones: tuple[str, ...] = ()
    duplicates: str = "first"
    table_endpoint_url: str = ""


@dataclass(frozen=True)
class Deployed:
    """What is there after the steps. `key_file` "" when calls need no key; `url` and `api_id` "" in a dry run at
    nothing, and after a removal."""

    url: str
    api_id: str
    auth: str
    key_file: str
    reports: tuple[StepReport, ...]

    @property
    def changed(self) -> bool:
        """Whether anything was (or in a dry run would be) done."""
        idle = (Outcome.ALREADY, Outcome.LEFT)
        return any(one.outcome not in idle for one in self.reports)


def deploy(
    order: Order,
    connection: Connection,
    settings: Settings,
    *,
    dry_run: bool = False,
    tell: Callable[[StepReport], None] = lambda report: None,
    build: Callable[[], Package] = build_package,
) -> Deployed:
    """Make it so; every step is told as done, already so or changed. Safe to call again, also after a failure.

    Raises ConfigError or RetryableError with the step that could not be done.
    """
    _check(order)
    control = Control(connection)
    try:
        site = _site(order, control, dry_run, tell, _configured(order, connection, control))
        package = build()
        _choose_auth(order, site)
        function_steps.settle_role(site)
        function_steps.settle_log_group(site)
        function_steps.settle_function(site, package)
        api_steps.settle_api(site)
        api_steps.settle_resources(site)
        api_steps.settle_methods(site)
        api_steps.settle_gateway_responses(site)
        function_steps.settle_permission(site)
        api_steps.settle_deployment(site, package.sha256)
        access_steps.settle_key(site, settings, endpoint_url(site))
        return _deployed(site, settings)
    finally:
        control.close()


def remove(
    order: Order,
    connection: Connection,
    settings: Settings,
    *,
    dry_run: bool = False,
    tell: Callable[[StepReport], None] = lambda report: None,
) -> Deployed:
    """Take away all that `deploy` made, and nothing else. The table stays."""
    _check(order)
    control = Control(connection)
    try:
        config = FunctionConfig(order.table, (KeyAttribute(DEFAULT_KEY),), order.origins)
        site = _site(order, control, dry_run, tell, config)
        removal.find_what_is_there(site)
        access_steps.remove_key(site, settings, endpoint_url(site))
        removal.remove_api(site)
        function_steps.remove_function_parts(site)
        return Deployed("", "", "", "", tuple(site.reports))
    finally:
        control.close()


def _check(order: Order) -> None:
    if not _NAME.fullmatch(order.name):
        raise ConfigError("--name takes 1 to 40 letters, digits, hyphens and underscores.")
    if not _STAGE.fullmatch(order.stage):
        raise ConfigError("--stage takes letters, digits and underscores.")
    if order.auth not in ("", *AUTHS):
        raise ConfigError(f"--auth is one of {', '.join(AUTHS)}.")
    for origin in order.origins:
        parts = urlsplit(origin)
        if origin != "*" and (
            parts.scheme not in ("http", "https") or not parts.netloc or parts.path or "'" in origin
        ):
            raise ConfigError("An allowed origin is * or like https://app.example.com, without a path.")


def _configured(order: Order, connection: Connection, control: Control) -> FunctionConfig:
    """The function's settings, its key as the table says."""
    client = control.client("dynamodb")
    if order.table_endpoint_url:
        elsewhere = Connection("custom", connection.region, connection.profile, order.table_endpoint_url)
        client = Control(elsewhere).client("dynamodb")
    described = describe_table(client, order.table)
    key = tuple(KeyAttribute(part.attribute, part.type) for part in described.key.parts)
    emails = order.emails
    if emails is None:
        emails = tuple(part.name for part in key if part.name == DEFAULT_KEY and part.type == "S")
    return FunctionConfig(order.table, key, order.origins, emails, order.phones, order.duplicates)


def _site(
    order: Order, control: Control, dry_run: bool, tell: Callable[[StepReport], None], config: FunctionConfig
) -> Site:
    """Account and partition are asked for; nothing else is."""
    identity = control.ask("sts", "get_caller_identity")
    region = control.client("sts").meta.region_name
    wanted = Wanted(
        name=order.name,
        partition=partition_of(region),
        region=region,
        account=identity["Account"],
        stage=order.stage,
        config=config,
        auth=order.auth or "key",
        api_id=order.api_id,
        table_endpoint_url=order.table_endpoint_url,
    )
    return Site(control, wanted, dry_run, tell)


def partition_of(region: str) -> str:
    """aws, aws-us-gov, aws-cn … as botocore's own data has it."""
    import botocore.session

    return str(botocore.session.get_session().get_partition_for_region(region))


def _choose_auth(order: Order, site: Site) -> None:
    """Without a word from the person: as it is; our own new API gets a key, another's stays open."""
    if order.auth:
        return
    found = api_steps.find_api(site)
    auth = "key"
    if found is not None:
        site.api_id = found["id"]
        now = api_steps.current_auth(site)
        auth = now or ("key" if site.own_api else "none")
    site.wanted = replace(site.wanted, auth=auth)


def _deployed(site: Site, settings: Settings) -> Deployed:
    url = endpoint_url(site)
    kept = str(key_file(settings, url)) if site.wanted.auth == "key" and url else ""
    return Deployed(url, site.api_id, site.wanted.auth, kept, tuple(site.reports))


def endpoint_url(site: Site) -> str:
    """Where contacts are posted to; an emulator serves APIs under a path of its own address."""
    if not site.api_id:
        return ""
    custom = site.control.connection.endpoint_url
    if custom:
        return f"{custom.rstrip('/')}/restapis/{site.api_id}/{site.wanted.stage}/_user_request_{BATCH}"
    host = urlsplit(site.control.client("apigateway").meta.endpoint_url).netloc
    suffix = host.partition(f"{site.wanted.region}.")[2]
    return f"https://{site.api_id}.execute-api.{site.wanted.region}.{suffix}/{site.wanted.stage}{BATCH}"
