"""Whether a turn only agrees, in the languages of most communities, and what is none though it opens like one."""

import pytest

from bot.discussion.text.agreement import only_agrees

AGREED = """
Absolutely, Ben. | Of course we should. | Yes, we should not sell it. | I couldn’t agree more. | Exactly what I think.
I agree that nobody should pay. | Well said, Ben. | Genau. | Stimme dir zu. | Natürlich, Ben. | Da hast du recht.
Bien sûr, Ben. | Tout à fait ! | Vous avez raison. | Claro, Ana. | Por supuesto. | Tienes razón. | Concordo.
Com certeza.
Certo, Ben. | Hai ragione. | Precies. | Je hebt gelijk. | Precis. | Jag håller med. | Jeg er enig. | Selvfølgelig.
Olen samaa mieltä. | Juuri niin. | Zgadzam się. | Oczywiście. | Souhlasím. | Egyetértek. | Sunt de acord.
Katılıyorum.
Haklısın. | Конечно. | Я полностью согласен. | Вы правы. | Згоден. | Συμφωνώ. | أوافق تماما. | معك حق. | موافقم.
מסכים.
मैं आपसे सहमत हूँ। | बिल्कुल। | เห็นด้วยครับ | ใช่ครับ | Tôi đồng ý. | Saya setuju. | 我同意。 | 当然。
没错，我也这么想。
そうですね、私も賛成です。 | その通りです。 | 同感です。 | 맞아요. | 저도 동의합니다. | Ben さん、その通りです。
Ben, exactement.
"""
NOT = """
Certainly not. | Of course not, Ben! | Absolutely no one. | Exactly the opposite. | Indeed never. | True, but dear.
Natürlich nicht. | Genau umgekehrt. | Absolut nicht. | Stimmt nicht. | Bien sûr que non. | Absolument pas.
Claro que no.
Por supuesto que no. | Claro que não. | Certo che no. | Assolutamente no. | Absoluut niet. | Absolut inte.
Selvfølgelig ikke.
Oczywiście, że nie. | Samozřejmě že ne. | Persze hogy nem. | Конечно нет. | Конечно же, нет. | Именно наоборот.
Звісно ні.
Φυσικά όχι. | Size katılmıyorum. | لا أوافق | بالطبع لا. | सहमत नहीं हूँ। | ไม่เห็นด้วย | แน่นอนว่าไม่
Tôi không đồng ý.
Tidak setuju. | 我不同意。 | 当然不。 | 对不起，我不知道。 | 对于这个问题，我有话说。 | 同意できません。
そうは思いません。 | 賛成しません。
確かにそうですが、高いです。 | 동의하지 않습니다. | Oui, mais c’est cher. | Sí, pero es caro. | Genau, aber teuer.
Precies, maar duur.
Да, но дорого. | 是的，但是太贵。 | はい、でも高いです。 | 네, 하지만 비싸요. | I disagree. | Who agrees?
Iso uuni on kallis.
"""


def texts(table: str) -> list[str]:
    return [text.strip() for line in table.strip().splitlines() for text in line.split(" | ")]


@pytest.mark.parametrize("text", texts(AGREED))
def test_who_only_agrees(text: str) -> None:
    assert only_agrees(text)


@pytest.mark.parametrize("text", texts(NOT))
def test_who_does_not(text: str) -> None:
    assert not only_agrees(text)


@pytest.mark.parametrize("but", ["But it is dear.", "However, it is dear.", "Still, it is dear."])
def test_an_objection_in_the_second_sentence(but: str) -> None:
    assert not only_agrees(f"I agree. {but}")
    assert only_agrees(f"I agree. So it is. {but}"), "later it is a point of its own"
