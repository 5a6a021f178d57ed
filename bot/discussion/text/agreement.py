"""Whether a text only agrees: how people open when they do, and what takes it back, in many languages."""

import re
from typing import Final, NamedTuple

import regex

from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import sentences
from bot.discussion.text.text_caches import caches_turn_texts

# So many characters at the beginning of a turn tell how it opens.
_OPENING: Final = 500
# What a turn may begin with before it says anything: "Faris, …", "Well, …", "Thank you, Mira. …", "I think …".
_FILLERS: Final = re.compile(
    r"(?:(?:oh|ah|well|and|so|hm+|i (?:think|believe|suppose|must say|have to say)(?: that)?)\b[\s,]*"
    r"|(?:thank you|thanks)\b[^.!?…]*[.!?…,]\s*"
    r"|(?:[^\W\d_][\w.'’-]*\s+){0,3}[^\W\d_][\w.'’-]*\s*[,:–—،、]\s*)*"
)
_AROUND: Final = " \t\"'“”‘’«»„「『*_¡¿"
_MUCH: Final = r"(?:(?:so|very|quite|completely|totally|fully|entirely|wholeheartedly|absolutely|strongly|do|too) )*"


class _Phrases(NamedTuple):
    """One language's phrases, as patterns on folded text.

    `agrees`: how a text opens that agrees. `negates`: what, right behind it, makes it a refusal. `objects`: what, in
    its first two sentences, makes it the beginning of an objection. `ends_in_no`: whether the verb, and with it what
    negates it, comes last.
    """

    agrees: str
    negates: str
    objects: str
    ends_in_no: bool = False


# A row a language that many communities write in. Where words are written together a phrase has no word boundary.
_LANGUAGES: Final = {
    "en": _Phrases(
        rf"(?:i |we |i am |i['’]m |we['’]re )?{_MUCH}(?:agree|agreed|agreeing|in agreement)\b"
        r"|i could(?:n['’]t| not) agree more"
        r"|(?:i )?share (?:your|that|this|the)\b|(?:i['’]m |i am )?glad (?:you|that|to)\b"
        r"|(?:yes|yeah|yep|true|exactly|precisely|absolutely|indeed|definitely|certainly|of course|quite so)\b"
        r"|right[,.!]|(?:quite|very|so|too) (?:right|true)\b|same here\b|hear, hear|well (?:said|put)\b"
        rf"|(?:that|it|this)(?:['’]s| is) {_MUCH}(?:true|right|correct)\b"
        rf"|(?:you(?:['’]re| are)|[^\W\d_]+(?:['’]s| is)) {_MUCH}(?:right|correct|spot on)\b"
        r"|(?:that(?:['’]s| is) |what )?(?:an? )?(?:very |really )?(?:good|great|excellent|fair|valid) point\b",
        r"(?:and )?(?:not|no|never|the opposite|the contrary|the other way|the reverse|wrong|nothing of the)\b"
        r"|n['’]t\b",
        r"\b(?:but|yet|however|though|although|except|unless|only|still)\b",
    ),
    "de": _Phrases(
        r"(?:ja[,.! ]+)?(?:genau|stimmt|richtig|ganz recht|natürlich|absolut|einverstanden|eben)\b"
        r"|(?:ich )?stimme (?:dir |ihnen |euch |dem )?(?:\w+ )?zu\b|(?:da )?(?:hast du|haben sie) (?:völlig "
        r"|ganz )?recht\b"
        r"|das (?:sehe ich (?:auch|genauso)|stimmt)|ich bin (?:ganz |völlig )?(?:deiner|ihrer|derselben) meinung",
        r"(?:,? )?(?:nicht|nie|niemals|kein\w*|das gegenteil|umgekehrt|andersherum|falsch)\b",
        r"\b(?:aber|doch|jedoch|allerdings|trotzdem|dennoch|nur)\b",
    ),
    "fr": _Phrases(
        r"(?:oui[,.! ]+)?(?:exactement|tout à fait|absolument|bien sûr|bien entendu|(?:je suis )?(?:bien "
        r"|tout à fait )?"
        r"d['’]accord|(?:vous avez|tu as) (?:bien |tout à fait )?raison|c['’]est (?:vrai|juste|exact))\b",
        r"(?:que non|pas|non|jamais|le contraire|l['’]inverse|faux)\b",
        r"\b(?:mais|cependant|toutefois|pourtant|sauf|néanmoins)\b",
    ),
    "es": _Phrases(
        r"(?:sí[,.! ]+)?(?:exacto|exactamente|claro|por supuesto|desde luego|absolutamente|(?:estoy )?(?:totalmente )?"
        r"de acuerdo|tienes (?:toda la )?razón|tiene (?:toda la )?razón|así es|es verdad|es cierto)\b",
        r"(?:que no|no|nunca|jamás|lo contrario|al revés|falso)\b",
        r"\b(?:pero|sin embargo|aunque|salvo|excepto|no obstante)\b",
    ),
    "pt": _Phrases(
        r"(?:sim[,.! ]+)?(?:exato|exatamente|claro|com certeza|concordo|(?:estou )?de acordo|tens razão"
        r"|(?:você |o senhor |a senhora )?tem (?:toda a )?razão|é verdade|isso mesmo)\b",
        r"(?:que não|não|nunca|jamais|o contrário|ao contrário)\b",
        r"\b(?:mas|porém|contudo|todavia|embora|exceto)\b",
    ),
    "it": _Phrases(
        r"(?:sì[,.! ]+)?(?:esatto|esattamente|certo|certamente|concordo|(?:sono )?d['’]accordo|hai ragione"
        r"|ha ragione|è vero|giusto|naturalmente|assolutamente)\b",
        r"(?:,? che no|no|non|mai|il contrario|l['’]opposto)\b",
        r"\b(?:ma|però|tuttavia|eppure|salvo)\b",
    ),
    "nl": _Phrases(
        r"(?:ja[,.! ]+)?(?:precies|klopt|inderdaad|natuurlijk|absoluut|(?:ik ben het )?(?:helemaal "
        r"|volledig )?(?:met je |"
        r"met u |daarmee )?eens|je hebt gelijk|u hebt gelijk)\b",
        r"(?:niet|nooit|geen|het tegendeel|omgekeerd)\b",
        r"\b(?:maar|echter|toch|hoewel|behalve)\b",
    ),
    "sv": _Phrases(
        r"(?:ja[,.! ]+)?(?:precis|just det|visst|absolut|självklart|(?:jag )?håller (?:helt )?med|du har rätt"
        r"|det stämmer)\b",
        r"(?:inte|aldrig|ingen|tvärtom|motsatsen)\b",
        r"\b(?:men|dock|fast|ändå|utom)\b",
    ),
    "da, nb": _Phrases(
        r"(?:ja[,.! ]+)?(?:præcis|presis|nemlig|absolut|selvfølgelig|(?:jeg er )?(?:helt )?enig"
        r"|du har (?:helt )?ret{1,2}"
        r"|det stemmer)\b",
        r"(?:ikke|aldri|aldrig|ingen|tværtimod|tvert imot)\b",
        r"\b(?:men|dog|likevel|alligevel|bortset fra)\b",
    ),
    "fi": _Phrases(
        r"(?:kyllä[,.! ]+|joo[,.! ]+)?(?:aivan|juuri niin|täsmälleen|totta|tietysti|tietenkin|ehdottomasti"
        r"|(?:olen |olemme )?(?:ihan |täysin )?samaa mieltä|olet oikeassa|olette oikeassa)\b",
        r"(?:ei|en|emme|eivät|älä|päinvastoin|eri mieltä)\b",
        r"\b(?:mutta|kuitenkin|silti|paitsi|vaikka)\b",
    ),
    "pl": _Phrases(
        r"(?:tak[,.! ]+)?(?:zgadzam się|zgoda|dokładnie|racja|oczywiście|jasne|masz rację|ma pan(?:i)? rację"
        r"|to prawda)\b",
        r"(?:,? że nie|nie|nigdy|przeciwnie|odwrotnie)\b",
        r"\b(?:ale|jednak|lecz|chociaż|oprócz|tylko)\b",
    ),
    "cs": _Phrases(
        r"(?:ano[,.! ]+)?(?:souhlasím|přesně|přesně tak|jistě|samozřejmě|máš pravdu|máte pravdu|to je pravda)\b",
        r"(?:,? že ne|ne|nikdy|naopak|opak)\b",
        r"\b(?:ale|avšak|však|přesto|kromě)\b",
    ),
    "hu": _Phrases(
        r"(?:igen[,.! ]+)?(?:egyetértek|pontosan|persze|természetesen|igazad van|igaza van|így van)\b",
        r"(?:hogy nem|nem|soha|ellenkezőleg)\b",
        r"\b(?:de|azonban|viszont|mégis|kivéve)\b",
    ),
    "ro": _Phrases(
        r"(?:da[,.! ]+)?(?:sunt de acord|de acord|exact|desigur|sigur|ai dreptate|aveți dreptate|așa este"
        r"|e adevărat)\b",
        r"(?:că nu|nu|niciodată|dimpotrivă|contrariul)\b",
        r"\b(?:dar|însă|totuși|deși)\b",
    ),
    "tr": _Phrases(
        r"(?:evet[,.! ]+)?(?:(?:tamamen |kesinlikle |size |sana )*katılıyorum|aynen|kesinlikle|tabii(?: ki)?|elbette"
        r"|haklısın"
        r"(?:ız)?|doğru|aynı fikirdeyim)\b",
        r"\b(?:hayır|değil|asla|katılmıyorum|tersi|aksine)\b",
        r"\b(?:ama|fakat|ancak|lakin|yine de|yalnız)\b",
        True,
    ),
    "ru": _Phrases(
        r"(?:(?:я )?(?:полностью |совершенно |вполне )?(?:согласен|согласна)|да|именно|верно|точно|конечно|безусловно"
        r"|разумеется|ты прав(?:а)?|вы правы|правильно)\b",
        r"(?:же)?\s*(?:, нет|нет|не|никогда|наоборот|неверно|обратное|напротив)\b",
        r"\b(?:но|однако|хотя|кроме|только|зато)\b",
    ),
    "uk": _Phrases(
        r"(?:(?:я )?(?:повністю |цілком )?(?:згоден|згодна|погоджуюся|погоджуюсь)|так|саме так|точно|звичайно|звісно"
        r"|маєш рацію|маєте рацію|правильно)\b",
        r"(?:же)?\s*(?:, ні|ні|не|ніколи|навпаки)\b",
        r"\b(?:але|проте|однак|хоча|крім)\b",
    ),
    "el": _Phrases(
        r"(?:ναι[,.! ]+)?(?:συμφωνώ|ακριβώς|φυσικά|βέβαια|σωστά|έχεις δίκιο|έχετε δίκιο|σίγουρα)\b",
        r"(?:όχι|δεν|ποτέ|το αντίθετο|διαφωνώ)\b",
        r"\b(?:αλλά|όμως|ωστόσο|εκτός)\b",
    ),
    "ar": _Phrases(
        r"(?:نعم[،,.! ]+)?(?:أنا )?(?:أوافق(?:ك|كم)?|أتفق|بالضبط|صحيح|بالتأكيد|طبعا|بالطبع|أنت محق|معك حق)",
        r"(?:لا|ليس|أبدا|العكس|غير صحيح)\b",
        r"\b(?:لكن|ولكن|غير أن|إلا أن|بيد أن)",
    ),
    "fa": _Phrases(
        r"(?:بله[،,.! ]+)?(?:موافقم|دقیقا|درست است|البته|حق با شماست|حق با توست|همین‌طور است)",
        r"(?:نه|نیستم|نیست|هرگز|برعکس|مخالفم)\b",
        r"\b(?:اما|ولی|لیکن|با این حال)\b",
    ),
    "he": _Phrases(
        r"(?:כן[,.! ]+)?(?:אני )?(?:מסכים|מסכימה|בדיוק|נכון|בהחלט|כמובן|אתה צודק|את צודקת)\b",
        r"(?:לא|שלא|להפך|ההפך)\b",
        r"\b(?:אבל|אולם|אך|עם זאת)\b",
    ),
    "hi": _Phrases(
        r"(?:हाँ[,.! ]+|हां[,.! ]+)?(?:(?:मैं )?(?:\S+ ){0,2}?सहमत|बिल्कुल|बिलकुल|सही|ठीक|आप सही|यह सच|बेशक)",
        r"(?:नहीं|मत|उल्टा|असहमत|गलत)",
        r"(?:लेकिन|परंतु|परन्तु|मगर|किंतु|हालांकि)",
        True,
    ),
    "th": _Phrases(
        r"(?:ใช่|เห็นด้วย|(?:ผม|ฉัน|ดิฉัน)เห็นด้วย|ถูกต้อง|แน่นอน|จริงด้วย)",
        r"(?:ว่า)?(?:ไม่|มิ|ตรงกันข้าม)",
        r"(?:แต่|อย่างไรก็ตาม|ยกเว้น)",
    ),
    "vi": _Phrases(
        r"(?:vâng[,.! ]+|đúng[,.! ]+)?(?:(?:tôi |mình )?(?:hoàn toàn )?đồng ý|chính xác|đúng vậy|tất nhiên|dĩ nhiên"
        r"|bạn nói đúng)",
        r"(?:không|chưa|ngược lại|chẳng)",
        r"\b(?:nhưng|tuy nhiên|song|trừ)\b",
    ),
    "id, ms": _Phrases(
        r"(?:ya[,.! ]+)?(?:(?:saya |aku )?(?:sangat )?setuju|tepat(?: sekali)?|benar|betul|tentu(?: saja)?"
        r"|anda benar)\b",
        r"(?:tidak|bukan|jangan|sebaliknya|tak)\b",
        r"\b(?:tapi|tetapi|namun|kecuali)\b",
    ),
    "zh": _Phrases(
        r"(?:是的|[对對](?=[，。,.！!的啊呀]|$)|没错|沒錯|当然|當然|确实|確實|完全同意|(?:我)?(?:也|很|非常"
        r"|完全)?(?:同意|赞同|贊同|认同|認同)|有道理|说得对|說得對)",
        r"(?:不|没有|沒有|相反|反对|反對|并非|未必)",
        r"(?:但|不过|不過|然而|可是|只是)",
    ),
    "ja": _Phrases(
        r"(?:そうです(?:ね|よ)?|その通り|そのとおり|はい|ええ|確かに|たしかに|もちろん|まったくです|全くです|同意"
        r"|同感|賛成"
        r"|(?:私|僕|わたし)も(?:同じ|そう思|同意|賛成)|おっしゃる通り|仰る通り)",
        r"(?:ない|ません|ではなく|違い|違う|反対|逆)",
        r"(?:でも|しかし|だが|けれど|けど|ただし|ただ、|ですが|一方)",
        True,
    ),
    "ko": _Phrases(
        r"(?:네[,.! ]+|예[,.! ]+)?(?:맞아|맞습니다|그래요|그렇습니다|그렇죠|동의|(?:저도|나도) (?:동의|같은|그렇게)"
        r"|물론|옳|찬성|당연)",
        r"(?:않|아니|못|없|반대)",
        r"(?:하지만|그러나|그런데|다만|그렇지만|지만)",
        True,
    ),
}  # fmt: skip
_PHRASES: Final = [
    (re.compile(f"(?:{row.agrees})"), re.compile(rf"\s*(?:{row.negates})"), re.compile(row.objects), row.ends_in_no)
    for row in _LANGUAGES.values()
]
# Where the clause that agrees ends.
_CLAUSE_END: Final = regex.compile(r"[,;:–—、،，؛]|\p{Sentence_Terminal}|…|\n")


# The last turns of each table are asked about with every turn.
@caches_turn_texts(maxsize=4096)
def only_agrees(text: str) -> bool:
    """Whether a text opens with an agreement that nothing takes back, and has no "but" in its first two sentences."""
    first = "".join([s for s in sentences(text) if any(c.isalnum() for c in s)][:2])
    opening = fold(first[:_OPENING]).strip().lstrip(_AROUND)
    # As it stands first: a filler may be the agreement itself ("Absolutely, Faris").
    return any(_agrees_at(opening, at) for at in dict.fromkeys((0, _end(_FILLERS, opening))))


def _agrees_at(text: str, at: int) -> bool:
    """Whether an agreement stands in `text` at `at` that no language it may be in takes back."""
    is_agreement = False
    for agrees, negates, objects, ends_in_no in _PHRASES:
        if match := agrees.match(text, at):
            end = _CLAUSE_END.search(text, match.end())
            clause = text[match.end() : end.start() if end else len(text)]
            negated = negates.search(clause) if ends_in_no else negates.match(text, match.end())
            if negated or objects.search(text):
                return False
            is_agreement = True
    return is_agreement


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0
