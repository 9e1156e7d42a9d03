"""Invented people and products, by seed. Addresses are under the reserved example domains, telephones fictional."""

from __future__ import annotations

from random import Random

FIRST = [
    "Ada",
    "Bruno",
    "Chiara",
    "Dmitri",
    "Élodie",
    "Fatima",
    "Gustav",
    "Hélène",
    "Inês",
    "Jürgen",
    "Kofi",
    "Lúcia",
    "Mårten",
    "Noémie",
    "Oskar",
    "Petra",
    "Quentin",
    "Renée",
    "Søren",
    "Thérèse",
    "Umut",
    "Valérie",
    "Wojciech",
    "Ximena",
    "Yusuf",
    "Zoë",
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Eva",
    "Frank",
    "Grace",
    "Henry",
    "Irene",
    "Jack",
]
LAST = """Exemplar Muster Fictif Inventado Nobody Placeholder Sample Testowy O'Sample D'Exemple Müstermann Façade Peña
Østby Åkerlund Żaba Novák Groß Lefèvre Müller-Muster van_der_Probe MacSample Demo""".replace("_", " ").split("\n")
LAST = [name for line in LAST for name in line.split(" ")]
CITIES = [
    "Köln",
    "Zürich",
    "Besançon",
    "Málaga",
    "São Paulo",
    "Kraków",
    "Ulm",
    "Oslo",
    "Leeds",
    "Austin",
    "Gent",
    "Bonn",
    "Wien",
    "Graz",
    "Lyon",
    "Porto",
]
STREETS = [
    "Main St.",
    "Hauptstraße",
    "Rue du Test",
    "Calle Falsa",
    "Elm Road",
    "Test Lane",
    "Beispielweg",
    "Musterallee",
]
COMPANIES = [
    "Acme, Inc.",
    "Exempla GmbH & Co. KG",
    "Muster AG",
    'Sample "Best" Ltd',
    "Fictif SARL",
    "Inventado, S.A.",
    "Null & Sons",
    "Placeholder LLC",
    "The Test Company, Ltd.",
]
NOTES = [
    "called twice, no answer",
    "prefers e-mail",
    "VIP",
    "met at the fair; wants the brochure",
    "moved to Ulm",
    'said "maybe"',
    '5" display ordered',
    "do not call before 9:00",
    "N/A",
    "renewal in May, discount 10%",
    "asked for Ann's number",
    "new; see file",
]
PRODUCTS = [
    "Hiking Boots",
    "Light-Up Running Jacket",
    "Trail Shoes",
    "Fly Rod 8 Wt.",
    "Throw Pillow, Wooden Paddles",
    "Kids' Hat",
    "Cycling Jersey, Short-Sleeve",
    'Dining Table, Round 48"',
    "Women's No-Show Socks",
    "Men's Down Vest",
    "Tropic Cap",
    "Leather Sofa",
    'Boxer, 5" Inseam',
    "Kids' Mountain Bike, 24\"",
    "Snowshoes Set",
    "Wet Suit",
    "Base Layer, Pants",
    "Field Watch",
    "Ragg Wool Hat",
]
PHRASES = [
    "durable enough for every day",
    "light and quick on any trail",
    "made of soft cotton",
    "keeps you warm, even when wet",
    "designed for women and men",
    "great for hunting, hiking or the town",
    "with a more relaxed fit than most",
    "as good as it was then",
    "built to our exacting standards, year after year",
    "a classic in fun colors",
    "our 8'9\" length fits all",
    "quick drying",
]

PRODUCT_HEADER = ("DATE", "TIME", "Qty", "PRODUCTID", "Price", "ProductType", "Description", "URL", "Comments")
CONTACT_HEADER = ("id", "email", "first_name", "last_name", "phone", "company", "city", "signed_up", "score", "notes")


def product(random: Random) -> tuple[str, ...]:
    """A row of the table that is polluted: 9 columns, the last mostly empty."""
    code = f"{random.choice('ABCGHMRYZ')}{random.choice('CGHINY')}-{random.randint(1000, 9999)}"
    phrases = random.sample(PHRASES, random.randint(1, 3))
    words = f"{random.choice(('This', 'Our', 'The'))} {random.choice(PRODUCTS).lower()}: " + ". ".join(phrases)
    return (
        f"{random.randint(1, 28):02}/{random.randint(1, 12):02}/2018",
        f"{random.randint(0, 23):02}:{random.choice(('00', '15', '30', '45'))}",
        str(random.randint(0, 33)),
        code,
        f"${random.randint(0, 99)}.{random.randint(0, 99):02}",
        random.choice(PRODUCTS),
        words + random.choice((".", "", "!")),
        f"https://www.example.com/product/{code.replace('-', '_')}.html",
        random.choice(("", "", "", "", "sold out", "back, soon")),
    )


def contact(random: Random, number: int) -> tuple[str, ...]:
    """A row of a contact list: 10 columns, as CONTACT_HEADER."""
    first, last = random.choice(FIRST), random.choice(LAST)
    plain = (first + "." + last).encode("ascii", "ignore").decode().replace("'", "").replace(" ", "").lower()
    phone = random.choice(
        (
            f"+1 555 01{random.randint(0, 99):02}",
            f"+49 30 5550{random.randint(100, 999)}",
            f"0{random.randint(10, 99)}/555 01{random.randint(10, 99)}",
            f"(555) 01{random.randint(0, 9)}-01{random.randint(10, 99)}",
            "",
        )
    )
    return (
        f"{number:05}",
        f"{plain}{number}@example.{random.choice(('com', 'org', 'net'))}",
        first,
        last,
        phone,
        random.choice((*COMPANIES, "", "", "")),
        random.choice(CITIES),
        f"20{random.randint(10, 26)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        random.choice((str(random.randint(0, 100)), f"{random.randint(0, 9)}.5", "")),
        random.choice((*NOTES, "", "", "", "")),
    )


def contacts(random: Random, rows: int) -> list[tuple[str, ...]]:
    """A contact list without its header."""
    return [contact(random, number) for number in range(1, rows + 1)]
