"""What only AWS has: accounts and partitions (played by moto)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from importer.table import (
    Connection,
    KeyPart,
    TableKey,
    create_table,
    describe_table,
    dynamodb_client,
    find_target,
)


@pytest.fixture(autouse=True)
def aws(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    with mock_aws():
        yield


def test_the_target_names_the_account_that_sts_answers() -> None:
    target = find_target(Connection("aws", "us-gov-west-1"), "EmailContacts")
    assert target.sentence() == "table EmailContacts, AWS, region us-gov-west-1, account 123456789012"


def test_a_table_of_us_gov_lies_in_that_partition() -> None:
    client = dynamodb_client(Connection("aws", "us-gov-west-1"))
    made = create_table(client, "EmailContacts", TableKey(KeyPart("email")))
    assert made.arn == "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/EmailContacts"
    assert (made.region, made.account, made.billing) == ("us-gov-west-1", "123456789012", "PAY_PER_REQUEST")


def test_capacity_and_indexes_are_read() -> None:
    client = dynamodb_client(Connection("aws", "us-east-1"))
    index = {"IndexName": "by-city", "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}]}
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 40}
    client.create_table(
        TableName="Provisioned",
        KeySchema=[{"AttributeName": "email", "KeyType": "HASH"}, {"AttributeName": "since", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "email", "AttributeType": "S"},
            {"AttributeName": "since", "AttributeType": "N"},
            {"AttributeName": "city", "AttributeType": "S"},
        ],
        ProvisionedThroughput=units,
        GlobalSecondaryIndexes=[{**index, "Projection": {"ProjectionType": "ALL"}, "ProvisionedThroughput": units}],
    )
    description = describe_table(client, "Provisioned")
    assert (description.billing, description.write_capacity) == ("PROVISIONED", 40)
    assert description.indexes == ("by-city",)
    assert description.key == TableKey(KeyPart("email"), KeyPart("since", "N"))
