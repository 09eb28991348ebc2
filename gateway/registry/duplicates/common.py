"""The commonest names of the region: how their spellings go together, and how many bear them.

The rules of `keys` bring most spellings of a name together. This table does it where they cannot (Yohannes, Yuhanis),
and keeps apart names that are nearly one word (Hassan, Hussein). The shares are rough: what matters is that Mohamed is
worth little and a name that nobody lists is worth much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.registry.duplicates.keys import Token, tokens

_RARE = 0.0008  # of people bear a name that no table lists
_SMALLEST = 0.00002
_BELIEF = 50

# Of a thousand name words, how many; then the spellings. The first one stands for all.
_TABLE = """
70 mohamed mohammed muhammad maxamed mahamed mehamed mohamad mehmed محمد መሐመድ መሀመድ
45 ahmed axmed ahmad ahmet احمد أحمد አህመድ አሕመድ
40 ali cali aly علي على አሊ ዓሊ
35 hassan xasan hasan hasen حسن ሐሰን ሀሰን
28 hussein xuseen hussen husein houssein hissein حسين ሁሴን ሑሴን
25 abdi cabdi abdou abdo abdu عبدي عبدو አብዲ አብዱ
25 abdullahi cabdullaahi cabdilaahi abdulahi abdallah abdalla abdulla abdella عبدالله عبداللاهي አብዱላሂ አብደላ
25 ibrahim ibraahim ebrahim ibrahima إبراهيم ابراهيم ኢብራሂም
25 omar cumar umar oumar umer omer عمر ኡመር ዑመር
20 yusuf yuusuf yousif youssouf yosef yusif yousuf يوسف ዩሱፍ
18 osman cusmaan othman usman ousman uthman عثمان ኡስማን ዑስማን
15 adam aadan aden adan aadam ادم آدم አደም
15 ismail ismaaciil ismael ismaciil smail إسماعيل اسماعيل ኢስማኢል
12 abdirahman cabdiraxmaan abdurahman abdelrahman abdourahman عبدالرحمن አብዲራህማን አብዱራህማን
12 mahamud maxamuud mahmoud mahmud mohamud mahmood mohamoud محمود ማህሙድ
10 saleh saalax salah saalih salih saleeh sale صالح صلاح ሳሊህ ሳላህ
10 jama jaamac djama giama جامع ጃማ
10 nur nuur noor nour nuru نور ኑር ኑሩ
10 said saciid saeed sayid seid سعيد ሰይድ ሰዒድ
10 farah faarax فارح ፋራህ
9 musa muuse moussa mussa muse mousa موسى موسي ሙሳ
9 abdikadir cabdiqaadir abdulkadir abdelgadir abdelkader abdiqadir عبدالقادر አብዱልቃድር
9 salad salaad salat
8 warsame warsameh
8 fatima fatuma faadumo fadumo fatouma fatma fatime faduma fatumo فاطمة فاطمه ፋጡማ ፋጢማ
8 amina aamina aminah aamino amino amna آمنة امنة امينة አሚና
8 halima xaliimo haliima halimo halimah حليمة ሀሊማ ሐሊማ
8 khadija khadiijo kadija hadija khadra khadijah خديجة ኸዲጃ ከዲጃ
8 asha caasho aisha aysha caisha aicha ayesha عائشة عاشة አይሻ አሻ
8 maryam maryan mariam maryama mariama meryem miriam مريم ማርያም መርየም
7 hawa xaawo hawo awa hauwa حواء ሀዋ
7 zahra sahra zahara sahro sehra zehra زهرة زهراء ዘህራ ዛህራ
6 zeinab seynab zaynab zainab seinab zenab زينب ዘይነብ
6 hodan hoodo hodo
6 abukar abuubakar abubakar aboubaker abubeker ابوبكر أبوبكر አቡበከር
6 idris idriis edris idriss إدريس ادريس ኢድሪስ
6 tesfaye tesfay tasfaye tasfay ተስፋዬ ተስፋይ
6 bekele baqala beqele bakala በቀለ
6 girma garma germa ግርማ
6 kebede kabada kebbede ከበደ
6 abebe ababa አበበ
6 haile hayle hayile haylie ኃይለ ሀይለ ኃይሌ ሀይሌ
6 tadesse taddese taadasaa tadese ታደሰ
6 alemu alamu aalemu አለሙ ዓለሙ
6 getachew gatachew getachow ጌታቸው
6 mulugeta mulugeeta ሙሉጌታ
6 yohannes yohanis yohanes johannes yohans ዮሐንስ ዮሃንስ
6 berhane birhane berhanu birhanu barhaanu brhane ብርሃኔ ብርሃኑ ብርሀኑ
6 hagos hagus ሐጎስ ሀጎስ
5 kiros kirros ኪሮስ
5 mehari mahari መሃሪ መሐሪ
5 tolosa tolasa tolossa tolasaa ቶሎሳ
5 chala caalaa challa chaala ጫላ
5 lemma lama lamma lemmaa ለማ
5 desta dasta desita ደስታ
5 almaz almas አልማዝ
5 tigist tegest tigest ትግስት ትዕግስት
5 sara sarah saaraa saara سارة ሳራ ሣራ
5 hana hanna hannah هناء ሐና ሃና
5 marta martha mertha ማርታ
5 suleiman saleebaan suleyman sulayman souleiman suleman سليمان ሱሌይማን
5 khalid khaalid kalid خالد ካሊድ
5 bashir bashiir bachir beshir بشير በሽር
5 hamid xaamid hamed حامد حميد ሀሚድ
5 amin aamin ameen امين أمين አሚን
5 bilal bilaal belal بلال ቢላል
5 salim saalim salem saliim سالم سليم ሳሊም
5 daud daauud dawud dawit daoud david داود داوود ዳዊት ዳውድ
5 yasin yaasiin yassin ياسين ያሲን
5 ayub ayuub ayoub ayyub أيوب ايوب አዩብ
5 mustafa mustaf mustapha mostafa moustapha مصطفى ሙስጠፋ
5 elmi cilmi ilmi علمي
5 hersi xirsi hirsi هرسي
5 muktar mukhtar mukhtaar moktar مختار ሙክታር
5 abas cabbaas abbas عباس አባስ
5 siyad siyaad siad زياد
5 kamal kamaal kemal kamel كمال ከማል
5 jamal jamaal jemal gamal djamal جمال ጀማል
5 tahir daahir taher dahir طاهر ጣሂር
5 rahma raxma rahmo raxmo rehma رحمة ራህማ
5 safia safiya saafi safiyo safiyya صفية ሶፍያ
5 ruqia ruqiya rukia ruqiyo rukiya roukia رقية ሩቅያ
5 saida saciida سعيدة ሰዓዳ
5 noura nuura nora noora nuura نورة نورا ኑራ
5 johar jowhar jawhar جوهر
"""


def _read() -> tuple[dict[tuple[str, bool], str], dict[str, float]]:
    """The name that each key stands for, by whether its script writes vowels, and the share of each such name."""
    named: dict[tuple[str, bool], str] = {}
    shares: dict[str, float] = {}
    for line in _TABLE.strip().splitlines():
        share, *spellings = line.split()
        for spelling in spellings:
            for token in tokens(spelling):
                named.setdefault((token.key, token.vowels), spellings[0])
        shares[spellings[0]] = float(share) / 1000
    return named, shares


_NAMED, _SHARES = _read()


def common(token: Token) -> str:
    """The common name that a token is a spelling of, or nothing."""
    return _NAMED.get((token.key, token.vowels), "")


@dataclass(frozen=True, slots=True)
class Shares:
    """How many people, of one, bear a name or live in a place: by common name or key. Never below one in 50,000."""

    known: Mapping[str, float] = field(default_factory=lambda: _SHARES)
    rare: float = _RARE

    def of(self, word: str) -> float:
        """The share of a common name or key."""
        return max(self.known.get(word, self.rare), _SMALLEST)

    def seen(self, words: Iterable[str]) -> Shares:
        """These shares corrected by a register: `words` are all name words in it (common name or key), repeated as
        often as borne. What was believed before counts as much as fifty words."""
        counts = Counter(words)
        total = counts.total() + _BELIEF
        every = {word: (counts[word] + _BELIEF * self.of(word)) / total for word in {*counts, *self.known}}
        return Shares(every, _BELIEF * self.rare / total)


def nothing_known() -> Shares:
    """Shares for words of which no table exists, to be corrected by a register."""
    return Shares({}, _RARE)
