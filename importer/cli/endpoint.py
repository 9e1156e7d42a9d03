"""`endpoint deploy|remove`: the batch endpoint in an account, one line a step."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.cli.screen import answer, tell
from importer.cli.usage import UsageError
from importer.plan import Pace
from importer.settings import DEFAULT_KEY, DEFAULT_TABLE, Settings
from importer.table import Connection, KeyPart, TableDescription, TableKey, connection_from_environment, with_region

if TYPE_CHECKING:
    from importer.endpoint import Deployed, Order, StepReport

KEY_VARIABLE = "IMPORTER_ENDPOINT_KEY"
OLD_PAUSE_S = 0.1
"""Between two batches of the page that the app replaces."""


def add_endpoint(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The options of both actions."""
    told = "POST /contacts/batch as API Gateway and Lambda: put it into an account, or take it away"
    endpoint = commands.add_parser("endpoint", help=told, description=told)
    endpoint.add_argument("action", choices=["deploy", "remove"])
    endpoint.add_argument("--region", metavar="R", help="e.g. us-gov-west-1 (default: the profile's)")
    endpoint.add_argument("--profile", metavar="P", help="the AWS profile (default: AWS_PROFILE)")
    endpoint.add_argument("--endpoint-url", metavar="U", help="an emulator instead of AWS")
    endpoint.add_argument("--api-id", default="", metavar="ID", help="a REST API to attach to (default: its own)")
    endpoint.add_argument("--stage", default="prod", metavar="S")
    endpoint.add_argument("--name", default="contacts-endpoint", metavar="N", help="of function, role, API and key")
    endpoint.add_argument("--table", default=DEFAULT_TABLE, metavar="T")
    endpoint.add_argument("--table-endpoint-url", default="", metavar="U", help="where the function finds the table")
    endpoint.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    _add_function_options(endpoint)


def add_batch_endpoint(
    run: argparse.ArgumentParser,
    where: argparse._MutuallyExclusiveGroup,
    parse_key: Callable[[str], TableKey],
) -> None:
    """The options of `run` for sending to an endpoint instead of a table."""
    where.add_argument("--endpoint-batch-url", metavar="URL", help="send to POST /contacts/batch instead of a table")
    run.add_argument(
        "--endpoint-key-file", type=Path, metavar="FILE", help=f"keep its API key (or set {KEY_VARIABLE})"
    )
    told = "the key of the table behind the endpoint (default email)"
    run.add_argument("--endpoint-table-key", type=parse_key, metavar="KEY", help=told)
    told = "the pace of the old page: one request at a time, 100 ms between two"
    run.add_argument("--as-before", action="store_true", help=told)


def batch_connection_of(options: argparse.Namespace, settings: Settings) -> Connection:
    """The endpoint that `run` was given; its API key is kept for this run and the next."""
    from importer.endpoint import BATCH_TABLE, batch_connection, save_key

    url = options.endpoint_batch_url
    connection = batch_connection(url)
    if options.endpoint_url or options.create_table:
        raise UsageError("--endpoint-batch-url goes with neither --endpoint-url nor --create-table.")
    if options.endpoint_key_file is not None:
        try:
            given = options.endpoint_key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("The file of --endpoint-key-file cannot be read.") from error
        save_key(settings, url, given)
    options.table = BATCH_TABLE
    return connection


def batch_description_of(options: argparse.Namespace) -> TableDescription:
    """The table behind it, as far as it is told."""
    from importer.endpoint import batch_description

    key = options.endpoint_table_key or TableKey(KeyPart(DEFAULT_KEY, "S"))
    return batch_description(options.endpoint_batch_url, key)


def pace_of(options: argparse.Namespace) -> Pace:
    """The pace that `run` was given."""
    caps = {"rate_wcu": options.rate_wcu, "rate_rows": options.rate_rows}
    if options.as_before:
        return Pace(**caps, pause_s=OLD_PAUSE_S, workers=1)
    return Pace(**caps, workers=options.workers)


def _add_function_options(endpoint: argparse.ArgumentParser) -> None:
    auth = endpoint.add_mutually_exclusive_group()
    help_auth = "who may call: key = API key (default for a new API), iam = signed calls"
    auth.add_argument("--auth", default="", choices=["key", "iam", "none"], help=help_auth)
    auth.add_argument("--no-auth", dest="auth", action="store_const", const="none", help="open to all")
    endpoint.add_argument("--allow-origin", action="append", metavar="URL", help="web origin (default *; repeatable)")
    endpoint.add_argument("--email-attribute", action="append", metavar="A", help="must be an e-mail address")
    endpoint.add_argument("--phone-attribute", action="append", metavar="A", help="must be a phone number")
    endpoint.add_argument("--no-email-check", action="store_true", help="take any text as the key email")
    endpoint.add_argument(
        "--duplicates", choices=["first", "last", "reject"], default="first", help="which of one key is written"
    )


def endpoint_command(options: argparse.Namespace, settings: Settings) -> int:
    """Deploy or remove; 0 when every step is done or was so already."""
    from importer.endpoint import deploy, remove

    work = deploy if options.action == "deploy" else remove
    deployed = work(
        order_of(options),
        connection_of(options),
        settings,
        dry_run=options.dry_run,
        tell=lambda report: tell(step_line(report, dry_run=options.dry_run)),
    )
    answer(options.json, facts(deployed, dry_run=options.dry_run), summary(deployed, options))
    return 0


def order_of(options: argparse.Namespace) -> Order:
    """The options as an order."""
    from importer.endpoint import Order

    emails = tuple(options.email_attribute or ()) or None
    return Order(
        table=options.table,
        name=options.name,
        stage=options.stage,
        api_id=options.api_id,
        auth=options.auth,
        origins=tuple(options.allow_origin or ("*",)),
        emails=() if options.no_email_check else emails,
        phones=tuple(options.phone_attribute or ()),
        duplicates=options.duplicates,
        table_endpoint_url=options.table_endpoint_url,
    )


def connection_of(options: argparse.Namespace) -> Connection:
    """AWS or an emulator; never the embedded engine, which has no Lambda."""
    chosen = connection_from_environment(os.environ, endpoint_url=options.endpoint_url)
    if chosen.kind == "embedded":
        if not (options.region or options.profile):
            raise UsageError("Say where: --region (and --profile), or --endpoint-url of an emulator.")
        chosen = Connection("aws", "")
    chosen = replace(chosen, region=options.region or chosen.region, profile=options.profile or chosen.profile)
    return with_region(chosen)


def step_line(report: StepReport, *, dry_run: bool = False) -> str:
    """`role: done (contacts-endpoint-us-gov-west-1)`."""
    idle = report.outcome.value in ("already so", "left as it is")
    word = report.outcome.value if idle or not dry_run else f"would be {report.outcome.value}"
    return f"{report.step}: {word}" + (f" ({report.detail})" if report.detail else "")


def facts(deployed: Deployed, *, dry_run: bool) -> dict[str, Any]:
    """As JSON; the key's value is in its file only."""
    told = asdict(deployed)
    told["reports"] = [
        {"step": one.step, "outcome": one.outcome.value, "detail": one.detail} for one in deployed.reports
    ]
    return {"dry_run": dry_run, "changed": deployed.changed, "steps": told.pop("reports"), **told}


def summary(deployed: Deployed, options: argparse.Namespace) -> list[str]:
    """What to do next."""
    if options.dry_run:
        return ["Nothing was done. Without --dry-run the steps above would be."]
    if options.action == "remove":
        return ["Removed." if deployed.changed else "There was nothing to remove."]
    told = ["Nothing had to be changed." if not deployed.changed else "Deployed.", f"POST {deployed.url}"]
    if deployed.key_file:
        told.append(f"The API key is in {deployed.key_file}; send it as the header x-api-key.")
    return told
