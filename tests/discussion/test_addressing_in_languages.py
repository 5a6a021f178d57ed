"""Whom people mean at a table in many languages."""

import pytest

from tests.support.addressing_table import AddressingTable

TABLES = (
    AddressingTable(
        (("Anna", "Anna Berg"), ("Ben", "Ben Holt"), ("Cleo", "Dr. Cleo Marsh")),
        """
        Cleo: Dr. Marsh, what do you say to Mr. Holt?
        -: Doctor Marsh is right.
        Ben: I agree with Ms. Berg. Mr. Holt, are you sure?
        Cleo: And you, Dr. Marsh? Mr. Holt seems convinced.
        Ben: Mr. Holt, Ms. Berg has a point.
        Anna: Anna Berg, you surprise me; Ben Holt does not.
        -: To Ms. Berg I say: nonsense.
        """,
        guest=False,
    ),
    AddressingTable(
        ("Ernst", "Wolf", "Mark"),
        """
        -: Ernst ist das Leben.
        -: Im Ernst?
        Wolf: Wolf, du hast recht.
        -: Der Mark gehört das?
        """,
        guest=True,
    ),
    AddressingTable(
        ("Amor", "Luz"),
        """
        Amor: Amor, ¿vienes?
        -: se fue la luz
        Luz: luz, que opinas?
        -: hay mucha luz aqui
        -: apaga la luz
        """,
        guest=True,
    ),
    AddressingTable(
        ("Satu", "Onni"),
        """
        -: tämä on satua
        -: onnea kaikille!
        -: ilman onnea ei synny mitään
        Onni: onni, mitä mieltä oot
        """,
        guest=True,
    ),
    AddressingTable(
        ("Güneş", "Deniz"),
        """
        -: bugün güneş var
        -: deniz çok güzel
        Deniz: Deniz sence?
        Deniz: deniz sen ne düşünüyorsun
        """,
        guest=True,
    ),
    AddressingTable(
        (("Holmes", "Sherlock Holmes"), ("Watson", "Dr. John Watson")),
        """
        Holmes: Sherlock, what now?
        Watson: Dr. Watson, what now?
        Watson: my dear Watson, Holmes is right
        Watson: John, what now?
        """,
        guest=True,
    ),
    AddressingTable(
        ("愛子", "健"),
        """
        健: 愛子さんの言う通りです。健さん、どう思いますか？
        -: 愛子さんに賛成です。
        健: 健さん、愛子さんは正しいですか？
        愛子: 愛子さんはどう思いますか？
        健: なるほど、健さん。
        健: ありがとうございます、愛子さん。健さんはいかがですか？
        """,
        guest=False,
    ),
    AddressingTable(
        (("王芳", "王芳"), ("李明", "李明")),
        """
        王芳: 王老师，您觉得李明说得对吗？
        王芳: 小王怎么看
        李明: 老李你说
        王芳: 王先生说得对
        -: 国王老师不在
        王芳: @王芳 你觉得呢
        -: 芳芳你觉得呢
        """,
        guest=True,
    ),
    AddressingTable(
        (("Eva", "Eva Müller"), ("Jan", "Jan Schmidt")),
        """
        Jan: Ich stimme Frau Müller zu. Herr Schmidt, und Sie?
        -: Wie Herr Schmidt sagte, ist Brot teuer.
        Jan: Liebe Eva, lieber Jan, ich stimme zu.
        Jan: Eva hat recht, Jan!
        Jan: Danke Eva, das war gut. Jan, was sagst du?
        Eva: Sehr geehrte Frau Müller, Herr Schmidt irrt.
        """,
        guest=False,
    ),
    AddressingTable(
        ("Анна", "Иван"),
        """
        Иван: Согласен с Анной. Иван, ваше мнение?
        Иван: Я думаю, Иван, что Анна права.
        -: Думаю, Иван прав.
        -: Как сказала Анна, хлеб дорог.
        -: Мне кажется, Анна права.
        """,
        guest=False,
    ),
    AddressingTable(
        ("Anna", "Jan", "Ernst", "Rose", "Wolf"),
        """
        Anna: Anna, hat Jan recht?
        -: Jan war gestern da.
        Anna: Anna was meinst du
        -: Anna, die Bäckerin, hat recht.
        -: Jan, der immer lacht, ist müde.
        Anna: Anna, ehrlich gesagt, das ist Unsinn.
        Anna: Anna, wenn das stimmt, ist es teuer.
        -: Was Anna sagt, stimmt.
        -: Das ist Annas Idee.
        Anna: Ist das Annas Idee?
        Jan: Ich frage mich, Jan, ob das stimmt.
        -: Ich finde, Jan hat recht.
        -: Meiner Meinung nach hat Anna recht.
        Anna: Danke, Anna, für deine Worte.
        Jan: Danke dir, Jan.
        Jan: Im Ernst, Jan.
        -: Ernst gemeint?
        Anna: Mir ist es ernst, Anna.
        Ernst: Herr Ernst?
        Anna: Sag mal, Anna, stimmt das?
        Anna: Ach Anna, lass das.
        Anna: Anna du Heldin!
        -: Jan, Anna und ich sind dagegen.
        -: Anna und ich sind dagegen.
        -: Hallo zusammen, Anna hat recht.
        Anna: Lieber Jan, liebe Anna, guten Tag!
        Jan: Jan? Bist du da?
        Jan: Jan: Und du?
        Anna: Du, Anna, bist klug.
        Anna: An Anna: was nun?
        Jan: Frage an Jan: wer zahlt?
        -: Wie Jan schon sagte: Brot ist teuer.
        """,
        guest=False,
    ),
    AddressingTable(
        ("Anna", "Luc", "Claire", "Pierre", "Rose"),
        """
        Luc: Luc, tu as raison.
        Luc: Luc tu as raison
        -: Luc est parti.
        -: Anna, la boulangère, est partie.
        -: Selon Luc, le pain est cher.
        Luc: Dis-moi, Luc, qui paie ?
        Anna: Je suis d'accord, Anna.
        Luc: Merci Luc !
        Anna: Merci, Luc, pour ces mots. Anna, qu'en dis-tu ?
        -: C'est clair.
        Claire: Claire ?
        Anna: La rose de Luc est belle, Anna.
        Pierre: À toi, Pierre.
        Pierre: À toi Pierre
        Luc: Qu'en dit Luc ?
        -: Comme dit Anna : « Luc, tais-toi ! »
        -: Chers amis, Luc a raison.
        Claire: Ma chère Claire, Luc a raison.
        -: Anna, Luc et moi sommes d'accord.
        -: Mon ami Luc a raison.
        Anna: Cher Luc, chère Anna, bonsoir.
        """,
        guest=False,
    ),
    AddressingTable(
        ("Ana", "Luis", "Paz", "Sol", "Ángel"),
        """
        Ana: Ana, ¿tiene razón Luis?
        Ana: ¿Tiene razón Luis, Ana?
        -: Luis dice que no.
        -: Ana, la panadera, tiene razón.
        Luis: Luis tú qué dices
        Ana: Gracias, Luis. Ana, ¿y tú?
        Ana: Estimada Ana, Luis se equivoca.
        -: Como dijo Luis, el pan es caro.
        Luis: Dime, Luis, ¿quién paga?
        -: Ana, Luis y yo estamos de acuerdo.
        -: Que en paz descanse.
        Ana: Eres un ángel, Ana.
        Ana: ¡Ana!
        Luis: Oye Luis, ¿qué tal?
        Ana: Querido Luis, querida Ana:
        """,
        guest=False,
    ),
    AddressingTable(
        ("Анна", "Иван", "Вера", "Лев", "Роза"),
        """
        Анна: Анна, Иван прав?
        Иван: Иван, ты прав.
        Иван: Иван ты прав
        -: Иван прав.
        -: По-моему, Иван прав.
        Вера: Спасибо, Вера.
        Лев: Спасибо, Вера. Лев, а вы?
        -: Вера в людей важна.
        Анна: А вы, Анна, что думаете?
        Иван: Скажите, Иван, кто платит?
        Анна: Дорогой Иван, дорогая Анна!
        Анна: Я согласна с Иваном, Анна.
        Иван: Анна и Иван, добрый вечер.
        -: Анна, Иван и я согласны.
        -: Мой друг Иван прав.
        -: Роза ветров
        Роза: Как говорит Иван, хлеб дорог. А вы, Роза?
        Лев: Что думает Лев?
        Анна: Иван же прав, Анна!
        """,
        guest=False,
    ),
    AddressingTable(
        (("愛子", "小林愛子"), ("健", "佐藤健"), ("ミク", "初音ミク")),
        """
        愛子: 愛子さん、健さんの意見は？
        -: 健さんの意見に賛成です。
        ミク: ミクさん。
        ミク: ねえ、ミク。
        健: 愛子さん、ありがとう。健さん、次はあなたです。
        健: 小林さんと佐藤さん、どうですか？
        -: 健康が大事です。
        -: 愛子さんが言ったように、パンは高いです。
        -: では、愛子さんに聞きましょう。
        愛子: どうですか、愛子さん。
        愛子: 愛子さんは？
        ミク: ミクはどう？
        ミク: 初音さん、どう？
        愛子: 確かに、健さんの言う通り。でも愛子さんは？
        """,
        guest=False,
    ),
    AddressingTable(
        (("王芳", "王芳"), ("李明", "李明"), ("欧阳娜", "欧阳娜"), ("陈光", "陈光")),
        """
        王芳: 王芳，李明对吗？
        -: 李明说得对。
        王芳: 谢谢李明。王芳，你说呢？
        李明: 李老师，您好！
        李明: 王芳老师、李明老师，你们好。
        -: 我同意李老师的看法。
        王芳: 王女士怎么看？
        王芳: 老王，你怎么看？
        李明: 小李呢？
        -: 国王怎么看？
        -: 王子怎么看？
        -: 姓王的老师怎么看？
        -: 明天怎么样？
        -: 说明什么？
        陈光: 陈光，阳光好吗？
        -: 阳光好吗？
        王芳: 你呢，王芳？
        -: 请李明回答。
        王芳: 大家好，我想问王芳：为什么？
        """,
        guest=False,
    ),
    AddressingTable(
        (("지민", "김지민"), ("민수", "박민수"), ("하늘", "이하늘")),
        """
        지민: 지민 씨, 민수 씨가 맞나요?
        -: 민수 씨 말이 맞아요.
        지민: 김지민 씨, 안녕하세요.
        지민: 김 선생님, 안녕하세요.
        하늘: 박민수님 감사합니다. 하늘님은요?
        -: 하늘이 파랗다.
        하늘: 하늘 씨, 하늘이 파래요.
        지민: 지민아, 밥 먹었어?
        민수: 민수야!
        지민: 지민이 생각은?
        민수: 저도 지민 씨와 같은 생각이에요. 민수 씨는 어때요?
        민수: 지민, 민수, 안녕!
        """,
        guest=False,
    ),
    AddressingTable(
        ("Ayşe", "Umut", "Deniz", "Mehmet"),
        """
        Ayşe: Ayşe, Mehmet haklı mı?
        -: Umut var.
        Umut: Umut, sen ne dersin?
        -: Denize gidelim.
        Deniz: Deniz Hanım, buyurun.
        -: Bence Mehmet haklı.
        Ayşe: Sağ ol Mehmet, güzel dedin. Ayşe?
        -: Mehmet'in dediği gibi, ekmek pahalı.
        Ayşe: Peki Ayşe, sence?
        Umut: Ya sen, Umut?
        Ayşe: Mehmet ve Ayşe, hoş geldiniz.
        """,
        guest=False,
    ),
    AddressingTable(
        ("أحمد", "سارة", "نور", "كريم"),
        """
        سارة: يا سارة، أحمد محق.
        -: أحمد محق.
        سارة: شكرا يا أحمد. وأنت يا سارة؟
        -: النور ضعيف.
        نور: نور، ما رأيك؟
        أحمد: أستاذ أحمد، تفضل.
        -: قالت سارة إن الخبز غال.
        نور: هل توافقين يا نور؟
        -: الله كريم.
        """,
        guest=False,
    ),
    AddressingTable(
        ("राधा", "मोहन", "आशा", "राज"),
        """
        राधा: राधा जी, मोहन जी सही हैं?
        -: मोहन सही है।
        राधा: धन्यवाद मोहन। राधा, आप?
        -: मुझे आशा है।
        आशा: आशा जी, आप?
        राधा: राधा, तुम क्या कहोगी?
        -: मोहन ने कहा कि रोटी महँगी है।
        -: अंग्रेजों का राज था।
        मोहन: और आप, मोहन जी?
        """,
        guest=False,
    ),
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_who_is_meant(table: AddressingTable) -> None:
    assert table.found == table.wanted
