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
            goodbye cheers ok gm gn sup ahoy hullo esteemed respected""",
        "German": """hallo hi hey servus moin liebe lieber guten morgen tag abend grüß gruß grüezi tschüss
            willkommen geehrte geehrter geehrtes verehrte verehrter werte werter""",
        "Dutch, Afrikaans": "hallo hoi dag beste lieve goedemorgen goedemiddag goedenavond",
        "Swedish, Danish, Norwegian": """hej hejsan hei heisann tjena god morgon dag kväll kveld aften kära
            kære kjære""",
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
        "Russian, Ukrainian, Bulgarian": """привет здравствуй здравствуйте
            добрый доброе день утро вечер дорогой дорогая
            уважаемый уважаемая эй привіт вітаю доброго дня
            шановний шановна здравей здравейте""",
        "Greek": """γεια σου σας καλημέρα καλησπέρα χαίρετε αγαπητέ
            αγαπητή ρε""",
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
            back happy birthday congrats congratulations rip hmm right okay alright thanks thank you please
            sorry good great fine sure indeed still also again look listen come tell ask question for my to over
            next first finally actually honestly agreed true exactly exact wait anyway quick really wow ha haha
            lol interesting nice one a job work point question idea dear friend nah wdym lmao omg idk tbh fr bro
            dude imo perhaps maybe ty thx np yup nay aye welp erm""",
        "German": """so aber und oder nun also ja nein ach na genau danke bitte doch gut stimmt sag sagen sie
            sehr mal entschuldigung mein meine""",
        "Dutch": "en maar nou ja nee goed bedankt dank je u dus",
        "Nordic languages": "men och ja nej nå tack takk tak så og jo kiitos mutta ja no niin niinpä joo ei siis",
        "French": "mais et alors oui non bon merci donc eh bien ah dis dites voyons ma mon",
        "Spanish, Portuguese, Italian": """pero y entonces sí no bueno pues gracias vale mas e então sim não
            obrigado obrigada pois allora ma sì grazie bene dunque scusa senti dimmi mira dime mi mia mio meu
            minha""",
        "Polish, Czech, Croatian": "ale a więc tak nie dziękuję dzięki no tak ano ne děkuji díky hvala da pa",
        "Hungarian, Turkish": "és de igen nem köszönöm ama ve peki evet hayır teşekkürler",
        "Russian, Ukrainian, Bulgarian": """но и а так да нет ну спасибо хорошо
            скажи скажите послушай але так ні дякую мой моя мій моя""",
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
            aitäh dziękuję dzięki děkuji díky ďakujem hvala köszönöm köszi paldies ačiū teşekkürler
            спасибо дякую благодаря хвала ευχαριστώ شكرا ممنون مرسی תודה
            धन्यवाद शुक्रिया ধন্যবাদ நன்றி 谢谢 謝謝 ありがとう ありがとうございます 감사합니다 고마워 ขอบคุณ
            asante terima kasih cảm ơn salamat მადლობა շնորհակալություն""",
    }
)

# "over to you Anna", "et toi Anna": behind these and at the end of a sentence a name needs no comma.
SECOND_PERSON: Final = folded_words(
    {
        "English": "you yours turn yourself please",
        "others": """dir dich du ihnen sie euch toi vous ti tú usted você tu te lei voi jij jou u dig deg du
            sinä sinulle ciebie ty tebe vy ты тебя тобой вы вас тебе сен sana sen siz
            εσύ εσένα εσείς σου أنت شما תו आप तुम তুমি আপনি 你 您""",
    }
)

# Behind a name at once, without a comma, these speak to its bearer: "Ben you are wrong", "du", "ты". Only forms of the
# subject (in French "Ben te dit" is about Ben), and none that is a common word beside names in another language.
YOU_OF_ENGLISH: Final = folded_words({"English": "you your youre you're u ur ya yall y'all"})
YOU: Final = YOU_OF_ENGLISH | folded_words(
    {
        "others": """du dein deine jij jullie tu usted ustedes vosotros vos você vc sinä sä sun ty wy вы ты
            тебе sen siz sence sizce εσύ εσείς أنت انت شما تو אתה את आप तुम তুমি আপনি 你 您 あなた 너
            kamu anda bạn mày cậu wewe შენ თქვენ դու դուք நீ நீங்கள்""",
    }
)
# "And you" of languages that put it behind the name: "Ania a ty?"
AND_YOU: Final = folded_words({"Polish, Czech, Russian": "a а"})
# A name before one of these is no subject, so it calls: "Ben i think …".
ME: Final = folded_words({"English": "i im i'm i've i'd i'll", "others": "ich yo jeg jag minä eu io я"})

WE: Final = folded_words({"English": "i we"})

# Between two who are spoken to, or about, alike.
CONJUNCTIONS: Final = folded_words(
    {
        "all": """and & + or und oder en of og och eller ja tai et ou y e o u i a lub oraz nebo ili és vagy ve
            veya ile и или та й або και ή و أو یا ו או और या এবং மற்றும் 和 跟 与 と や 와 과 하고
            이랑 และ và dan atau na და և""",
    }
)

# Behind one of these a name and a colon hand over to its bearer: "Let me ask Anna: …".
ASKERS: Final = folded_words(
    {
        "English": "ask asking asks to for from towards tell telling invite call",
        "others": """frage frag fragen an für à demande demander pour a pregunto preguntar para pergunto kysyn
            kysyisin fråga fråger spør spørre pytam pytanie zeptám spytam soracağım спрошу
            спросить вопрос к για ρωτώ أسأل שאלה""",
    }
)

# "For Anna, bread is life": with a comma behind the name, these and the askers call nobody.
FIRST_OF_ALL: Final = folded_words(
    {"English": "first next then", "others": "zuerst dann puis ensuite luego poi sitten sedan"}
)

# Before "you" or "we", too: "Anna can you …".
AUXILIARIES: Final = folded_words({"English": "do are r can could would will did have were should is does has"})

# These begin questions, but also what is told of somebody: "Anna was late", "Anna como siempre".
RELATIVES: Final = folded_words(
    {
        "English": "who which whose",
        "others": """was wie wo wer que como quando quand comme quel quelle come cosa co jak hur hva hvad что
            как когда ما من که چه مה wie wat hoe ne""",
    }
)

# A question or a request that follows a name at once speaks to its bearer: "Anna what do you think".
QUESTION_WORDS: Final = folded_words(
    {
        "English": "what whats what's how hows why when where which whose who whos please pls tell help thoughts any",
        "others": """was wie warum wann wo wer que qué cómo por quand comment pourquoi quel quelle come
            perché cosa mitä miten miksi onko hur varför vad hva hvad hvordan hvorfor co jak czy dlaczego proč
            jestli что как почему зачем когда що чому ne nasıl neden τι πώς
            γιατί ما شو ايش ليش كيف لماذا هل چه چرا מה איך למה क्या क्यों कैसे কি কেন apa bagaimana mengapa
            nini kwa wie wat hoe waarom""",
    }
)

# With one of these begins what is said of somebody between commas: "Ben, a baker, is right", "Anna, die backt, hat …".
OF_SOMEBODY_IN_ENGLISH: Final = folded_words(
    {"English": "a an the my our his her their who whose which like unlike being as"}
)
OF_SOMEBODY: Final = folded_words(
    {
        "German, Dutch": "der die das ein eine mein meine unser unsere sein seine ihr ihre de het een mijn onze wie",
        "Nordic languages": "en ett et min vår vores som",
        "Romance languages": """le la l' un une mon ma notre qui el los una mi nuestro nuestra que o a um uma meu minha
            il lo mio""",
        "Slavic languages": "który która která koji koja который которая мой моя наш наша",
    }
)
# Behind that these show that the sentence is about the one who is named first.
THIRD_PERSON_IN_ENGLISH: Final = folded_words(
    {
        "English": """is was isn't wasn't has hasn't had hadn't does doesn't did didn't will would can could may might
            must should cannot can't won't wouldn't couldn't shouldn't made took saw felt left"""
    }
)
THIRD_PERSON: Final = folded_words(
    {
        "German": "ist war hat hatte wird würde kann könnte muss soll sagt sagte meint",
        "Dutch": "is heeft had zou kan moet zegt",
        "Nordic languages": "är har hade kan säger er sier siger",
        "Romance languages": "est était a avait peut doit dit es está ha tiene fue dice è era há tem foi diz",
        "Slavic languages": "jest ma był była je má byl byla bio bila сказал сказала говорит прав права",
    }
)
# Before a name between commas they tell of it: "Take, for example, Ben."
EXAMPLES: Final = (
    "for example",
    "for instance",
    "e.g",
    "namely",
    "zum beispiel",
    "par exemple",
    "por ejemplo",
    "per esempio",
)
