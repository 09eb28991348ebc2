"""A made-up register of the region, labelled: who is who. Everything follows from the seed.

People come in families (brothers and sisters share the second and third name, often the phone and the area; some are
twins), some are parents of others, and many share the commonest names by chance. Some people stand in it two or three
times: written by another office in another spelling or script, with a name left out, an age instead of a year, another
phone, another district. `python bench/duplicates_register.py SEED PEOPLE` prints it as CSV.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

TODAY = 2026
COLUMNS = ("record_id", "full_name", "sex", "birth_from", "birth_to", "admin2", "phone", "person_id")

# Each name as Somali offices, English ones, Arabic and Ethiopic write it, the commonest first. "-": not in that script.
MEN = """
Maxamed Mohamed محمد መሐመድ|Axmed Ahmed أحمد አህመድ|Cali Ali علي አሊ|Xasan Hassan حسن ሐሰን
Xuseen Hussein حسين ሁሴን|Cabdi Abdi عبدي አብዲ|Ibraahim Ibrahim إبراهيم ኢብራሂም|Cumar Omar عمر ዑመር
Yuusuf Yusuf يوسف ዩሱፍ|Cusmaan Osman عثمان ኡስማን|Cabdullaahi Abdullahi عبدالله አብዱላሂ|Aadan Adam آدم አደም
Ismaaciil Ismail إسماعيل ኢስማኢል|Cabdiraxmaan Abdirahman عبدالرحمن አብዲራህማን|Maxamuud Mahamud محمود ማህሙድ
Saalax Saleh صالح ሳላህ|Jaamac Jama جامع ጃማ|Nuur Noor نور ኑር|Saciid Said سعيد ሰዒድ|Faarax Farah فارح ፋራህ
Muuse Musa موسى ሙሳ|Cabdiqaadir Abdulkadir عبدالقادر አብዱልቃድር|Salaad Salad - -|Warsame Warsame - -
Saleebaan Suleiman سليمان ሱሌይማን|Idiris Idris إدريس ኢድሪስ|Abuubakar Abubakar أبوبكر አቡበከር
Bashiir Bashir بشير በሽር|Xaamid Hamid حامد ሀሚድ|Aamiin Amin أمين አሚን
Cabdirashiid Abdirashid عبدالرشيد አብዲራሺድ|Cabdicasiis Abdulaziz عبدالعزيز አብዱልአዚዝ
Nuuraddiin Nureddin نورالدين ኑረዲን|Cabdinaasir Abdinasir عبدالناصر -|Xirsi Hersi - -|Cilmi Elmi علمي -
Ducaale Duale - -|Guuleed Guled - -|Liibaan Liban - -|Shirwac Shirwa - -|Rooble Roble - ሮብሌ
Cawaale Awale - -|Diiriye Dirie - -|Xoosh Hosh - -|Geeddi Geedi - -|Bile Bile - -|Kaahin Kahin - -
Samatar Samatar - -|Koshin Koshin - -|Yaasiin Yassin ياسين ያሲን|Bilaal Bilal بلال ቢላል
Khaalid Khalid خالد ካሊድ|Mukhtaar Mukhtar مختار ሙክታር|Ayuub Ayoub أيوب አዩብ|Daa'uud Daud داود ዳውድ
Tariiq Tarig طارق -|Haytham Haitham هيثم -|Muzammil Muzamil مزمل -|Taajaddiin Tajeldin تاجالدين -
Bakri Bakri بكري -|Cawad Awad عوض -|Cismaan Osman عثمان ዑስማን|Xamsa Hamza حمزة ሀምዛ
Tesfaye Tesfaye تسفاي ተስፋዬ|Bekele Bekele - በቀለ|Girma Girma - ግርማ|Kebede Kebede - ከበደ|Abebe Abebe - አበበ
Haile Haile - ኃይለ|Tadesse Tadesse - ታደሰ|Alemu Alemu - ዓለሙ|Getachew Getachew - ጌታቸው
Mulugeta Mulugeta - ሙሉጌታ|Yohannes Yohannes - ዮሐንስ|Hagos Hagos - ሐጎስ|Kiros Kiros - ኪሮስ
Mehari Mehari - መሃሪ|Tolosa Tolosa - ቶሎሳ|Caalaa Chala - ጫላ|Lemma Lemma - ለማ
Gebreselassie Gebreselassie - ገብረሥላሴ|Weldemariam Weldemariam - ወልደማርያም|Tekle Tekle - ተክሌ
Gemechu Gemechu - ገመቹ|Dabalaa Debela - ደበላ|Gurmuu Gurmu - ጉርሙ|Fiqaaduu Fikadu - ፍቃዱ
Nagaasaa Negasa - ነጋሳ|Boruu Boru - ቦሩ|Jaarraa Jara - ጃራ|Galataa Geleta - ገለታ|Shifarraa Shiferaw - ሽፈራው
Tewolde Tewolde - ተወልደ|Asmerom Asmerom - አስመሮም|Berhane Berhane - ብርሃኔ|Fisseha Fisseha - ፍስሃ
Negash Negash - ነጋሽ|Seyoum Seyoum - ስዩም
"""
WOMEN = """
Faadumo Fatuma فاطمة ፋጡማ|Aamina Amina آمنة አሚና|Xaliimo Halima حليمة ሀሊማ|Khadiija Khadija خديجة ኸዲጃ
Caasha Aisha عائشة አይሻ|Maryan Maryam مريم ማርያም|Xaawo Hawa حواء ሀዋ|Sahra Zahra زهراء ዛህራ
Seynab Zainab زينب ዘይነብ|Hodan Hodan - -|Nuura Noura نورة ኑራ|Saciida Saida سعيدة ሰዒዳ|Raxma Rahma رحمة ራህማ
Safiya Safia صفية ሶፊያ|Ruqiya Rukia رقية ሩቅያ|Ifraax Ifrah إفراح -|Ubax Ubah - -|Sagal Sagal - -
Hibaaq Hibaq - -|Deeqa Deka - ደቃ|Naciima Naima نعيمة ናኢማ|Samiira Samira سميرة ሰሚራ|Ladan Ladan - -
Istaahil Istahil - -|Muna Muna منى ሙና|Ikraam Ikram إكرام ኢክራም|Xamdi Hamdi حمدي -|Filsan Filsan - -
Iqbaal Ikbal إقبال -|Sucaad Suad سعاد ሱዓድ|Ishraaq Ishraq إشراق -|Almaz Almaz - አልማዝ
Tigist Tigist - ትዕግስት|Desta Desta - ደስታ|Saaraa Sara سارة ሣራ|Haannaa Hana - ሐና|Martha Marta - ማርታ
Hiwet Hiwot - ሕይወት|Selam Selam - ሰላም|Caaltuu Chaltu - ጫልቱ|Leensaa Lensa - ሌንሳ|Boontuu Bontu - ቦንቱ
Letay Letay - ለታይ|Abrehet Abrehet - አብረኸት|Genet Genet - ገነት|Tsige Tsige - ጽጌ|Mebrat Mebrat - መብራት
Qaabale Kebele - ቀበሌ|Obsee Obse - ኦብሴ|Faaxuma Fatima فاطمة ፋጢማ
"""


@dataclass(frozen=True)
class Name:
    """One name in the four ways of writing it; an empty text where a script has none."""

    somali: str
    english: str
    arabic: str
    ethiopic: str


@dataclass(frozen=True)
class Person:
    """Someone as they are. `born` is the true year; `line` their own, father's and grandfather's name."""

    number: int
    line: tuple[Name, ...]
    sex: str
    born: int
    area: str
    phone: str


@dataclass(frozen=True)
class Row:
    """One record of the register, in the columns of the file."""

    record_id: str
    full_name: str
    sex: str
    birth_from: str
    birth_to: str
    admin2: str
    phone: str
    person_id: str


def _names(text: str, highland: bool) -> tuple[list[Name], list[float]]:
    """The names of the Ethiopian and Eritrean highlands, or those of everybody else, with running weights."""
    names = [
        Name(*("" if form == "-" else form for form in entry.split()))
        for line in text.strip().splitlines()
        for entry in line.split("|")
    ]
    names = [name for name in names if bool(name.ethiopic and not name.arabic) == highland]
    weights = list(accumulate(1 / (place + 3) ** 0.85 for place in range(len(names))))
    return names, weights


_MEN = {highland: _names(MEN, highland) for highland in (False, True)}
_WOMEN = {highland: _names(WOMEN, highland) for highland in (False, True)}
_AREAS = [
    f"{adm1}{n:02}"
    for adm1 in (f"{c}{k:02}" for c in ("ET", "SO", "SD") for k in range(1, 14))
    for n in range(1, 8)
]


def register(seed: int, people: int) -> Iterator[Row]:
    """The records of that many people, in a random order."""
    chance = random.Random(seed)
    rows = [row for person in _people(chance, people) for row in _records(chance, person)]
    chance.shuffle(rows)
    for number, row in enumerate(rows):
        yield replace(row, record_id=f"r{number}")


def _pick(chance: random.Random, pool: tuple[list[Name], list[float]]) -> Name:
    return chance.choices(pool[0], cum_weights=pool[1])[0]


def _own(chance: random.Random, sex: str, highland: bool) -> Name:
    return _pick(chance, (_MEN if sex == "m" else _WOMEN)[highland])


def _phone(chance: random.Random) -> str:
    return f"+2526{chance.randrange(10**7, 10**8)}"


def _people(chance: random.Random, count: int) -> Iterator[Person]:
    """Families until there are enough: one to five children, sometimes a parent, a phone often shared."""
    number = 0
    while number < count:
        highland = chance.random() < 0.3
        father, grandfather, older = (_own(chance, "m", highland) for _ in range(3))
        area, phone, born = chance.choice(_AREAS), _phone(chance), chance.randint(1960, 2012)
        members: list[Person] = []
        for _ in range(chance.choices((1, 2, 3, 4, 5), (50, 22, 14, 9, 5))[0]):
            sex = chance.choice("mmf")
            own = _own(chance, sex, highland)
            if any(own == member.line[0] for member in members):
                continue  # nobody gives two children one name
            mine = phone if chance.random() < 0.6 else _phone(chance)
            members.append(Person(number, (own, father, grandfather), sex, born, area, mine))
            number += 1
            born += 0 if chance.random() < 0.06 else chance.randint(1, 4)  # twins
        if chance.random() < 0.1:
            yield Person(number, (father, grandfather, older), "m", members[0].born - 25, area, phone)
            number += 1
        yield from members


def _records(chance: random.Random, person: Person) -> Iterator[Row]:
    """A person's first record and those of a second or third registration."""
    yield _written(chance, person, first=True)
    for _ in range(chance.choices((0, 1, 2), (75, 20, 5))[0]):
        yield _written(chance, _moved(chance, person), first=False)


def _moved(chance: random.Random, person: Person) -> Person:
    if chance.random() < 0.45:
        person = replace(person, phone=_phone(chance))
    luck = chance.random()
    if luck < 0.15:
        person = replace(person, area=person.area[:4] + chance.choice(_AREAS)[4:])
    elif luck < 0.3:
        person = replace(person, area=chance.choice(_AREAS))
    return person


def _written(chance: random.Random, person: Person, *, first: bool) -> Row:
    first_year, last_year = _birth(chance, person.born)
    sex = person.sex if chance.random() > 0.01 else "mf"[person.sex == "m"]
    return Row(
        "",
        _full_name(chance, person.line, first=first),
        sex if chance.random() > 0.03 else "",
        str(first_year),
        str(last_year),
        person.area if chance.random() > 0.05 else "",
        person.phone if chance.random() > 0.1 else "",
        f"p{person.number}",
    )


def _birth(chance: random.Random, born: int) -> tuple[int, int]:
    """A year, or an age (two years), often a guess; some ages are rounded, some years are Ethiopian."""
    born += chance.choices((-3, -2, -1, 0, 1, 2, 3), (1, 3, 10, 72, 10, 3, 1))[0]
    luck = chance.random()
    if luck < 0.45:
        return born, born
    age = TODAY - born
    if luck < 0.55:
        age = max(5 * round(age / 5), 1)
    elif luck < 0.58:
        return born - chance.choice((7, 8)), born - 7
    return TODAY - age - 1, TODAY - age


def _full_name(chance: random.Random, line: tuple[Name, ...], *, first: bool) -> str:
    if chance.random() < (0.08 if first else 0.2):
        line = line[:2]
    elif not first and chance.random() < 0.03:
        line = (line[0], line[2])
    if chance.random() < 0.015:
        line = (line[1], line[0], *line[2:])
    writer = chance.choices(
        (_somali, _english, _french, _italian, _arabic, _ethiopic), (30, 36, 10, 4, 11, 9)
    )[0]
    scripts = {_arabic: [name.arabic for name in line], _ethiopic: [name.ethiopic for name in line]}
    if not all(scripts.get(writer, ["yes"])):
        writer = _english
    return _spaced(chance, " ".join(writer(chance, name) for name in line))


def _spaced(chance: random.Random, name: str) -> str:
    """A compound written apart, capitals or none."""
    if chance.random() < 0.3:
        name = re.sub(r"\b([CcAa]?)bd(i|ul|el)(?=[a-z]{4})", lambda m: f"{m[0]} ", name)
        name = name.replace("عبدال", "عبد ال")
    return chance.choice((str.title, str.title, str.upper, str.lower, str))(name)


def _somali(chance: random.Random, name: Name) -> str:
    return _slip(chance, name.somali)


def _english(chance: random.Random, name: Name) -> str:
    """As heard: vowels and doubled letters are a matter of taste."""
    word = name.english
    for pattern, other in (
        ("oo|u(?!$)", "ou"),
        ("a(?=[^aeiou]e)", "e"),
        ("e", "i"),
        ("o", "u"),
        ("i", "e"),
        ("ss", "s"),
        ("(?<=[aeiou])([mslr])(?=[aeiou])", r"\1\1"),
        ("ei", "e"),
        ("K", "Kh"),
        ("q", "k"),
        ("k", "q"),
        ("^H", "H"),
        ("w", "u"),
        ("a$", "ah"),
    ):
        if chance.random() < 0.07:
            word = re.sub(pattern, other, word, count=1)
    return _slip(chance, word)


def _french(chance: random.Random, name: Name) -> str:
    word = name.english
    for pattern, other in (
        ("oo|u", "ou"),
        ("J", "Dj"),
        ("j", "dj"),
        ("sh", "ch"),
        ("(?<=[aeiou])s(?=[aeiou])", "ss"),
        ("w", "ou"),
    ):
        word = re.sub(pattern, other, word)
    return _slip(chance, word)


def _italian(chance: random.Random, name: Name) -> str:
    word = name.english
    for pattern, other in (
        ("oo", "u"),
        ("J", "Gi"),
        ("sh(?=[ie])", "sc"),
        ("k", "c"),
        ("h(?=$|[^aeiou])", ""),
    ):
        word = re.sub(pattern, other, word) if chance.random() < 0.8 else word
    return _slip(chance, word)


def _arabic(chance: random.Random, name: Name) -> str:
    """Without the hamza, and with `ه` for `ة`, as often as not."""
    word = name.arabic
    for one, other in (("[أإآ]", "ا"), ("ة$", "ه"), ("ى$", "ي")):
        word = re.sub(one, other, word) if chance.random() < 0.5 else word
    return word


def _ethiopic(chance: random.Random, name: Name) -> str:
    """Letters that sound alike are written one for another."""
    word = name.ethiopic
    for one, other in (("ሐ", "ሀ"), ("ዑ", "ኡ"), ("ሥ", "ስ"), ("ኃ", "ሀ"), ("ዓ", "አ"), ("ጽ", "ፅ")):
        word = word.replace(one, other) if chance.random() < 0.4 else word
    return word


def _slip(chance: random.Random, word: str) -> str:
    """Now and then one letter is lost, doubled, swapped with the next, or another."""
    if chance.random() > 0.05 or len(word) < 4:
        return word
    at = chance.randrange(1, len(word) - 1)
    slips: tuple[Callable[[], str], ...] = (
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
        lambda: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda: word[:at] + chance.choice("aeioumnrst") + word[at + 1 :],
    )
    return chance.choice(slips)()


def main() -> None:
    """Print the register as CSV."""
    seed, people = int(sys.argv[1]), int(sys.argv[2])
    out = csv.writer(sys.stdout)
    out.writerow(COLUMNS)
    for row in register(seed, people):
        out.writerow([getattr(row, column) for column in COLUMNS])


if __name__ == "__main__":
    main()
