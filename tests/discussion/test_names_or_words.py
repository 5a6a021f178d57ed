"""Names that are words, too: whom people mean, and where they only use the word."""

import pytest

from tests.support.addressing_table import AddressingTable

TABLES = (
    AddressingTable(
        ("Will", "Joy", "Hope", "Mark", "Grace"),
        """
        -: Will, Joy and I agree.
        -: Hope that helps!
        -: Hope springs eternal.
        -: Will power matters.
        -: Will that be all?
        Mark: I was filled with joy, Mark.
        -: With hope, we go on.
        -: In hope, and with joy, we go on.
        -: Hope, not fear, should guide us.
        -: Hope and joy are all we have.
        -: Hope is a good thing.
        -: Will is right about hope.
        Will: Thanks, Will. Hope you are well.
        Will: Will, I hope you are well.
        Hope: What a joy, Hope!
        """,
        guest=False,
    ),
    AddressingTable(
        ("Will", "Joy", "Hope", "Mark", "Grace"),
        """
        -: will you come
        -: joy to see you all
        -: mark my words
        Will: will, will you come
        -: hope ur well
        -: hope everyone is ok
        -: hope that helps
        -: Will do!
        -: will do
        -: Grace period is over
        Joy: Joy, is that you?
        -: I will mark it with grace.
        -: What joy!
        -: Oh joy!
        -: oh joy
        -: no hope
        -: have hope!
        -: there is hope
        -: I will.
        Will: Will?
        Will: will?
        Will: @will
        Joy: Will and Joy, hello!
        Hope: Joy and Hope, what now?
        -: hope to see you there
        -: Hope to see you there!
        -: I hope so
        -: Will there be bread?
        -: Will it work?
        -: Will bread be cheaper?
        -: will bread get cheaper?
        -: Mark the date!
        -: Mark your calendars
        -: grace under pressure
        -: Grace under pressure.
        -: By the grace of God.
        -: with good will and hope
        -: good will
        -: free will is a myth
        -: free will?
        -: Where there's a will, there's a way.
        -: at will
        -: give me hope
        -: Show me grace, or at least joy.
        -: that gives me joy
        -: Joy to the world
        -: such joy!
        -: it was a joy
        -: Let joy reign.
        Joy: thank you Joy
        Hope: Thank you, Hope.
        -: In joy and sorrow.
        Hope: Hope?
        -: is there hope?
        -: any hope?
        -: a mark of honour
        -: on your mark
        -: Question mark.
        -: exclamation mark!
        -: 10 marks
        Will: Will said so.
        Mark: Mark said so.
        Mark: I like Mark.
        Will: Is Will there?
        Grace: Is Grace there?
        Hope: I agree with Hope.
        Will: I agree with you, Will.
        """,
        guest=True,
    ),
    AddressingTable(
        ("Max", "Art", "Rich", "Sunny", "Dean", "Faith", "Summer"),
        """
        -: max 3 loaves
        -: Max 3 loaves each.
        -: at max volume
        -: to the max
        Max: Max, how many?
        -: art is long
        -: modern art is weird
        -: Art for art's sake.
        -: the rich get richer
        -: Rich people eat cake.
        Rich: Rich, you know this.
        -: it's sunny today
        -: Sunny today!
        -: in the summer we bake less
        -: Summer is coming.
        Rich: last summer, Rich, you said no
        -: have faith
        Faith: Faith, what now?
        -: in good faith
        -: keep the faith!
        -: the dean said no
        Dean: Dean, what now?
        -: state of the art
        Art: Art?
        """,
        guest=True,
    ),
    AddressingTable(
        (("Arthur", "King Arthur"), ("Merlin", "Merlin the Wizard"), ("Mae", "Auntie Mae"), ("Lou", "Sister Mary Lou")),
        """
        -: the king is dead
        -: What would the king do?
        Arthur: King Arthur, what now?
        -: is a wizard ever late?
        Merlin: Merlin the Wizard, what now?
        -: auntie is here
        Mae: Auntie Mae?
        -: my sister bakes
        Lou: Sister Mary Lou, hi
        Lou: Mary Lou, hi
        Lou: Mary, hi
        """,
        guest=True,
    ),
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_who_is_meant(table: AddressingTable) -> None:
    assert table.found == table.wanted
