"""What models call whoever speaks, besides by name: labels of templates, plays and interviews in many languages."""

from typing import Final

from bot.discussion.text.folding import fold_name

# Whoever the persona speaks to, or who leads the talk: none of them is the speaker. A row a language, folded.
_OTHERS: Final = {
    "en": "user|human|you|guest|guests|audience|audience member|member of the audience|narrator|host|moderator"
    "|system|interviewer|interviewee|questioner|listener|visitor|facilitator|speaker"
    "|player|person|someone|unknown|participant|participants|other participants"
    "|another participant|instruction|instructions|question from the audience",
    "de": "benutzer|benutzerin|nutzer|du|gast|gäste|publikum|zuschauer|zuhörer|erzähler|erzählerin|moderatorin"
    "|gastgeber|gastgeberin|interviewerin|teilnehmer|frage aus dem publikum|mensch",
    "fr": "utilisateur|utilisatrice|vous|toi|invité|invitée|public|narrateur|narratrice|hôte|modérateur|modératrice"
    "|animateur|animatrice|système|humain|intervieweur|participant",
    "es": "usuario|usuaria|tú|usted|invitado|invitada|público|audiencia|narrador|narradora|anfitrión|anfitriona"
    "|moderador|moderadora|sistema|humano|entrevistador|entrevistadora|participante",
    "pt": "usuário|usuária|utilizador|você|convidado|convidada|plateia|narrador|anfitrião|mediador|moderador"
    "|sistema|humano|entrevistador|participante",
    "it": "utente|tu|voi|ospite|pubblico|narratore|narratrice|conduttore|conduttrice|moderatore|moderatrice|sistema"
    "|umano|intervistatore|partecipante",
    "nl": "gebruiker|jij|gast|publiek|verteller|gastheer|gastvrouw|presentator|systeem|mens|interviewer|deelnemer",
    "sv": "användare|du|gäst|publiken|berättare|värd|programledare|system|människa|deltagare",
    "da, nb": "bruger|bruker|gæst|gjest|publikum|fortæller|forteller|vært|vert|menneske|deltager|deltaker",
    "fi": "käyttäjä|sinä|vieras|yleisö|kertoja|isäntä|emäntä|puheenjohtaja|juontaja|järjestelmä|ihminen|osallistuja",
    "pl": "użytkownik|użytkowniczka|ty|gość|publiczność|narrator|narratorka|prowadzący|prowadząca|moderatorka"
    "|system|człowiek|uczestnik",
    "cs, sk": "uživatel|používateľ|ty|host|hosť|publikum|vypravěč|rozprávač|moderátor|moderátorka|systém|člověk",
    "hu": "felhasználó|te|vendég|közönség|narrátor|házigazda|moderátor|rendszer|ember",
    "ro": "utilizator|tu|invitat|public|narator|gazdă|moderator|sistem",
    "el": "χρήστης|εσύ|καλεσμένος|κοινό|αφηγητής|οικοδεσπότης|συντονιστής|σύστημα|άνθρωπος",
    "tr": "kullanıcı|sen|siz|misafir|konuk|seyirci|dinleyici|anlatıcı|sunucu|moderatör|sistem|insan|katılımcı",
    "ru": "пользователь|ты|вы|гость|публика|зритель|рассказчик|ведущий|ведущая|модератор|система|человек|участник"
    "|интервьюер",
    "uk": "користувач|ти|ви|гість|публіка|глядач|оповідач|ведучий|ведуча|модератор|система|людина|учасник",
    "ar": "المستخدم|مستخدم|أنت|الضيف|ضيف|الجمهور|الراوي|المضيف|المقدم|الوسيط|النظام|إنسان",
    "fa": "کاربر|شما|مهمان|تماشاگر|راوی|میزبان|مجری|سیستم|انسان",
    "he": "משתמש|המשתמש|אתה|אורח|קהל|הקהל|מספר|מארח|מנחה|מערכת",
    "hi": "उपयोगकर्ता|यूज़र|आप|अतिथि|मेहमान|दर्शक|श्रोता|कथावाचक|मेज़बान|संचालक|सिस्टम|मानव",
    "bn": "ব্যবহারকারী|আপনি|অতিথি|দর্শক|কথক|সঞ্চালক",
    "ta": "பயனர்|நீங்கள்|விருந்தினர்|பார்வையாளர்",
    "th": "ผู้ใช้|คุณ|แขก|ผู้ชม|ผู้ฟัง|ผู้บรรยาย|พิธีกร|ผู้ดำเนินรายการ|ระบบ",
    "vi": "người dùng|bạn|khách|khán giả|người dẫn chuyện|người dẫn chương trình|hệ thống",
    "id, ms": "pengguna|anda|kamu|tamu|tetamu|penonton|narator|tuan rumah|pembawa acara|sistem|manusia",
    "zh": "用户|使用者|用戶|你|您|嘉宾|客人|观众|觀眾|听众|旁白|叙述者|主持人|主持|系统|系統|人类",
    "ja": "ユーザー|ユーザ|あなた|ゲスト|観客|聴衆|視聴者|ナレーター|ナレーション|司会|司会者|モデレーター|システム"
    "|人間",
    "ko": "사용자|유저|당신|게스트|손님|청중|관객|방청객|내레이터|해설|진행자|사회자|시스템|인간",
}  # fmt: skip
# All at once: whoever answers "All: …" before anything was said is called on; afterwards they speak.
_CROWDS: Final = (
    "all|everyone|everybody|both|together|alle|beide|tous|toutes|todos|todas|tutti|allemaal|alla|kaikki|wszyscy"
    "|všichni|все|всі|όλοι|herkes|الجميع|सब|सभी|ทุกคน|所有人|大家|全員|みんな|모두"
)
# The model itself, in its template's words or in a play's: at the beginning it means the speaker.
_SELF: Final = (
    "assistant|ai|ai assistant|model|bot|chatbot|response|reply|assistent|assistentin|asistente|assistente"
    "|ассистент|помощник|assistenti|asystent|助手|アシスタント|어시스턴트|المساعد|सहायक"
)
# They are written alone on a line as well, where a server takes out the marks around them.
_TEMPLATE: Final = "user|human|assistant|model|system|instruction|response|input"


def _split(labels: str) -> frozenset[str]:
    return frozenset(map(fold_name, labels.split("|")))


OTHERS: Final = frozenset[str]().union(*map(_split, _OTHERS.values()))
CROWDS: Final = _split(_CROWDS)
SELF: Final = _split(_SELF)
TEMPLATE: Final = _split(_TEMPLATE)
# "Ben says:", as in a play. In the past tense it is somebody's report.
SAYS: Final = _split(
    "says|asks|replies|answers|responds|adds|continues|interjects|interrupts|sagt|fragt|antwortet|erwidert|ergänzt"
    "|dit|demande|répond|ajoute|dice|pregunta|responde|contesta|añade|diz|pergunta|acrescenta|chiede|risponde|aggiunge"
    "|zegt|vraagt|antwoordt|säger|frågar|svarar|siger|sier|sanoo|kysyy|vastaa|mówi|pyta|odpowiada|říká|ptá se|odpovídá"
    "|говорит|спрашивает|отвечает|каже|питає|відповідає|λέει|ρωτά|απαντά|diyor|soruyor|يقول|تقول|कहते हैं|कहता है"
    "|says to the table|说|說|问|答|言う|は言う"
)
# Whoever is spoken to after "Ben –" is called on, and does not speak.
SECOND_PERSON: Final = _split(
    "you|your|yours|du|dich|dir|dein|deine|sie|ihnen|ihr|euch|tu|te|toi|vous|votre|vos|ton|ta|tú|ti|usted|ustedes|su"
    "|você|vocês|seu|sua|lei|voi|tuo|tua|je|jij|jouw|u|uw|dig|din|ditt|deg|sinä|sinun|sinua|te|ty|ciebie|twój|pan|pani"
    "|tebe|vás|ты|тебя|тебе|вы|вас|вам|ти|тебе|ви|εσύ|σου|εσείς|sen|senin|siz|sizin|أنت|آپ|आप|तुम|คุณ|bạn|kamu|anda"
    "|你|您|あなた|君|당신|너"
)
