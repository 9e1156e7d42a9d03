"""One e-mail address or phone number: the expressions and limits of `contact_rules`, a text at a time. Pure.

The standard library alone, but for `email-validator`, which is loaded when an address comes that the plain
expression cannot decide. The endpoint's function takes this module along.
"""

from __future__ import annotations

import re

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
PLAIN_EMAIL = rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z])?"
"""RFC 5321/5322 dot-atom @ host name, ASCII. What matches (and keeps the lengths below) `email-validator` accepts."""

_OTHER_SIGNS = "\u0080-\u009f\u00a1-\U0010ffff"
_MAYBE_ATOM = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_OTHER_SIGNS}-]+"
MAYBE_EMAIL = rf"{_MAYBE_ATOM}(?:\.{_MAYBE_ATOM})*@[A-Za-z0-9.{_OTHER_SIGNS}-]+"
"""What does not match, `email-validator` refuses, quoted or not: it takes no other ASCII sign, no second "@", no
period at an end of what stands before it or after another one, and no space that does not break (U+00A0)."""

MAX_EMAIL_CHARS = 254
"""RFC 3696 erratum 1690."""

MAX_LOCAL_CHARS = 64
"""RFC 5321, 4.5.3.1.1."""

SPECIAL_DOMAINS = ("arpa", "invalid", "local", "localhost", "onion", "test")
"""IANA's special-use domain names, as `email-validator` refuses them."""

SPECIAL_ENDING = r"[@.](?:" + "|".join(SPECIAL_DOMAINS) + r")$"
UNSURE_LABEL = r"@(?:.*\.)?[A-Za-z0-9]{2}--"
"""Host labels with hyphens at 3 and 4 are IDNA's; the library decides."""

EXTENSION = r" ?(?:[xX#]|[eE][xX][tT]\.?) ?[0-9]{1,6}"
PHONE_SHAPE = rf"\+?[0-9()\[\] .\-/" "\u00a0\u2010-\u2015" rf"]+(?:{EXTENSION})?"
PHONE_FILLING = r"[^0-9+]"
MIN_PHONE_DIGITS = 7
MAX_PHONE_DIGITS = 15
"""ITU-T E.164: at most 15 digits with country code."""

COUNTRY_CODES = (
    *(1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58),
    *(60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98, 211, 212, 213, 216, 218),
    *range(220, 259),
    *range(260, 270),
    *(290, 291, 297, 298, 299, *range(350, 360), *range(370, 379), 380, 381, 382, 383, 385, 386, 387, 389),
    *(420, 421, 423, *range(500, 510), *range(590, 600), 670, *range(672, 684), *range(685, 693), 800, 808),
    *(850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888),
    *(*range(960, 969), *range(970, 978), 979, 992, 993, 994, 995, 996, 998),
)
"""ITU-T E.164 country codes, as `phonenumbers` lists them."""

KNOWN_COUNTRY = rf"^(?:\+|00)(?:{'|'.join(str(code) for code in reversed(COUNTRY_CODES))})"
COUNTRY_HEAD_CHARS = 5
"""What `KNOWN_COUNTRY` looks at: "00" and a code of three digits at most."""

INTERNATIONAL_SIGN = r"^(?:\+|00)"

_PLAIN = re.compile(PLAIN_EMAIL)
_MAYBE = re.compile(MAYBE_EMAIL)
_SPECIAL = re.compile(SPECIAL_ENDING)
_UNSURE = re.compile(UNSURE_LABEL)
_SHAPE = re.compile(PHONE_SHAPE)
_TAIL = re.compile(f"{EXTENSION}$")
_FILLING = re.compile(PHONE_FILLING)
_KNOWN = re.compile(KNOWN_COUNTRY)
_SIGN = re.compile(INTERNATIONAL_SIGN)


def is_email(text: str) -> bool:
    """What the rule `Email` says of a filled cell."""
    if len(text) > MAX_EMAIL_CHARS or not _MAYBE.fullmatch(text):
        return False
    if _PLAIN.fullmatch(text) and text.index("@") <= MAX_LOCAL_CHARS:
        odd = _SPECIAL.search(text.lower()) or _UNSURE.search(text)
        return True if not odd else is_email_exactly(text)
    return is_email_exactly(text)


def is_email_exactly(text: str) -> bool:
    """What `email-validator` says; slow (30 µs), so it is asked only where the plain expression cannot decide."""
    import email_validator

    try:
        email_validator.validate_email(text, check_deliverability=False, strict=True)
    except (email_validator.EmailNotValidError, UnicodeError, ValueError):
        return False
    return True


def is_phone(text: str) -> bool:
    """What the rule `Phone` without a region says of a filled cell."""
    if not _SHAPE.fullmatch(text):
        return False
    digits = _FILLING.sub("", _TAIL.sub("", text))
    if _SIGN.match(digits) and not _KNOWN.match(digits):
        return False
    return MIN_PHONE_DIGITS <= len(_SIGN.sub("", digits)) <= MAX_PHONE_DIGITS
