"""What shall be there: names, ARNs, policies and the API's definition. Pure: nothing is asked or changed here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from importer.endpoint.function.answers import ALLOWED_HEADERS, ALLOWED_METHODS, PREFLIGHT_AGE_S
from importer.endpoint.function.config import FunctionConfig

TAGS = {"contact-importer": "endpoint"}
"""On everything that we make: only what carries it is changed or removed."""

TIMEOUT_S = 28
"""API Gateway waits 29 s for an integration (quota "Integration timeout")."""

MEMORY_MB = 512
"""Lambda gives CPU by memory; importing botocore is most of a cold start."""

LOG_DAYS = 30
COLLECTION = "/contacts"
BATCH = "/contacts/batch"
STATEMENT = "contact-importer"


@dataclass(frozen=True)
class Wanted:
    """One endpoint in one account and region. `auth` is key, iam or none; `api_id` "" means an API of our own."""

    name: str
    partition: str
    region: str
    account: str
    stage: str
    config: FunctionConfig
    auth: str = "key"
    api_id: str = ""
    table_endpoint_url: str = ""

    @property
    def role_name(self) -> str:
        """Roles are not regional, endpoints are."""
        return f"{self.name}-{self.region}"

    @property
    def role_arn(self) -> str:
        """Known beforehand, for a role without a path."""
        return f"arn:{self.partition}:iam::{self.account}:role/{self.role_name}"

    @property
    def table_arn(self) -> str:
        """The one table that the function may write to."""
        return self._arn("dynamodb", f"table/{self.config.table}")

    @property
    def function_arn(self) -> str:
        """Without a version."""
        return self._arn("lambda", f"function:{self.name}")

    @property
    def log_group(self) -> str:
        """Where Lambda writes."""
        return f"/aws/lambda/{self.name}"

    @property
    def integration_uri(self) -> str:
        """How API Gateway names the function."""
        path = f"path/2015-03-31/functions/{self.function_arn}/invocations"
        return f"arn:{self.partition}:apigateway:{self.region}:lambda:{path}"

    def source_arn(self, api_id: str) -> str:
        """The calls that may invoke the function: any stage of this API, this method of this resource.

        With several origins it answers the preflights too.
        """
        api = self._arn("execute-api", api_id)
        return f"{api}/*/*{COLLECTION}*" if self.several_origins else f"{api}/*/POST{BATCH}"

    @property
    def several_origins(self) -> bool:
        """API Gateway's own preflight knows one origin only."""
        return len(self.config.origins) > 1

    def trust_policy(self) -> dict[str, Any]:
        """Who may be the role."""
        service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        return {"Version": "2012-10-17", "Statement": [service]}

    def role_policy(self) -> dict[str, Any]:
        """What the role may do: put items into the one table, and write its own log."""
        write = {"Effect": "Allow", "Action": ["dynamodb:BatchWriteItem"], "Resource": [self.table_arn]}
        logs = self._arn("logs", f"log-group:{self.log_group}:*")
        log = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [logs]}
        return {"Version": "2012-10-17", "Statement": [write, log]}

    def environment(self) -> dict[str, str]:
        """The function's variables."""
        told = self.config.to_environment()
        return told | ({"AWS_ENDPOINT_URL_DYNAMODB": self.table_endpoint_url} if self.table_endpoint_url else {})

    def post_method(self) -> dict[str, Any]:
        """POST /contacts/batch."""
        return {
            "authorizationType": "AWS_IAM" if self.auth == "iam" else "NONE",
            "apiKeyRequired": self.auth == "key",
            "integration": {"type": "AWS_PROXY", "httpMethod": "POST", "uri": self.integration_uri},
        }

    def options_method(self) -> dict[str, Any]:
        """The preflight: answered by API Gateway itself, without a key; by the function where origins are several."""
        access = {"authorizationType": "NONE", "apiKeyRequired": False}
        if self.several_origins:
            proxy = self.post_method()["integration"]
            return access | {"integration": proxy, "methodResponse": [], "integrationResponse": {}}
        named = {f"method.response.header.{name}": f"'{text}'" for name, text in self.cors_values().items()}
        mock = {"type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}}
        return access | {"integration": mock, "methodResponse": sorted(named), "integrationResponse": named}

    def cors_values(self) -> dict[str, str]:
        """Headers of the preflight."""
        return {
            "Access-Control-Allow-Origin": self.config.origins[0],
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": PREFLIGHT_AGE_S,
        }

    def gateway_headers(self) -> dict[str, str]:
        """On what API Gateway refuses by itself. Those answers hold no data, so several origins become any."""
        origins = self.config.origins
        origin = origins[0] if len(origins) == 1 else "*"
        return {
            "gatewayresponse.header.Access-Control-Allow-Origin": f"'{origin}'",
            GATEWAY_MARK: OUR_HEADERS,
            "gatewayresponse.header.Access-Control-Allow-Methods": f"'{ALLOWED_METHODS}'",
        }

    def fingerprint(self, package_sha256: str) -> str:
        """Of code, settings and API definition together; the deployment carries it."""
        told = [
            package_sha256,
            self.environment(),
            self.post_method(),
            self.options_method(),
            self.gateway_headers(),
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


GATEWAY_MARK = "gatewayresponse.header.Access-Control-Allow-Headers"
OUR_HEADERS = f"'{ALLOWED_HEADERS}'"
"""By these a response is known to be ours."""

GATEWAY_TEMPLATE = (
    '{"imported":0,"errors":[],"code":"$context.error.responseType","message":$context.error.messageString}'
)
"""So that a refusal of API Gateway's reads like one of the function's."""
