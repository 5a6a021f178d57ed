"""Whom a persona speaks to in long and polite turns, and of whom it only speaks."""

import pytest

from tests.support.addressing_table import AddressingTable

TABLES = (
    AddressingTable(
        ("Anna", "Ben", "Cleo"),
        """
        -: Anna, Ben and I agree.
        -: Anna and I disagree with Ben.
        -: Ben, Anna's brother, is right.
        -: Ben, a baker from Oslo, is right.
        -: Ben, however, has a point.
        -: Anna, on the other hand, thinks bread is cheap.
        -: Ben, like Anna, doubts it.
        -: Anna, too, has a point.
        -: Anna, who bakes every day, would know.
        -: Ben, for one, would disagree.
        Anna: Anna, of course, you are right.
        Anna: Anna, tell me, is Ben right?
        Anna: Anna, honestly, is bread good?
        Anna: Anna, as you say, is bread good?
        Anna: Anna, Ben's plan is bad.
        Anna: Anna, your brother, is he right?
        Anna: Anna, my friend, the bread is dear.
        Anna: Anna, dear, the bread is gone.
        -: Ben, Annas Bruder, hat recht.
        -: Ben, le frère d'Anna, a raison.
        -: Anna, I think, is right.
        -: Ben, in my view, is wrong about this.
        -: I appreciate Anna's candour. Ben raises the question of cost. What would the mill say?
        Anna: That is a fine point, Anna, and one I hadn't considered. As Ben noted, the oven is old.
        -: Both Anna and Ben have spoken well. I would ask only this: who pays?
        -: With all due respect to Ben, I side with Cleo. Anna, though, has persuaded me on rye.
        -: While I see where Ben is coming from, I must disagree. The mill is old.
        -: Building on what Anna said, and on Ben's remark, I would say that we need time.
        Cleo: Ben, you surprise me. Anna has told us the same. Cleo, forgive me, but that is nonsense.
        -: My mother used to say: "Anna, close the door!" So I did.
        -: As Ben once told me: 'Cleo, never trust a miller.' I never did.
        -: What I would like to know from Ben is how he pays for it.
        Anna: Ben, Anna, I hear you both.
        Anna: I hear you, Ben. And Anna, I hear you too.
        Cleo: I'd be curious, Cleo, whether Anna would agree.
        Ben: Cleo's question deserves an answer. Ben?
        Ben: Ben. Ben, Ben, Ben. What have you done?
        Anna: *smiles at Ben* Anna, you old fox.
        -: *looks at Anna* I don't know.
        Ben: Oh Ben, how could you? Anna will cry.
        Anna: Ben's right, Anna.
        Ben: Ben, Anna is right.
        -: It was Ben, not Anna, who said so.
        Ben: No, Ben — Anna is right.
        Ben: I'm with Anna here, Ben.
        Anna: You, Anna, are a genius.
        Ben: Between Anna and Ben, who is right?
        Anna: Hear, hear, Anna!
        Ben: Touché, Ben.
        Ben: Fair enough, Ben, but Anna had a point.
        Anna: Indeed, Anna. Bread is dear.
        Ben: Exactly, Ben! Bread is dear.
        -: Exactly what Ben said!
        Ben: Spoken like a true miller, Ben.
        Anna: Not so fast, Anna.
        Anna: Welcome, Otto! Anna, shall we begin?
        Anna: Chère Anna, Ben a raison.
        Anna: Anna, Ben a raison.
        Ben: Je suis d'accord avec Anna. Et vous, Ben ?
        -: Anna qui fait du pain a raison.
        -: Merci à Anna et à Ben.
        Anna: Querida Anna, Ben tiene razón.
        Ben: Como dice Anna, el pan es caro. ¿Y tú, Ben?
        -: Anna como siempre tiene razón
        Anna: ¿Qué te parece, Anna? Ben no sabe.
        Ben: Estoy de acuerdo contigo, Ben.
        Anna: Cara Anna, Ben ha ragione.
        Anna: Anna, che ne pensi di Ben?
        Anna: Concordo con te, Anna. Ben esagera.
        Anna: Concordo com o Ben, Anna.
        Anna: Beste Anna, Ben heeft gelijk.
        Anna: Kära Anna, Ben har rätt.
        Ben: Enig med deg, Ben!
        Anna: Hello Ben! Hello Anna!
        -: First Ben, then Anna, now me.
        -: Ben said so, Anna said so, Cleo said so.
        -: Ben baked, Anna sold, and Cleo ate.
        -: I met Ben, Anna and Cleo.
        -: We need bakers: Ben, Anna, Cleo.
        -: Anna - the baker - is right.
        -: Anna (the baker) is right.
        -: Take Ben, for example.
        -: Take, for example, Ben.
        -: Unlike Ben, I bake.
        -: Like Anna, I bake.
        -: According to Ben, bread is dear.
        -: For Anna, bread is life.
        -: To Ben, bread is life.
        -: After Ben, nobody spoke.
        -: Of course Ben, being a miller, would say so.
        -: And Ben, being a miller, would say so.
        -: But Ben, as a miller, sees it otherwise.
        -: Yet Ben, to his credit, never said so.
        -: Then Anna, laughing, left.
        -: So Anna, I take it, agrees.
        -: If Ben, or anyone, knows, speak.
        Anna: Perhaps, Anna, you could say more.
        Ben: I say this to you, Ben, as a friend.
        Anna: Your friend Ben, Anna, is wrong.
        -: My neighbour Anna, who bakes, is right.
        -: This is Anna speaking.
        Ben: Anna / Ben: what now?
        -: v1.2 by anna
        -: Ben, whose oven is old, would know.
        -: Cleo, meanwhile, has left.
        -: Ben, in particular, should answer.
        -: Anna, at least, was honest.
        -: Ben, unlike Anna, is patient.
        Anna: Anna, do you agree?
        Anna: Anna, will you come?
        Anna: Anna, is it so?
        Anna: Anna, bread is dear.
        Anna: Anna, the bread is dear.
        Anna: Anna, in my view, bread is dear.
        Anna: Anna, the bread, sadly, is gone.
        Anna: Anna, with respect, the mill was sold.
        Anna: Anna, if I may, the mill was sold.
        Ben: Ben, to be fair, Anna was right.
        -: Ben, to be fair, has a point.
        -: Anna, I must say, is right.
        Anna: Anna, I must say, you are right.
        Anna: Anna, I agree with Ben, but the mill is old.
        Anna: Anna, yes, bread is dear.
        Anna: Anna, no, I would not.
        Anna: Anna, I know, it was late.
        Ben: Ben, a question: is Anna right?
        Ben: Ben, a thought: bread is dear.
        Ben: Ben, one more thing, was it you?
        Ben: Ben, for the record, I never said so.
        Ben: Ben, on that point I agree.
        Ben: Ben, on that point, you are right.
        Ben: Ben, at the risk of sounding harsh, that is nonsense.
        Ben: Ben, as always, you are right.
        -: Ben, as always, is right.
        Ben: Ben, like you, I bake.
        Ben: Ben, though I like you, that is wrong.
        Ben: Ben, however you see it, bread is dear.
        Ben: Ben, being honest, I don't know.
        Ben: Ben, my oven, like yours, is old.
        Ben: Ben, the mill, the oven and the shop are gone.
        Ben: Ben, who paid?
        Ben: Ben, who pays for all of this matters.
        Anna: Anna: is Ben right? I doubt it.
        Anna: Anna — thank you — I see.
        Anna: Anna - thanks - I see.
        -: Ben – the baker – says no.
        -: Ben, Cleo's brother, hates it.
        Cleo: Ben and Cleo, please.
        -: Anna, Ben and everyone else agree.
        Cleo: Anna, Ben and Cleo, welcome.
        Ben: Thank you, Anna and Ben.
        Cleo: Thank you Anna, Ben and Cleo.
        Anna: Ben and you, Anna, are right.
        -: Anna, Ben, and I disagree.
        Ben: Dear Anna, dear Ben, I disagree.
        Ben: Hi Anna, hi Ben!
        -: Anna and my mother are friends.
        -: My favourites: Anna, Ben.
        -: Two people know it: Anna and Ben.
        Anna: I have one question: Anna, what is rye?
        -: Good: Anna and Ben agree.
        Ben: So, Anna and Ben, what now?
        -: Well, Anna and I talked.
        -: But Anna and Ben agree.
        Anna: And Anna?
        Ben: And what of Ben?
        """,
        guest=False,
    ),
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_who_is_meant(table: AddressingTable) -> None:
    assert table.found == table.wanted
