"""Words that stand with a name and are none: titles before it, honorifics behind it, particles inside of it.

All are folded as names are. What a table lacks can be written into a persona's `aliases`.
"""

from typing import Final

from bot.discussion.text.folding import fold_name


def _words(*rows: str) -> frozenset[str]:
    return frozenset(fold_name(word) for row in rows for word in row.split())


# In front of a name, by language; but for abbreviations that are everyday words ("me", "hon", "sen", "mas").
_TITLES: Final = {
    "English": """mr mrs ms miss mx mister sir madam madame dame lord lady dr doctor prof professor rev reverend
        fr father sr sister br brother mother rabbi imam pastor bishop archbishop cardinal pope judge justice
        senator rep gov governor mayor president minister capt captain cpt col colonel maj major gen
        general lt lieutenant sgt sergeant cpl corporal pvt private adm admiral cmdr commander chief chef coach
        master uncle aunt auntie grandma grandpa king queen prince princess duke duchess count countess baron
        baroness earl emperor empress saint st nurse officer inspector detective agent""",
    "German": """herr herrn frau fräulein doktor professorin doktorin mag dipl ing med dent phil rer nat habil
        jur richter richterin pfarrer bruder schwester onkel tante oma opa könig königin graf gräfin fürst
        freiherr""",
    "Dutch": "meneer mevrouw mijnheer heer mw dhr tante oom",
    "Nordic languages": "hr fru frøken fröken frk kong dronning kung drottning",
    "Finnish, Estonian": "herra rouva neiti hra rva tohtori professori setä täti mummo ukki vaari härra proua",
    "French": """m mme mlle monsieur mademoiselle maître docteur docteure professeur professeure père mère
        frère soeur oncle tante roi reine""",
    "Spanish, Catalan": """señor señora señorita sra srta don doña d dña dra profesor profesora padre madre
        hermano hermana tío tía abuelo abuela rey reina senyor senyora""",
    "Portuguese": "senhor senhora dom dona doutor doutora tio tia avô avó",
    "Italian": """sig signor signore signora signorina dott dottor dottoressa professore professoressa zio zia
        nonno nonna suor fra""",
    "Romanian": "domnul doamna domnișoara dl dna",
    "Polish": "pan pani panie pana panna",
    "Czech, Slovak": "pán paní slečna profesorka doktorka",
    "Croatian, Serbian, Slovene": "gospodin gospodine gospođa gospođo gospođica gospod gospa gospodična",
    "Latvian, Lithuanian": "kungs kundze ponas ponia",
    "Turkish": "bay bayan sayın hoca",
    "Indonesian, Malay": "pak bapak bu ibu mbak kak tuan puan encik cik",
    "Swahili": "bwana bi bibi mzee mwalimu daktari",
    "Vietnamese": "ông bà anh chị cô chú bác thầy",
    "Russian, Ukrainian, Bulgarian": """господин господине госпожа госпожо товарищ доктор профессор дядя тётя
        тетя дед баба отец мать брат сестра пан пані панове г г-н г-жа""",
    "Greek": "κύριε κύριος κύριο κυρία κα κος κ δρ γιατρέ γιατρός καθηγητής καθηγήτρια",
    "Arabic": """السيد السيدة السيده الآنسة سيد سيدة دكتور دكتورة الدكتور الدكتورة د أستاذ أستاذة الأستاذ
        الأستاذة الشيخ شيخ الحاج عم عمة خال خالة""",
    "Persian, Urdu": "آقای آقا خانم دکتر استاد جناب ڈاکٹر پروفیسر",
    "Hebrew": "מר גברת גב' ד\"ר פרופ' פרופסור דוקטור הרב",
    "Hindi": "श्री श्रीमती सुश्री डॉ डॉक्टर प्रोफेसर",
    "Bengali, Tamil": "জনাব শ্রী ডা ড திரு திருமதி டாக்டர்",
    "Georgian, Armenian": "ბატონო ბატონი ქალბატონო ქალბატონი დოქტორი პროფესორი պարոն տիկին օրիորդ բժիշկ",
    # These stand before a name without a space.
    "Thai": "คุณ นาย นาง นางสาว ดร พี่ น้อง ครู อาจารย์ หมอ ลุง ป้า",
}
TITLES: Final = _words(*_TITLES.values())

# Behind a name, with nothing or a space between the two.
HONORIFICS_OF_HAN: Final = (
    # Japanese
    *("さん", "さま", "様", "君", "くん", "ちゃん", "氏", "殿", "先生", "先輩", "博士", "教授", "社長", "部長"),
    # Chinese
    *("老师", "老師", "女士", "小姐", "太太", "夫人", "同学", "同學", "医生", "醫生", "师傅", "師傅", "阿姨", "叔叔"),
    *("大哥", "大姐", "爷爷", "奶奶", "哥", "姐", "总", "總", "工", "导", "律师", "律師"),
)
# In front of a Chinese surname of one character, among friends.
PREFIXES_OF_HAN: Final = ("小", "老", "阿")
# Behind a Japanese surname, which may be one of two characters.
HONORIFICS_OF_JAPAN: Final = HONORIFICS_OF_HAN[:14]
# The surnames that nearly all Chinese bear; a name that begins with none of them may be a nickname.
CHINESE_SURNAMES: Final = frozenset(
    """
    王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅高郑鄭梁谢謝宋唐许許邓鄧韩韓冯馮曹彭曾肖蕭田董袁潘于蒋蔣
    蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀
    顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯
    """
) - {"\n", " "}
HONORIFICS_OF_HANGUL: Final = (
    *("씨", "님", "선생님", "선생", "선배님", "선배", "박사님", "박사", "교수님", "교수", "형", "누나", "오빠", "언니"),
    *("양", "군"),
)
# In Latin letters, behind a space or a hyphen.
HONORIFICS_IN_LATIN: Final = (
    *("san", "sama", "kun", "chan", "sensei", "senpai", "dono"),  # Japanese
    *("ssi", "nim", "seonsaengnim", "oppa", "unnie", "hyung", "noona"),  # Korean
    *("ji", "bhai", "sahib", "saheb", "didi", "bhaiya"),  # of India
    *(fold_name("hanım"), "bey", "abla", "abi", "efendi", "hocam"),  # Turkish
    *("úr", "néni", "bácsi", "asszony"),  # Hungarian
    *("ơi", "oi"),  # Vietnamese, to call somebody
)
HONORIFICS: Final = (
    *HONORIFICS_OF_HAN,
    *HONORIFICS_OF_HANGUL,
    *HONORIFICS_IN_LATIN,
    *map(fold_name, ("جان", "خانم", "آقا", "صاحب", "بھائی")),  # Persian, Urdu
    # Hindi, Punjabi, Bengali
    *("जी", "भाई", "बहन", "साहब", "दीदी", "ਜੀ", "দা", "দি", "জি", "বাবু", "ভাই"),
)


# Inside of a surname: "van der Berg" is called so, or "Berg".
PARTICLES: Final = _words(
    "van von vom zu zum zur der den het ter ten te 't de del dela della dello delle degli di da das do dos du des",
    "la las le les lo los el al ad bin bint ibn ben bat abu abd af av y e i san santa st mac mc ap ab ua ní nic und",
)

# In front of what is a description and no name: none of its words calls anybody. (Le and La begin names, too.)
ARTICLES: Final = _words("the der die das den")

# Behind a name.
SUFFIXES: Final = _words("jr sr jnr snr junior senior ii iii iv v phd md esq msc bsc ma ba mba")
