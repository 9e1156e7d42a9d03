"""Countries as a person looks for them: name, letters and calling code; the rest by their letters."""

from __future__ import annotations

from importer.clean import calling_codes

_NAMES = """
AE United Arab Emirates|AR Argentina|AT Austria|AU Australia|BD Bangladesh|BE Belgium|BG Bulgaria|BR Brazil|CA Canada
CH Switzerland|CL Chile|CN China|CO Colombia|CY Cyprus|CZ Czechia|DE Germany|DK Denmark|EE Estonia|EG Egypt|ES Spain
FI Finland|FR France|GB United Kingdom|GE Georgia|GH Ghana|GR Greece|HK Hong Kong|HR Croatia|HU Hungary|ID Indonesia
IE Ireland|IL Israel|IN India|IS Iceland|IT Italy|JP Japan|KE Kenya|KR South Korea|LT Lithuania|LV Latvia
LU Luxembourg|MA Morocco|MT Malta|MX Mexico|MY Malaysia|NG Nigeria|NL Netherlands|NO Norway|NZ New Zealand|PE Peru
PH Philippines|PK Pakistan|PL Poland|PT Portugal|RO Romania|RS Serbia|SA Saudi Arabia|SE Sweden|SG Singapore
SI Slovenia|SK Slovakia|TH Thailand|TN Tunisia|TR Türkiye|TW Taiwan|UA Ukraine|US United States|UY Uruguay|VN Vietnam
ZA South Africa
"""
NAMES = {one[:2]: one[3:].strip() for one in _NAMES.replace("\n", "|").split("|") if one.strip()}
"""English short names after ISO 3166, of countries whose lists are met often."""


def countries() -> list[str]:
    """Letters of every country, those with a name first, by name."""
    return sorted(calling_codes(), key=lambda region: (region not in NAMES, NAMES.get(region, region)))


def country_words(region: str) -> str:
    """`United Kingdom (GB, +44)`; for no country, that it stays open."""
    if not region:
        return "leave them as they are"
    code = f"+{calling_codes()[region]}"
    return f"{NAMES[region]} ({region}, {code})" if region in NAMES else f"{region} ({code})"
