"""Every failure code: how it reads, and what a person may do about it. Pure.

Codes are stable: reject files, ledgers and recipes name them. Titles hold counts and column names, never a cell.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """`one` / `many`: the title for 1 and for {n} cells of column "{column}". `sentence`: what must be, for messages.

    `fatal`: DynamoDB has no such value or takes no such item, so accepting it is refused. `blocking`: the row is held
    back. `acceptable` is False for fatal codes and for those another answer exists for (the winner rule).
    """

    one: str
    many: str
    sentence: str
    fatal: bool = False
    blocking: bool = True
    acceptable: bool = True


def _fatal(one: str, many: str, sentence: str) -> Code:
    return Code(one, many, sentence, fatal=True, acceptable=False)


_RULES = {
    "required_blank": Code('1 cell of "{column}" is blank', '{n} cells of "{column}" are blank', "must not be blank"),
    "pattern_mismatch": Code(
        '1 cell of "{column}" does not match its pattern',
        '{n} cells of "{column}" do not match their pattern',
        "must match its pattern",
    ),
    "not_allowed": Code(
        '1 cell of "{column}" is not an allowed value',
        '{n} cells of "{column}" are not allowed values',
        "must be an allowed value",
    ),
    "out_of_range": Code(
        '1 number in "{column}" is out of range',
        '{n} numbers in "{column}" are out of range',
        "must be a number in its range",
    ),
    "wrong_length": Code(
        '1 cell of "{column}" is too long or too short',
        '{n} cells of "{column}" are too long or too short',
        "must have the right length",
    ),
    "not_unique": Code(
        '1 cell of "{column}" occurs in another row too',
        '{n} cells of "{column}" occur in another row too',
        "must not occur twice in the list",
    ),
    "not_an_email": Code(
        '1 e-mail address in "{column}" is not valid',
        '{n} e-mail addresses in "{column}" are not valid',
        "must be an e-mail address",
    ),
    "not_a_phone": Code(
        '1 phone number in "{column}" is not valid',
        '{n} phone numbers in "{column}" are not valid',
        "must be a phone number",
    ),
    "wrong_date": Code(
        '1 cell of "{column}" is no date, or out of its bounds',
        '{n} cells of "{column}" are no dates, or out of their bounds',
        "must be a date",
    ),
    "no_country_code": Code(
        '1 phone number in "{column}" has no country code',
        '{n} phone numbers in "{column}" have no country code',
        "should start with + and the country code",
        blocking=False,
    ),
}

_TYPES = {
    "not_a_number": _fatal(
        '1 cell of "{column}" is not a number', '{n} cells of "{column}" are not numbers', "must be a number"
    ),
    "number_too_precise": _fatal(
        '1 number in "{column}" has more than 38 digits',
        '{n} numbers in "{column}" have more than 38 digits',
        "must have at most 38 digits",
    ),
    "number_out_of_range": _fatal(
        '1 number in "{column}" is too large or too small for DynamoDB',
        '{n} numbers in "{column}" are too large or too small for DynamoDB',
        "must lie between 1E-130 and 9.99E+125 in magnitude",
    ),
    "leading_zeros_lost": Code(
        '1 number in "{column}" would lose its leading zeros',
        '{n} numbers in "{column}" would lose their leading zeros',
        "must not start with a zero, or be imported as text",
    ),
    "plus_lost": Code(
        '1 number in "{column}" would lose its plus sign',
        '{n} numbers in "{column}" would lose their plus sign',
        "must not start with a plus, or be imported as text",
    ),
    "maybe_thousands": Code(
        '1 number in "{column}" may have a point for thousands, and is read as a fraction',
        '{n} numbers in "{column}" may have a point for thousands, and are read as fractions',
        "should be written so that its point can only be a decimal one",
        blocking=False,
    ),
    "point_of_thousands": Code(
        '1 number in "{column}" has a point that is no decimal one elsewhere in the column',
        '{n} numbers in "{column}" have a point that is no decimal one elsewhere in the column',
        "must be read as the others are: other cells show that the point is for thousands",
        acceptable=False,
    ),
    "not_a_boolean": _fatal(
        '1 cell of "{column}" is neither yes nor no',
        '{n} cells of "{column}" are neither yes nor no',
        "must be yes or no (also true/false, y/n, 1/0, on/off)",
    ),
    "not_null": _fatal(
        '1 cell of "{column}" is filled, but its type is NULL',
        '{n} cells of "{column}" are filled, but their type is NULL',
        "must be blank, or the column's type must change",
    ),
    "not_base64": _fatal(
        '1 cell of "{column}" is not base64', '{n} cells of "{column}" are not base64', "must be base64"
    ),
    "not_hex": _fatal(
        '1 cell of "{column}" is not hex',
        '{n} cells of "{column}" are not hex',
        "must be hex: an even number of digits 0 to 9 and letters A to F",
    ),
    "empty_set": _fatal(
        '1 set in "{column}" has no member',
        '{n} sets in "{column}" have no member',
        "must have a member, for DynamoDB has no empty set, or be blank",
    ),
    "empty_set_element": _fatal(
        '1 set in "{column}" has an empty member',
        '{n} sets in "{column}" have an empty member',
        "must have no empty member",
    ),
    "set_repeats_removed": Code(
        '1 set in "{column}" names a member twice; it is written once',
        '{n} sets in "{column}" name a member twice; it is written once',
        "should name each member once",
        blocking=False,
    ),
    "other_separator": Code(
        '1 cell of "{column}" has another sign between its members than the set has',
        '{n} cells of "{column}" have another sign between their members than the set has',
        "should have the set's sign between its members; as it is, the whole cell is one member",
        blocking=False,
    ),
    "one_member_each": Code(
        '1 cell of "{column}" is one member of its set, though it may hold several',
        '{n} cells of "{column}" are one member of their set each, though they may hold several',
        "should have the set's sign between its members; as it is, the whole cell is one member",
        blocking=False,
    ),
    "not_a_json_list": _fatal(
        '1 cell of "{column}" is not a JSON list',
        '{n} cells of "{column}" are not JSON lists',
        "must be a JSON list, e.g. [1, 2]",
    ),
    "not_a_json_map": _fatal(
        '1 cell of "{column}" is not a JSON object',
        '{n} cells of "{column}" are not JSON objects',
        "must be a JSON object in braces",
    ),
    "read_as_dynamodb_json": Code(
        '1 cell of "{column}" is read as DynamoDB JSON, not as plain JSON',
        '{n} cells of "{column}" are read as DynamoDB JSON, not as plain JSON',
        'each value in it is an object named after its type, as in {"S": "text"}',
        blocking=False,
    ),
    "read_as_plain_json": Code(
        '1 cell of "{column}" is read as plain JSON',
        '{n} cells of "{column}" are read as plain JSON',
        "each value in it has the type that JSON gives it",
        blocking=False,
    ),
    "maybe_dynamodb_json": Code(
        '1 cell of "{column}" looks like DynamoDB JSON and is none, so it is read as plain JSON',
        '{n} cells of "{column}" look like DynamoDB JSON and are none, so they are read as plain JSON',
        "names of types (S, N, SS ...) become names in the map",
        blocking=False,
    ),
    "broken_dynamodb_json": Code(
        '1 cell of "{column}" looks like DynamoDB JSON, as others of the column are, but is none',
        '{n} cells of "{column}" look like DynamoDB JSON, as others of the column are, but are none',
        'must be DynamoDB JSON all through: each value an object named after its type, as in {"N": "5"}',
    ),
    "not_dynamodb_json": Code(
        '1 cell of "{column}" is plain JSON, and the others are DynamoDB JSON',
        '{n} cells of "{column}" are plain JSON, and the others are DynamoDB JSON',
        "must be DynamoDB JSON, as most cells of the column are",
    ),
    "not_plain_json": Code(
        '1 cell of "{column}" is DynamoDB JSON, and the others are plain JSON',
        '{n} cells of "{column}" are DynamoDB JSON, and the others are plain JSON',
        "must be plain JSON, as most cells of the column are",
    ),
    "other_type_inside": Code(
        '1 cell of "{column}" holds a value of another type than the table has there',
        '{n} cells of "{column}" hold values of other types than the table has there',
        "must hold the types that the table's items have there",
    ),
    "number_as_text": Code(
        '1 cell of "{column}" has a number that is written as text',
        '{n} cells of "{column}" have numbers that are written as text',
        "the number becomes the text that it is written as, for text is what its place takes",
        blocking=False,
    ),
    "map_in_its_place": Code(
        '1 cell of "{column}" would put a map where the table has another type',
        '{n} cells of "{column}" would put a map where the table has another type',
        "must not become part of a map: leave out --nest-dots, or give the column a name without a dot",
    ),
    "not_a_typed_value": _fatal(
        '1 cell of "{column}" is no value in DynamoDB JSON',
        '{n} cells of "{column}" are no values in DynamoDB JSON',
        'must be one value in DynamoDB JSON, as in {"N": "5"}',
    ),
    "other_type": _fatal(
        '1 value in "{column}" has another type than the column',
        '{n} values in "{column}" have another type than the column',
        "must have the column's type",
    ),
    "json_name_repeated": _fatal(
        '1 JSON value in "{column}" has the same name twice',
        '{n} JSON values in "{column}" have the same name twice',
        "must not have the same name twice",
    ),
    "json_too_deep": _fatal(
        '1 JSON value in "{column}" is nested too deep',
        '{n} JSON values in "{column}" are nested too deep',
        "must be nested at most 32 levels deep",
    ),
}

_LIMITS = {
    "key_missing": _fatal(
        '1 row has no value for the key "{column}"',
        '{n} rows have no value for the key "{column}"',
        "must not be blank: it is the table's key",
    ),
    "key_too_long": _fatal(
        '1 key in "{column}" is too long for DynamoDB',
        '{n} keys in "{column}" are too long for DynamoDB',
        "must be at most 2,048 bytes as partition key, 1,024 as sort key",
    ),
    "index_key_blank": _fatal(
        '1 cell of "{column}" would be an empty key of an index',
        '{n} cells of "{column}" would be empty keys of an index',
        "must not be written empty or null: it is a key of an index",
    ),
    "index_key_too_long": _fatal(
        '1 cell of "{column}" is too long for the key of an index',
        '{n} cells of "{column}" are too long for the key of an index',
        "must be at most 2,048 bytes as partition key of an index, 1,024 as sort key",
    ),
    "index_key_left_out": Code(
        '1 empty or null value of "{column}" is left out: it is the key of an index',
        '{n} empty or null values of "{column}" are left out: they are keys of an index',
        "an item is in an index only where its key has a value",
        blocking=False,
    ),
    "item_too_big": _fatal("1 row is over 400 KB", "{n} rows are over 400 KB", "the row must be at most 400 KB"),
    "duplicate_key": Code(
        "1 row repeats the key of another row",
        "{n} rows repeat the key of another row",
        "its key occurs in another row too, which is written instead",
        blocking=False,
        acceptable=False,
    ),
    "key_conflict": Code(
        "1 row has the same key as another row",
        "{n} rows have the same key as another row",
        "its key occurs in another row too; no two rows may have the same",
        acceptable=False,
    ),
}

_READING = {
    "row_too_long": Code("1 row has too many cells", "{n} rows have too many cells", "the row has too many cells"),
    "row_too_short": Code("1 row has too few cells", "{n} rows have too few cells", "the row has too few cells"),
    "unclosed_quote": Code(
        "1 row has a quote that never ends", "{n} rows have a quote that never ends", "a quote is not closed"
    ),
    "stray_quote": Code(
        "1 row has a stray quote", "{n} rows have a stray quote", "a quote stands in the wrong place"
    ),
    "undecodable_bytes": Code(
        "1 row has bytes that are no text",
        "{n} rows have bytes that are no text",
        "some bytes are not text in the list's encoding",
    ),
    "nul_byte": Code("1 row has a NUL byte", "{n} rows have a NUL byte", "the row has a NUL byte"),
    "not_an_item": _fatal(
        "1 item could not be read", "{n} items could not be read", "the item could not be read as the others are"
    ),
    "row_too_big": _fatal(
        "1 row is too big to read", "{n} rows are too big to read", "the row is too big to be read"
    ),
}

UNSETTLED = frozenset({"read_as_plain_json"})
"""Says nothing of a cell alone: only all cells of its column together make something of it."""

UNREAD_ITEM = ("not_an_item", "")
"""The cause of rows that hold the text of an item in the place of its values."""

_RECIPE = {
    "dropped_by_recipe": Code(
        "1 row is dropped by the recipe", "{n} rows are dropped by the recipe", "dropped by the recipe"
    ),
    "rejected_by_hand": Code("1 row was rejected by hand", "{n} rows were rejected by hand", "rejected by hand"),
    "dropped_by_hand": Code("1 row was dropped by hand", "{n} rows were dropped by hand", "dropped by hand"),
}


def _notice(one: str, many: str, sentence: str) -> Code:
    return Code(one, many, sentence, blocking=False)


NOTICES = {
    "odd_row": _notice(
        "1 row is not like the others",
        "{n} rows are not like the others",
        "letters, digits, signs, lengths or blanks differ from nearly all rows: rows whose cells moved, titles, "
        "totals and notes look like that",
    ),
    "alike_keys": _notice(
        "1 row has a key that looks the same as another",
        "{n} rows have keys that look the same: they differ only in capitals, spaces, hyphens or invisible signs, or "
        "in how their letters are stored",
        "the table takes them for different contacts; written one way they are one, and one row of them is imported",
    ),
    "key_capitals": _notice(
        '1 e-mail address in the key "{column}" has capitals',
        '{n} e-mail addresses in the key "{column}" have capitals',
        "the table takes Ann@ and ann@ for two contacts; in lower case they stay one in every list",
    ),
    "scientific": _notice(
        '1 number in "{column}" was cut short by a spreadsheet (like 4.9E+11)',
        '{n} numbers in "{column}" were cut short by a spreadsheet (like 4.9E+11)',
        "the last digits are gone: export the column anew as text, or leave these cells blank",
    ),
    "month_day": _notice(
        '1 cell of "{column}" was turned into a day by a spreadsheet (like 5-May)',
        '{n} cells of "{column}" were turned into days by a spreadsheet (like 5-May)',
        "what stood there before is not in the file: correct them, or leave them blank",
    ),
    "lost_zeros": _notice(
        '1 code in "{column}" may have lost its leading zeros (7102 for 07102)',
        '{n} codes in "{column}" may have lost their leading zeros (7102 for 07102)',
        "they have fewer digits than the others of the column",
    ),
    "error_value": _notice(
        '1 cell of "{column}" holds an error of a spreadsheet (like #N/A)',
        '{n} cells of "{column}" hold an error of a spreadsheet (like #N/A)',
        "a formula failed before the list was exported; the error is imported as text",
    ),
    "zero_date": _notice(
        '1 date in "{column}" is no day (like 0/0/00)',
        '{n} dates in "{column}" are no day (like 0/0/00)',
        "an empty date was exported as zeros; it is imported as text",
    ),
    "odd_date": _notice(
        '1 cell of "{column}" is no date, unlike the others',
        '{n} cells of "{column}" are no dates, unlike the others',
        "most cells of the column are dates; these are imported as the text they are",
    ),
    "two_date_orders": _notice(
        'Dates in "{column}" are written in two orders: 1 differs',
        'Dates in "{column}" are written in two orders, day first and month first: {n} differ from the others',
        "which day 01/02/2024 is, nobody can tell from the list; ask for an export with the year first",
    ),
    "mojibake": _notice(
        '1 cell of "{column}" has garbled characters (Ã© for é)',
        '{n} cells of "{column}" have garbled characters (Ã© for é)',
        "the text was read in a wrong encoding before it came here",
    ),
    "prefix": _notice(
        '1 cell of "{column}" begins with what an export added (like p: or tel:)',
        '{n} cells of "{column}" begin with what an export added (like p: or tel:)',
        "the prefix is imported with the value",
    ),
    "null_word": _notice(
        '1 cell of "{column}" says "nothing" in words (like n/a, NULL or -)',
        '{n} cells of "{column}" say "nothing" in words (like n/a, NULL or -)',
        "the word is imported as text; blank would leave the attribute out",
    ),
    "invisible": _notice(
        '1 cell of "{column}" has invisible signs',
        '{n} cells of "{column}" have invisible signs',
        "two texts that look the same may differ by them",
    ),
    "padded": _notice(
        '1 cell of "{column}" has spaces at its ends',
        '{n} cells of "{column}" have spaces at their ends',
        "the spaces are imported too",
    ),
    "unread_date": _notice(
        '1 date in "{column}" could not be read by a step',
        '{n} dates in "{column}" could not be read by a step',
        "it stays as it is: the step reads another order of day, month and year, or it is no day",
    ),
    "unread_number": _notice(
        '1 number in "{column}" could not be read by a step',
        '{n} numbers in "{column}" could not be read by a step',
        "it stays as it is: the step reads other signs for decimals and thousands",
    ),
    "unread_yes_no": _notice(
        '1 cell of "{column}" could not be read as yes or no by a step',
        '{n} cells of "{column}" could not be read as yes or no by a step',
        "it stays as it is: the step knows other words",
    ),
    "unread_list": _notice(
        '1 list in "{column}" could not be read by a step',
        '{n} lists in "{column}" could not be read by a step',
        "it stays as it is",
    ),
    "unread_phone": _notice(
        '1 phone number in "{column}" could not be read by a step',
        '{n} phone numbers in "{column}" could not be read by a step',
        "it stays as it is: no number of the step's country, and none with a country code",
    ),
    "unread_email": _notice(
        '1 e-mail address in "{column}" could not be read by a step',
        '{n} e-mail addresses in "{column}" could not be read by a step',
        "it stays as it is: it is no e-mail address",
    ),
}
"""What holds no row back and is told as a warning: how cells look, not what a rule or the table asks of them."""

CODES: dict[str, Code] = {**_RULES, **_TYPES, **_LIMITS, **_READING, **_RECIPE, **NOTICES}

_UNKNOWN = Code("1 row could not be read well", "{n} rows could not be read well", "the row could not be read well")
"""For a reading problem that intake knows and this table does not yet."""


def code_of(code: str) -> Code:
    """The entry of `code`; a general one when it is not known."""
    return CODES.get(code, _UNKNOWN)


def title_of(code: str, column: str, count: int) -> str:
    """The cause in plain words, with its count."""
    entry = code_of(code)
    return (entry.one if count == 1 else entry.many).replace("{n}", f"{count:,}").replace("{column}", column)


def message_of(code: str, column: str, sentence: str = "") -> str:
    """The message of one failure case; `sentence` is the rule's own, with its parameters."""
    said = sentence or code_of(code).sentence
    return f"{column}: {said}." if column else f"{said[:1].upper()}{said[1:]}."
