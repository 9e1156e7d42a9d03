"""Asking AWS's control planes: one place for retries, for "not there", and for errors in plain words."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

from importer.errors import ConfigError, ImporterError, RetryableError
from importer.table import Connection, explain_client_error, service_client
from importer.write import Backoff

NOT_THERE = frozenset({"NotFoundException", "NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException"})
LATER = frozenset(
    {"TooManyRequestsException", "ThrottlingException", "Throttling", "ServiceUnavailable", "ServiceFailureException"}
)
"""API Gateway takes a few changes a second for the whole account, so being told to wait is the usual case."""

BUSY = frozenset({"ResourceConflictException", "ConcurrentModification", "ConflictException"})
PATIENCE_S = 90.0
BACKOFF = Backoff(base_s=0.5, cap_s=10.0)


class Control:
    """boto3 clients of one place, made when they are needed."""

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.connection = connection
        self._clock, self._sleep, self._random = clock, sleep, Random()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of one service."""
        if service not in self._clients:
            self._clients[service] = service_client(self.connection, service)
        return self._clients[service]

    def ask(self, service: str, method: str, /, **params: Any) -> Any:
        """The answer of `method`, asked again while the service is busy.

        Raises ConfigError or RetryableError in plain words.
        """
        return self.ask_until(frozenset(), service, method, **params)

    def ask_until(self, passing: frozenset[str], service: str, method: str, /, **params: Any) -> Any:
        """As `ask`; also asked again while the answer is an error with a code of `passing`."""
        answer = self._answer(service, method, passing, params)
        if answer is None:
            raise ConfigError(f"{service}:{method} found nothing to work on. Run the command again.")
        return answer

    def find(self, service: str, method: str, /, **params: Any) -> Any | None:
        """As `ask`; None when what is asked for is not there."""
        return self._answer(service, method, frozenset(), params)

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def _answer(self, service: str, method: str, passing: frozenset[str], params: dict[str, Any]) -> Any | None:
        from botocore.exceptions import ClientError

        call = getattr(self.client(service), method)
        until_s, attempt = self._clock() + PATIENCE_S, 0
        while True:
            attempt += 1
            try:
                return call(**params)
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if code in NOT_THERE:
                    return None
                if code not in LATER | BUSY | passing or self._clock() > until_s:
                    raise _explained(error, code, f"{service}:{method.title().replace('_', '')}") from None
            except Exception as error:
                raise explain_client_error(error) from None
            self._sleep(BACKOFF.delay_s(attempt, self._random))


def _explained(error: Exception, code: str, action: str) -> ImporterError:
    """Credentials and permissions in the words used everywhere; anything else by its code alone."""
    if code in LATER | BUSY:
        return RetryableError(f"{action} was told to wait for too long ({code}). Run the command again.")
    if "Denied" in code:
        return ConfigError(f"These credentials may not {action}. Ask for that permission, or choose another profile.")
    if any(word in code for word in ("Token", "Signature", "Credential")):
        return explain_client_error(error)
    return ConfigError(f"AWS refused {action} with code {code}. Check the options of the command.")
