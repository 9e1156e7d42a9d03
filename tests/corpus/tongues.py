"""Short contact lists in nineteen encodings, with names as they are common in the languages that use each."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from corpus.case import Case
from corpus.writing import Style, line, text

NAMES: dict[str, tuple[str, str, str]] = {
    "german": (
        "Jürgen Günter Käthe Björn Anna Peter Jörg Bärbel Klaus Sören Ümit Hans Petra Lukas Jan",
        "Müller Schäfer Groß Köhler Weiß Krüger Schröder Jäger Vogel Böhm Lang Strauß Lemke Fröhlich Huber",
        "Köln München Düsseldorf Lübeck Göttingen Berlin Nürnberg Würzburg Ulm Gießen Osnabrück Erfurt",
    ),
    "french": (
        "Élodie Hélène Jérôme François Noémie Marie André Benoît Zoé Chloé Luc Gaël Cécile Anaïs Thérèse",
        "Lefèvre Bélanger Côté Durand Gérard Rivière Marchand Françoise Prévost Moulin Hébert Béranger Noël",
        "Besançon Orléans Nîmes Paris Béziers Saint-Étienne Lyon Évreux Mâcon Sète Angoulême Châteauroux",
    ),
    "spanish": (
        "José María Jesús Ángel Inés Carmen Andrés Raúl Sofía Martín Lucía Íñigo Belén Juan Mónica",
        "García Muñoz Peña Núñez Pérez Gómez Ibáñez López Castaño Domínguez Ruiz Sáez Vázquez Ordóñez",
        "Málaga Cádiz León Córdoba Madrid Logroño Ávila Castellón Gijón Jaén Mérida Sevilla",
    ),
    "portuguese": (
        "João Inês Conceição Luís Antônio Mônica Sebastião Tânia Ana Vítor Cláudia Gonçalo Fátima Joaquim",
        "Gonçalves Magalhães Simões Araújo Brandão Falcão Lourenço Guimarães Silva Conceição Assunção Sá",
        "São Paulo,Brasília,Goiânia,Maceió,Belém,Évora,Bragança,Santarém,Porto,Florianópolis,Vitória",
    ),
    "nordic": (
        "Åsa Søren Bjørn Jørgen Märta Håkan Øyvind Göran Päivi Anders Kåre Jürgen Ærø Mårten Lars",
        "Åkerlund Sørensen Ødegård Sjöberg Mäkinen Hämäläinen Østby Nyström Lindström Jørgensen Berg Bråten",
        "Göteborg Malmö Århus Tromsø Jyväskylä Örebro Ålesund Bodø Linköping Västerås Oslo Umeå",
    ),
    "polish": (
        "Łukasz Małgorzata Paweł Michał Grażyna Stanisław Zofia Józef Wojciech Bożena Rafał Żaneta Agnieszka Jan",
        "Wiśniewski Dąbrowska Kamiński Zieliński Woźniak Kozłowski Jabłońska Król Wróbel Górski Pająk Sikora",
        "Kraków Łódź Wrocław Poznań Gdańsk Białystok Częstochowa Warszawa Toruń Rzeszów Gorzów Zabrze",
    ),
    "czech": (
        "Jiří Tomáš Ondřej Kateřina Lukáš Věra Zdeněk Petr Lenka Řehoř Šárka Bohuš Dvořák Matěj Jana",
        "Novák Dvořák Černý Procházka Kučera Veselý Horák Němec Růžička Beneš Šťastný Čermák Kříž Malá",
        "Plzeň Liberec Brno Kroměříž Ústí Děčín Zlín Třebíč České Písek Přerov Jihlava Praha",
    ),
    "hungarian": (
        "László György Zsófia István Gergő Erzsébet Ágnes Tünde Jenő Katalin Gábor Réka Csaba Dezső Éva",
        "Nagy Szabó Tóth Kovács Fűrész Erdős Szűcs Molnár Horváth Győri Bíró Török Lőrincz Balázs",
        "Győr Pécs Székesfehérvár Budapest Hódmezővásárhely Eger Gyöngyös Szeged Érd Kőszeg Szentendre",
    ),
    "russian": (
        "Иван Мария Пётр Ольга Дмитрий Анна Сергей Елена Юрий Наталья Алексей Татьяна Фёдор Ксения",
        "Иванов Петрова Смирнов Кузнецова Попов Соколова Лебедев Морозова Щербаков Жукова Яковлев Чехова",
        "Москва Казань Самара Воронеж Пермь Тверь Уфа Омск Тула Рязань Саратов Екатеринбург",
    ),
    "japanese": (
        "太郎 花子 健一 美咲 翔太 さくら 陽子 大輔 ケンジ 直樹 由美 恵子 一郎 誠",
        "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 斎藤",
        "東京都 大阪市 横浜市 名古屋市 札幌市 福岡県 京都府 神戸市 仙台市 千葉県 さいたま市 広島県",
    ),
    "chinese": (
        "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰",
        "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱",
        "北京市 上海市 广州市 深圳市 天津市 重庆市 成都市 武汉市 西安市 南京市 杭州市 苏州市",
    ),
    "taiwanese": (
        "志明 春嬌 家豪 淑芬 美玲 俊傑 雅婷 怡君 建宏 冠宇 佳穎 宗翰 詩涵 承恩",
        "陳 林 黃 張 李 王 吳 劉 蔡 楊 許 鄭 謝 郭",
        "臺北市 高雄市 臺中市 臺南市 新北市 桃園市 新竹縣 彰化縣 屏東縣 花蓮縣 宜蘭縣 嘉義市",
    ),
    "korean": (
        "민수 지영 서연 도윤 하은 준호 영희 철수 지훈 수진 현우 미영 상철 은주",
        "김 이 박 최 정 강 조 윤 장 임 한 오 서 신",
        "서울특별시 부산광역시 대구시 인천시 광주시 대전시 울산시 수원시 성남시 제주시 전주시 청주시",
    ),
}
"""First names, last names, cities; split at commas where there are any."""

FOREIGN_HEADERS = {
    "russian": ("Имя", "Фамилия", "Город"),
    "japanese": ("名前", "姓", "都市"),
    "chinese": ("名字", "姓氏", "城市"),
    "taiwanese": ("名字", "姓氏", "縣市"),
    "korean": ("이름", "성", "도시"),
}

ENCODINGS: dict[str, tuple[str, ...]] = {
    "utf-8": tuple(NAMES),
    "utf-16-le": ("german", "polish", "russian", "japanese"),
    "utf-16-be": ("french", "czech", "korean"),
    "utf-32-le": ("spanish", "chinese"),
    "utf-32-be": ("german", "japanese"),
    "utf-32": ("french", "russian"),
    "cp1252": ("german", "french", "spanish", "portuguese", "nordic"),
    "iso-8859-1": ("german", "french", "spanish", "portuguese", "nordic"),
    "iso-8859-15": ("german", "french", "spanish", "portuguese", "nordic"),
    "cp1250": ("polish", "czech", "hungarian"),
    "iso-8859-2": ("polish", "czech", "hungarian"),
    "cp1251": ("russian",),
    "cp850": ("german", "french", "spanish", "nordic"),
    "mac-roman": ("german", "french", "spanish", "portuguese", "nordic"),
    "shift_jis": ("japanese",),
    "euc-jp": ("japanese",),
    "gb18030": ("chinese",),
    "big5": ("taiwanese",),
    "euc-kr": ("korean",),
}


def short_lists(seed: int, each: int = 12) -> Iterator[Case]:
    """`each` lists of about 2 kB for every encoding; the name tells encoding and language."""
    for encoding, tongues in ENCODINGS.items():
        for number in range(each):
            tongue = tongues[number % len(tongues)]
            random = Random(f"{seed}/{encoding}/{number}")
            yield short_list(random, f"{encoding}_{tongue}_{number}", encoding, tongue)


def short_list(random: Random, name: str, encoding: str, tongue: str, rows: int = 30) -> Case:
    """A contact list of one language in one encoding."""
    first, last, cities = (words.split(",") if "," in words else words.split(" ") for words in NAMES[tongue])
    named = (
        FOREIGN_HEADERS.get(tongue, ("Name", "Surname", "City"))
        if random.random() < 0.5
        else ("Name", "Surname", "City")
    )
    header = ("E-Mail", *named, "Phone", "Date", "Notes")
    people = [
        (
            f"person{number}@example.com",
            random.choice(first),
            random.choice(last),
            random.choice(cities),
            f"+1 555 01{random.randint(10, 99)}",
            f"2024-0{random.randint(1, 9)}-1{random.randint(0, 9)}",
            random.choice(("VIP", "", "prefers e-mail", "called")),
        )
        for number in range(rows)
    ]
    style = Style(
        delimiter=random.choice((",", ";", "\t")), encoding=encoding, line_end=random.choice(("\n", "\r\n"))
    )
    return Case(name, text([line(row, style) for row in [header, *people]], style), header, tuple(people))
