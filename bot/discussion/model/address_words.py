"""The words by which a text shows whom it speaks to, and those that show that a name is an ordinary word, by language.

All are folded as names are, without accents.
"""

from collections.abc import Mapping
from typing import Final

from bot.discussion.text.folding import bare, fold_name


def _folded(rows: Mapping[str, str]) -> frozenset[str]:
    return frozenset(bare(fold_name(word)) for row in rows.values() for word in row.split())


# A name behind one of these is spoken to, with or without a comma: "Hi Anna", "Dear Anna", "Bonjour Anna".
GREETINGS: Final = _folded(
    {
        "English": """hi hello hey hiya yo oi howdy greetings dear morning afternoon evening night welcome bye goodbye
            cheers ok""",
        "German": "hallo hi hey servus moin liebe lieber guten morgen tag abend grüß gruß grüezi tschüss willkommen",
        "Dutch, Afrikaans": "hallo hoi dag beste lieve goedemorgen goedemiddag goedenavond",
        "Swedish, Danish, Norwegian": "hej hejsan hei heisann tjena god morgon dag kväll kveld aften kära kære kjære",
        "Finnish, Estonian": "hei moi terve moikka hyvää huomenta päivää iltaa rakas tere hommikust",
        "French": "bonjour salut bonsoir coucou cher chère allô bienvenue",
        "Spanish, Catalan": "hola buenos buenas días tardes noches querido querida estimado estimada oye bon dia bona",
        "Portuguese": "olá oi bom boa tarde noite caro cara querido querida ei",
        "Italian": "ciao buongiorno buonasera salve caro cara ehi",
        "Romanian": "salut bună buna ziua seara dragă",
        "Polish": "cześć hej witaj dzień dobry drogi droga szanowny szanowna",
        "Czech, Slovak": "ahoj čau dobrý den večer milý milá drahý drahá",
        "Croatian, Serbian, Slovene": "bok zdravo dobar dan dobro jutro dragi draga živjo pozdravljen",
        "Hungarian": "szia helló üdv kedves jó napot reggelt estét",
        "Latvian, Lithuanian": "sveiki sveika čau labdien labas sveikas miela mielas",
        "Turkish, Azerbaijani": "merhaba selam günaydın sevgili sayın iyi akşamlar salam",
        "Russian, Ukrainian, Bulgarian": """привет здравствуй здравствуйте добрый доброе день утро вечер дорогой дорогая
            уважаемый уважаемая эй привіт вітаю доброго дня шановний шановна здравей здравейте""",
        "Greek": "γεια σου σας καλημέρα καλησπέρα χαίρετε αγαπητέ αγαπητή ρε",
        "Arabic, Persian, Urdu": "مرحبا أهلا السلام عليكم يا عزيزي عزيزتي سلام درود ای عزیز اے",
        "Hebrew": "שלום היי בוקר ערב טוב יקר יקרה הי",
        "Hindi and its neighbours": "नमस्ते नमस्कार हे अरे प्रिय हैलो নমস্কার হ্যালো ওহে প্রিয় வணக்கம் నమస్కారం ನಮಸ್ಕಾರ ഹലോ",
        "Chinese, Japanese": "你好 您好 嗨 喂 亲爱的 早上好 こんにちは おはよう こんばんは やあ ねえ ねぇ もしもし",
        "Korean": "안녕하세요 안녕 저기 여보세요",
        "Thai, Khmer, Burmese": "สวัสดี หวัดดี เฮ้ สวัสดีครับ สวัสดีค่ะ",
        "Indonesian, Malay, Filipino": "halo hai selamat pagi siang sore malam kumusta",
        "Vietnamese": "chào xin này",
        "Swahili, Yoruba, Hausa, Zulu": "habari jambo mambo hujambo sannu sawubona bawo",
        "Georgian, Armenian": "გამარჯობა ძვირფასო სალამი բարեւ բարև հարգելի",
    }
)

# What a sentence may begin with before it calls somebody. A name behind these needs its comma, too: "So, Anna, …".
OPENERS: Final = GREETINGS | _folded(
    {
        "English": """so well but and or now then yes no yeah yep nope oh ah ahh hm hmm right okay alright thanks thank
            you please sorry good great fine sure indeed still also again look listen come tell ask question for my
            to over next first finally actually honestly agreed true exactly exact wait anyway quick really wow ha
            haha lol interesting nice a""",
        "German": "so aber und oder nun also ja nein ach na genau danke bitte doch gut stimmt sag sagen sie mal entschuldigung",
        "Dutch": "en maar nou ja nee goed bedankt dank je u dus",
        "Nordic languages": "men och ja nej nå tack takk tak så og jo kiitos mutta ja no niin niinpä joo ei siis",
        "French": "mais et alors oui non bon merci donc eh bien ah dis dites voyons",
        "Spanish, Portuguese, Italian": """pero y entonces sí no bueno pues gracias vale mas e então sim não obrigado
            obrigada pois allora ma sì grazie bene dunque scusa senti dimmi mira dime""",
        "Polish, Czech, Croatian": "ale i a więc tak nie dziękuję dzięki no tak ano ne děkuji díky hvala da pa",
        "Hungarian, Turkish": "és de igen nem köszönöm ama ve peki evet hayır teşekkürler",
        "Russian, Ukrainian, Bulgarian": "но и а так да нет ну спасибо хорошо скажи скажите послушай але так ні дякую",
        "Greek": "αλλά και λοιπόν ναι όχι ευχαριστώ",
        "Arabic, Persian, Hebrew": "لكن و نعم لا شكرا حسنا ولكن اما بله نه ممنون אבל ו כן לא תודה אז",
        "Hindi": "लेकिन और हाँ नहीं धन्यवाद अच्छा तो",
        "Chinese, Japanese, Korean": "但是 那么 那 是的 不 谢谢 では でも はい いいえ ありがとう じゃあ さて 그런데 그럼 네 아니요 고마워요",
        "Indonesian, Vietnamese, Swahili": "tapi dan ya tidak terima kasih nhưng và vâng không cảm ơn lakini na ndiyo asante",
    }
)

# A sentence of these and a name only thanks or greets: who is asked something elsewhere comes before.
THANKS: Final = _folded(
    {
        "English": "thanks thank thx ty well said put agreed true exactly",
        "others": """danke merci gracias obrigado obrigada grazie mulțumesc bedankt dank tack takk tak kiitos aitäh dziękuję
            dzięki děkuji díky ďakujem hvala köszönöm köszi paldies ačiū teşekkürler спасибо дякую благодаря хвала ευχαριστώ
            شكرا ممنون مرسی תודה धन्यवाद शुक्रिया ধন্যবাদ நன்றி 谢谢 謝謝 ありがとう ありがとうございます 감사합니다 고마워
            ขอบคุณ asante terima kasih cảm ơn salamat მადლობა շնորհակալություն""",
    }
)

# "over to you Anna", "et toi Anna": behind these and at the end of a sentence a name needs no comma.
SECOND_PERSON: Final = _folded(
    {
        "English": "you yours turn yourself please",
        "others": """dir dich du ihnen sie euch toi vous ti tú usted você tu te lei voi jij jou u dig deg du sinä sinulle
            ciebie ty tebe vy ты тебя тобой вы вас тебе сен sana sen siz εσύ εσένα εσείς σου أنت شما תו आप तुम তুমি আপনি 你 您""",
    }
)

# Between two who are spoken to, or about, alike.
CONJUNCTIONS: Final = _folded(
    {
        "all": """and & + or und oder en of og och eller ja tai et ou y e o u i a lub oraz nebo ili és vagy ve veya ile и или
            та й або και ή و أو یا ו או और या এবং மற்றும் 和 跟 与 と や 와 과 하고 이랑 และ và dan atau na და և"""
    }
)

# A question that follows a name at once speaks to its bearer: "Anna what do you think?".
ASKING: Final = _folded(
    {
        "English": "what how why when where who which whose do are can could would will did have were please tell should",
        "others": """was wie warum wann wo wer que qué cómo por quand comment pourquoi quel quelle qui come perché cosa mitä miten
            miksi onko hur varför vad hva hvad hvordan hvorfor co jak czy dlaczego proč jestli что как почему зачем когда
            що чому ne nasıl neden τι πώς γιατί ما كيف لماذا هل چه چرا מה איך למה क्या क्यों कैसे কি কেন apa bagaimana
            mengapa nini kwa wie wat hoe waarom""",
    }
)

# Words that, before what could be a name in small letters, show that it is none ("a king", "i hope", "what will") ...
NEVER_BEFORE_A_NAME: Final = _folded(
    {
        "English": """a an the my your his her its our their this these those no some any every each i we you they he she it
            what who not be been being will would can could may might shall should must very so too more most let's us
            him them there here at""",
        "others": """ein eine einen einem einer eines kein keine keinen mein meine dein im zum vom am das des dem den
            un une uno una um uma mon ma mes mi mis su sus el los las il lo le la les o os as een het en ett et ei
            не это эта этот моя мой ja minä hän""",
    }
)
# ... in capitals only these do: other languages have articles before names, and German capitalises nouns.
NEVER_BEFORE_A_CAPITAL: Final = _folded(
    {
        "English": "an my your his its our their",
        "German": "ein eine einen einem einer eines kein keine keinen mein meine dein sein im zum vom am dem des das",
    }
)
# ... and behind it: "will this", "hope it", "mark my".
NEVER_BEHIND_A_NAME: Final = _folded(
    {
        "English": """i you he she it we they this that these those the a an my your his her our their there me him us them
            anyone anybody someone somebody everyone nobody nothing something anything all""",
    }
)

# Names that are words of everyday speech as well. No such list can be whole: it only says where a name that nothing but
# its letters speaks for is not believed. What is called by comma, greeting or @ needs no list.
ALSO_WORDS: Final = _folded(
    {
        "English": """will may hope mark bill frank rose grace faith joy art jack sky summer angel max an king grant rob sue
            pat chase nick drew wade dale glen heath reed rich ray gene miles hunter mason cooper carter taylor baker cook
            chef doctor judge queen prince duke earl dean august april june autumn winter dawn eve star sunny stormy rain
            river brook lake forest ash ivy holly hazel olive lily daisy violet iris poppy ginger basil sage rosemary ruby
            pearl amber jade crystal opal gem harmony melody carol viola harp victor victory justice honor honour truth
            verity prudence patience mercy charity constance temperance clement felicity bliss merry happy precious
            christian pastor bishop abbot page porter piper potter smith fisher shepherd marshal major general sergeant
            captain guy chip chuck bob don dan ken sandy rusty dusty rocky cliff stone clay wolf fox bear robin jay wren
            lark dove phoenix raven buck drake cat bird ace king blue grey gray green brown black white red scarlet coral
            indigo rusty sterling penny cash dollar price buddy junior senior critic keeper engineer teacher writer
            scientist philosopher sceptic skeptic optimist pessimist moderator guest host expert student lawyer priest
            poet artist historian economist farmer sailor soldier nurse professor uncle aunt so can do in on am is be me
            he us my it a i long young moss wells banks woods rivers fields mills bush case lance rod guy hank bud gale
            skip tab tad bless honey sugar candy destiny trinity journey nova luna sol mia""",
        "German": """ernst wolf stern rose frank mark sommer winter engel kaiser könig richter klaus heide erika flora linde
            berg sonne wunsch mut glück liebe kraft groß klein lang kurz jung alt schwarz weiß braun kühn fromm dick""",
        "French": """pierre claire rose aimé constant juste blanche marine olive fleur soleil lune espérance prudence modeste
            marguerite violette jasmin reine prince ange noël franc""",
        "Spanish, Portuguese, Italian": """ángel paz sol luz mar rosa consuelo dolores esperanza gloria pilar rocío nieves
            blanca cruz rey león flor lluvia cielo alba estrella fe vida amor luna stella gioia vera chiara bella
            speranza serena franca mira salvador jesús domingo socorro mercedes remedios soledad clara serena sofia""",
        "Finnish, Estonian": """tuuli onni lumi satu usko toivo rauha ilma taimi kukka ruusu vuokko marja oras taisto voitto
            armas sulo lahja impi tyyne suvi meri aamu ilta taika vilja pilvi sade aura aalto anna luna tuisku""",
        "Nordic languages": "stig sten björn ulf frid liv sol dag storm bo ask alm vår sommer eld",
        "Turkish": """deniz umut barış güneş yağmur özgür ümit savaş çiçek gül bahar aslan demir toprak sevgi aşk can duygu
            ışık su nur kaya yıldız sevinç mutlu bulut ırmak ezgi devrim eylül nisan ben""",
        "Polish, Czech, Hungarian, Croatian": """miłosz róża kalina jagoda maja wiktor zora nada vera mira luka ljubav zlata
            vesna sunčica virág rózsa béke hajnal""",
        "Russian, Ukrainian": "вера надежда любовь роза лев мир слава майя злата заря надія віра любов",
        "Arabic, Persian, Hebrew": """أمل نور سعيد كريم جميل حسن سلام هدى إيمان رحمة ربيع قمر امید بهار مهر נור אור טל גל
            שיר נועם אביב שחר רון חן ים דרור יובל""",
        "Hindi": "आशा प्रेम दया राज आनंद शांति ज्योति सूरज किरण पूजा खुशी विजय",
        "Chinese, Japanese": "光 愛 爱 明 健 希望 太阳 和平 望 海 空 翼 桜 さくら ひかり のぞみ ひなた あおい 雪 花 春 夏 秋 冬 月 星 林 森",
        "Korean": "하늘 사랑 희망 가을 봄 별 이슬 슬기 나라 보람 아름 한별 소리 바다 하나 지혜 미소",
        "Indonesian, Vietnamese, Thai": "bunga bintang mawar indah putri an mai hoa lan nam việt ฝน ฟ้า น้ำ ใจ ดาว แก้ว ขวัญ มา",
    }
)
