"""Items are compared as DynamoDB compares them."""

from __future__ import annotations

from strict_endpoint.kit import contact_items, contact_puts

from importer.write.items import canonical, canonical_item, has_repeated_key, match_items, parse_put


def test_numbers_are_compared_by_value() -> None:
    assert canonical({"N": "1.0"}) == canonical({"N": "1"}) == canonical({"N": "10E-1"})
    assert canonical({"N": "1"}) != canonical({"N": "1.00000000000000000000000000000000000001"})
    assert canonical({"N": "1"}) != canonical({"S": "1"})


def test_sets_have_no_order_and_lists_do() -> None:
    assert canonical({"SS": ["a", "b"]}) == canonical({"SS": ["b", "a"]})
    assert canonical({"NS": ["1.0", "2"]}) == canonical({"NS": ["2", "1"]})
    assert canonical({"L": [{"S": "a"}, {"S": "b"}]}) != canonical({"L": [{"S": "b"}, {"S": "a"}]})


def test_maps_are_compared_deeply() -> None:
    one = {"a": {"M": {"x": {"N": "1.0"}, "y": {"BOOL": True}}}}
    two = {"a": {"M": {"y": {"BOOL": True}, "x": {"N": "1"}}}}
    assert canonical_item(one) == canonical_item(two)
    assert canonical_item(one) != canonical_item({"a": {"M": {"x": {"N": "1"}}}})


def test_items_handed_back_are_found_by_key_though_numbers_were_rewritten() -> None:
    ours = [b'{"PutRequest":{"Item":{"id":{"N":"1.0"}}}}', b'{"PutRequest":{"Item":{"id":{"N":"2"}}}}']
    assert match_items(ours, [{"id": {"N": "1"}}], ("id",)) == [0]


def test_items_handed_back_are_found_whole_without_a_key() -> None:
    puts = contact_puts(3)
    assert match_items(list(puts.bodies), [contact_items(3)[2]], ()) == [2]


def test_an_item_that_is_not_ours_is_noticed() -> None:
    assert match_items(list(contact_puts(3).bodies), [{"email": {"S": "x@example.com"}}], ("email",)) is None
    assert match_items(list(contact_puts(3).bodies), [{"name": {"S": "x"}}], ("email",)) is None


def test_parse_put_gives_the_item() -> None:
    assert parse_put(contact_puts(1).bodies[0]) == contact_items(1)[0]


def test_repeated_keys_are_found_by_value() -> None:
    one, same, other = (b'{"PutRequest":{"Item":{"id":{"N":"%b"}}}}' % text for text in (b"1", b"1.0", b"2"))
    assert has_repeated_key([one, same], ("id",))
    assert not has_repeated_key([one, other], ("id",))
