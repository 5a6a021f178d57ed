"""The words by which a text shows whom it speaks to, by language, folded as names are and without accents."""

from collections.abc import Mapping
from typing import Final

from bot.discussion.text.folding import bare, fold_name


def folded_words(rows: Mapping[str, str]) -> frozenset[str]:
    """The words of a table: a row a language, with spaces between them."""
    return frozenset(bare(fold_name(word)) for row in rows.values() for word in row.split())


# A name behind one of these is spoken to, with or without a comma: "Hi Anna", "Dear Anna", "Bonjour Anna".
GREETINGS: Final = folded_words(
    {
        "English": """hi hello hey hiya yo oi howdy greetings dear morning afternoon evening night welcome bye
            goodbye cheers ok""",
        "German": """hallo hi hey servus moin liebe lieber guten morgen tag abend grüß gruß grüezi tschüss
            willkommen""",
        "Dutch, Afrikaans": "hallo hoi dag beste lieve goedemorgen goedemiddag goedenavond",
        "Swedish, Danish, Norwegian": """hej hejsan hei heisann tjena god morgon dag kväll kveld aften kära kære
            kjære""",
        "Finnish, Estonian": "hei moi terve moikka hyvää huomenta päivää iltaa rakas tere hommikust",
        "French": "bonjour salut bonsoir coucou cher chère allô bienvenue",
        "Spanish, Catalan": """hola buenos buenas días tardes noches querido querida estimado estimada oye bon
            dia bona""",
        "Portuguese": "olá oi bom boa tarde noite caro cara querido querida ei",
        "Italian": "ciao buongiorno buonasera salve caro cara ehi",
        "Romanian": "salut bună buna ziua seara dragă",
        "Polish": "cześć hej witaj dzień dobry drogi droga szanowny szanowna",
        "Czech, Slovak": "ahoj čau dobrý den večer milý milá drahý drahá",
        "Croatian, Serbian, Slovene": "bok zdravo dobar dan dobro jutro dragi draga živjo pozdravljen",
        "Hungarian": "szia helló üdv kedves jó napot reggelt estét",
        "Latvian, Lithuanian": "sveiki sveika čau labdien labas sveikas miela mielas",
        "Turkish, Azerbaijani": "merhaba selam günaydın sevgili sayın iyi akşamlar salam",
        "Russian, Ukrainian, Bulgarian": """привет здравствуй здравствуйте добрый доброе день утро вечер дорогой
            дорогая уважаемый уважаемая эй привіт вітаю доброго дня шановний шановна здравей здравейте""",
        "Greek": "γεια σου σας καλημέρα καλησπέρα χαίρετε αγαπητέ αγαπητή ρε",
        "Arabic, Persian, Urdu": "مرحبا أهلا السلام عليكم يا عزيزي عزيزتي سلام درود ای عزیز اے",
        "Hebrew": "שלום היי בוקר ערב טוב יקר יקרה הי",
        "Hindi and its neighbours": """नमस्ते नमस्कार हे अरे प्रिय हैलो নমস্কার হ্যালো ওহে প্রিয় வணக்கம்
            నమస్కారం ನಮಸ್ಕಾರ ഹലോ""",
        "Chinese, Japanese": "你好 您好 嗨 喂 亲爱的 早上好 こんにちは おはよう こんばんは やあ ねえ ねぇ もしもし",
        "Korean": "안녕하세요 안녕 저기 여보세요",
        "Thai, Khmer, Burmese": "สวัสดี หวัดดี เฮ้ สวัสดีครับ สวัสดีค่ะ",
        "Indonesian, Malay, Filipino": "halo hai selamat pagi siang sore malam kumusta",
        "Vietnamese": "chào xin này",
        "Swahili, Yoruba, Hausa, Zulu": "habari jambo mambo hujambo sannu sawubona bawo",
        "Georgian, Armenian": "გამარჯობა ძვირფასო სალამი բարեւ բարև հարգելի",
    }
)

# These stand before nobody but whoever is called.
CALLING_WORDS: Final = folded_words(
    {"Arabic, Persian, Urdu": "يا أيها ای اے", "Hindi, Bengali": "हे ओ ওহে", "Greek": "ρε"}
)

# What a sentence may begin with before it calls somebody. A name behind these needs its comma, too: "So, Anna, …".
OPENERS: Final = GREETINGS | folded_words(
    {
        "English": """er erm uh um uhm ehm hmm mhm so well but and or now then yes no yeah yep nope oh ah ahh hm
            hmm right okay alright thanks thank you please sorry good great fine sure indeed still also again
            look listen come tell ask question for my to over next first finally actually honestly agreed true
            exactly exact wait anyway quick really wow ha haha lol interesting nice one a job work point
            question idea dear""",
        "German": """so aber und oder nun also ja nein ach na genau danke bitte doch gut stimmt sag sagen sie
            mal entschuldigung""",
        "Dutch": "en maar nou ja nee goed bedankt dank je u dus",
        "Nordic languages": "men och ja nej nå tack takk tak så og jo kiitos mutta ja no niin niinpä joo ei siis",
        "French": "mais et alors oui non bon merci donc eh bien ah dis dites voyons",
        "Spanish, Portuguese, Italian": """pero y entonces sí no bueno pues gracias vale mas e então sim não
            obrigado obrigada pois allora ma sì grazie bene dunque scusa senti dimmi mira dime""",
        "Polish, Czech, Croatian": "ale a więc tak nie dziękuję dzięki no tak ano ne děkuji díky hvala da pa",
        "Hungarian, Turkish": "és de igen nem köszönöm ama ve peki evet hayır teşekkürler",
        "Russian, Ukrainian, Bulgarian": """но и а так да нет ну спасибо хорошо скажи скажите послушай але так
            ні дякую""",
        "Greek": "αλλά και λοιπόν ναι όχι ευχαριστώ",
        "Arabic, Persian, Hebrew": "لكن و نعم لا شكرا حسنا ولكن اما بله نه ممنون אבל ו כן לא תודה אז",
        "Hindi": "लेकिन और हाँ नहीं धन्यवाद अच्छा तो",
        "Chinese, Japanese": "但是 那么 那 是的 不 谢谢 では でも はい いいえ ありがとう じゃあ さて",
        "Korean": "그런데 그럼 네 아니요 고마워요",
        "Indonesian, Vietnamese, Swahili": """tapi dan ya tidak terima kasih nhưng và vâng không cảm ơn lakini
            na ndiyo asante""",
    }
)

# A sentence of these and a name only thanks or greets: who is asked something elsewhere comes before.
THANKS: Final = folded_words(
    {
        "English": "thanks thank thx ty well said put agreed true exactly",
        "others": """danke merci gracias obrigado obrigada grazie mulțumesc bedankt dank tack takk tak kiitos
            aitäh dziękuję dzięki děkuji díky ďakujem hvala köszönöm köszi paldies ačiū teşekkürler спасибо
            дякую благодаря хвала ευχαριστώ شكرا ممنون مرسی תודה धन्यवाद शुक्रिया ধন্যবাদ நன்றி 谢谢 謝謝 ありがとう
            ありがとうございます 감사합니다 고마워 ขอบคุณ asante terima kasih cảm ơn salamat მადლობა շնորհակալություն""",
    }
)

# "over to you Anna", "et toi Anna": behind these and at the end of a sentence a name needs no comma.
SECOND_PERSON: Final = folded_words(
    {
        "English": "you yours turn yourself please",
        "others": """dir dich du ihnen sie euch toi vous ti tú usted você tu te lei voi jij jou u dig deg du
            sinä sinulle ciebie ty tebe vy ты тебя тобой вы вас тебе сен sana sen siz εσύ εσένα εσείς σου أنت
            شما תו आप तुम তুমি আপনি 你 您""",
    }
)

# Between two who are spoken to, or about, alike.
CONJUNCTIONS: Final = folded_words(
    {
        "all": """and & + or und oder en of og och eller ja tai et ou y e o u i a lub oraz nebo ili és vagy ve
            veya ile и или та й або και ή و أو یا ו או और या এবং மற்றும் 和 跟 与 と や 와 과 하고 이랑 และ và dan atau na
            და և""",
    }
)

# Behind one of these a name and a colon hand over to its bearer: "Let me ask Anna: …".
ASKERS: Final = folded_words(
    {
        "English": "ask asking asks to for from towards tell telling invite call",
        "others": """frage frag fragen an für à demande demander pour a pregunto preguntar para pergunto kysyn
            kysyisin fråga fråger spør spørre pytam pytanie zeptám spytam soracağım спрошу спросить вопрос к για
            ρωτώ أسأل שאלה""",
    }
)

# Before "you", too: "Anna can you …".
AUXILIARIES: Final = folded_words({"English": "do are can could would will did have were should is does has"})

# A question or a request that follows a name at once speaks to its bearer: "Anna what do you think".
QUESTION_WORDS: Final = folded_words(
    {
        "English": "what how why when where which whose please tell help",
        "others": """was wie warum wann wo wer que qué cómo por quand comment pourquoi quel quelle qui come
            perché cosa mitä miten miksi onko hur varför vad hva hvad hvordan hvorfor co jak czy dlaczego proč
            jestli что как почему зачем когда що чому ne nasıl neden τι πώς γιατί ما كيف لماذا هل چه چرا מה איך
            למה क्या क्यों कैसे কি কেন apa bagaimana mengapa nini kwa wie wat hoe waarom""",
    }
)
