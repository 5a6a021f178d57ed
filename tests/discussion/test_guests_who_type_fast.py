"""Whom guests mean as they type: in small letters, without commas, with emoji, paths and files between."""

import pytest

from tests.support.addressing_table import AddressingTable

TABLES = (
    AddressingTable(
        ("Anna", "Ben", "Cleo"),
        """
        Ben: Thanks, Ben! Anna was funny too.
        -: :anna: lol
        -: cd /home/anna/bread
        -: #anna-fans rise up
        -: anna.py crashes for me
        -: open anna.txt please
        -: see anna.berlin
        -: #anna is trending
        -: @anna_b you around?
        -: C:\\Users\\Anna\\bread is full
        -: ~/anna/notes.md
        -: ./anna.sh fails
        -: anna_b said hi
        -: anna@home is my wifi
        -: look at github/anna/bread
        -: anna.exe lol
        Ben: anna/ben what do you think
        Ben: Anna/Ben: thoughts?
        Anna: Anna.What do you think?
        Anna: ok.anna what do you think
        Anna: :wave: anna what do you think
        Anna: anna :smile: what do you think
        -: Anna, Ben and I went home.
        Anna: anna whats ur fav bread
        Ben: ben u there
        Ben: yo ben u ok
        Ben: hey ben, anna told me ur mad lol
        Anna: @anna is ben right??
        Anna: ben is so funny 😂 anna what do u think
        Ben: lol ben ur wrong anna is right
        Ben: idk ben anna kinda has a point tho
        Anna: anna pls explain to ben
        Ben: so ben, is anna right ?
        -: anna and ben r both wrong
        Cleo: who do u agree with cleo
        Cleo: cleo do u agree w anna
        Cleo: cleo what about u
        Anna: hiii anna!!! love ur work
        Anna: omg anna
        Anna: ANNA YOU ARE WRONG
        Anna: anna you are wrong and ben is right
        Ben: ben your bread is bad, anna's is good
        Ben: ben, ur bread sucks. annas is better
        Ben: wdym ben
        Ben: ty anna, ben ur turn
        Ben: thx anna! ben?
        Anna: good point ben. anna any comment
        Ben: anna: ben: u both wrong
        Anna: my dog is called ben. anna do u like dogs
        Anna: 🙋 anna i have a question about ben
        Anna: 👋anna how r u
        Anna: anna👍
        Anna: Anna ❤️ what about ben
        Anna: anna;what do you think
        Anna: anna...thoughts
        Anna: anna,,, ben is wrong
        Anna: @ anna what about ben
        Anna: (anna) what about ben
        Anna: [Anna] what about ben
        Ben: what would anna say to ben?
        Ben: hey anna & ben, whats up
        Anna: hey guys, anna was great
        Ben: good morning everyone! ben, coffee?
        Ben: gm ben
        Anna: sup anna ben is late
        Anna: bro anna ben is late
        Anna: dude, anna, chill
        Anna: tell ben hi, anna
        Anna: anna tell ben hi
        Anna: +1 anna
        -: agree with ben, anna is wrong
        -: ben > anna
        -: ben>anna
        Anna: team anna
        Anna: Re: Anna – no way
        Ben: Q for ben: is anna right
        -: annna what do you think
        Anna: Anna?? Ben said no
        Anna: why anna
        Anna: i disagree with you anna. ben is right
        Ben: i disagree with anna. ben what about you
        Ben: could you elaborate ben?
        Ben: ben could you elaborate on what anna said?
        Anna: ben, anna - which one of you bakes
        Anna: and anna?
        Ben: what about ben
        Ben: nah ben
        Ben: wrong, ben! anna got it
        Anna: 𝐀𝐧𝐧𝐚, hi
        Anna: Ａｎｎａ？
        Anna: **anna** u there
        Anna: __**Anna**__: hm
        Anna: ||Anna||, hm
        Anna: comme disait Anna, le pain est cher
        Anna: dis anna, tu penses que ben a raison ?
        Ben: T'en penses quoi Ben ?
        Anna: anna tu que opinas de ben
        Anna: oye anna, ben tiene razon?
        Anna: senti anna, ben ha ragione?
        Anna: Secondo me Anna ha ragione
        Anna: Oi Anna, o Ben tem razão?
        Anna: O que você acha, Anna? O Ben já falou.
        Anna: anna vc concorda com o ben?
        Anna: Anna wat vind jij van Ben?
        Anna: ik ben het eens met anna
        Anna: Anna vad tycker du om Ben?
        -: håller med anna, ben har fel
        Anna: Hei Anna, hva mener Ben?
        Anna: Hello Ben and Anna, I'm new
        -: Hi, I'm Anna!
        -: i am ben
        -: my name is anna
        Anna: http anna
        Anna: anna: check example.org/ben
        Ben: ben's site is ben.dev
        Ben: :Anna_wave: hi ben
        Ben: Ben :anna:
        Anna: hi :ben: anna
        Anna: #ben anna?
        -: r/anna is down
        -: u/ben said it
        Ben: anna.json is broken, ben
        Cleo: Anna,Ben and Cleo: hi
        Anna: Anna.Thanks!
        Anna: Thanks Anna.I agree
        -: anna=1
        -: anna() fails
        -: $anna is unset
        -: %anna% lol
        -: C:/Users/ben/x
        -: \\\\srv\\anna\\x
        -: mail me@anna.com
        -: anna@bakery
        Anna: @Anna's bread
        Anna: @anna, hi
        Anna: @anna!
        Ben: cc @ben
        -: /anna help
        Cleo: anna/ben/cleo thoughts?
        Anna: w/ anna
        Anna: Anna's.
        Ben: ben are you real
        Ben: ben r u real
        Anna: anna do ya bake
        Anna: Anna youre funny
        Anna: anna i disagree
        Anna: anna can u ask ben
        Ben: ben can we eat
        Ben: everyone loves ben
        Anna: no one likes anna lol
        Ben: ben>>>
        Ben: BEN!!!
        Ben: BEN IS WRONG
        Anna: Anna <3
        Anna: anna :)
        Anna: anna ;) what about ben
        Ben: i told ben and he was mad
        -: anna said ben was late
        Anna: did ben pay anna?
        Anna: anna ??
        Anna: *waves at anna*
        Anna: _anna_
        Anna: ~anna~
        Ben: lol @ben
        Ben: ben 👀
        Ben: 👀 ben
        Ben: ben🍞?
        Ben: hmm ben interesting, tell us more
        Ben: ok ben interesting
        Anna: good q anna
        Anna: great point anna!
        Anna: anna's right
        Ben: sorry ben
        Ben: sorry ben, anna first
        Anna: welcome back anna! ben missed you
        Anna: happy birthday anna
        Ben: congrats ben!!
        Ben: rip ben
        Ben: bye ben
        Anna: anna > ur turn
        Anna: Anna | thoughts?
        Anna: hey, anna. what about ben
        Anna: hey , anna , is ben ok
        Anna: anna .what now
        Anna: anna , ben is wrong
        Anna: anna.. ben is wrong
        Anna: anna ! ben is wrong
        Anna: anna?! ben is wrong
        Anna: My name is Otto. Anna, do you bake?
        Anna: I'm Otto, hi Anna!
        Anna: i'm with anna
        -: i am annas fan
        Anna: I'm Anna's fan
        Ben: im team ben
        Ben: I'm a fan of Ben
        Anna: I am so happy, Anna!
        Anna: I'm sorry Anna
        Anna: i'm sorry anna
        """,
        guest=True,
    ),
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_who_is_meant(table: AddressingTable) -> None:
    assert table.found == table.wanted
