"""Names that are words, by language, and the words beside a name that show that it is one; folded, without accents."""

from typing import Final

from bot.discussion.model.address_words import folded_words

# Words that, before what could be a name in small letters, show that it is none ("a king", "i hope", "what will") ...
NEVER_BEFORE_A_NAME: Final = folded_words(
    {
        "English": """a an the my your his her its our their this these those no some any every each i we you
            they he she it what who not be been being will would can could may might shall should must very so
            too more most let's us him them there here""",
        "others": """ein eine einen einem einer eines kein keine keinen mein meine dein im zum vom am das des
            dem den un une uno una um uma mon ma mes mi mis su sus el los las il lo le la les o os as een het en
            ett et ei не это эта этот моя мой ja minä hän ik""",
    }
)
# ... in capitals only these do: other languages have articles before names, and German capitalises nouns.
NEVER_BEFORE_A_CAPITAL: Final = folded_words(
    {
        "English": "an my your his its our their",
        "German": "ein eine einen einem einer eines kein keine keinen mein meine dein sein im zum vom am dem des",
    }
)
# ... and these where the name is a word ("a King", "der Wolf"), though others may have an article.
NEVER_BEFORE_A_CAPITAL_WORD: Final = folded_words({"English": "a", "German": "der die"})
# ... and behind it: "will this", "hope it", "mark my".
NEVER_BEHIND_A_NAME: Final = folded_words(
    {
        "English": """i you he she it we they this that these those the a an my your his her our their there me
            him us them anyone anybody someone somebody everyone nobody nothing something anything all""",
        "Dutch": "je jij ik",
    }
)

# ... and what only people do shows that it is the name: "Will said", "Mark says".
ONLY_BEHIND_A_NAME: Final = folded_words(
    {
        "English": """said says thinks thought knows knew told tells asked asks agrees disagrees argued argues
            wrote replied""",
    }
)

# Names that are words of everyday speech as well. No such list can be whole: it only says where a name that nothing but
# its letters speaks for is not believed. What is called by comma, greeting or @ needs no list.
ALSO_WORDS_OF_ENGLISH: Final = folded_words(
    {
        "names": """will may hope mark bill frank rose grace faith joy art jack sky summer angel max an king
            grant rob sue pat chase nick drew wade dale glen heath reed rich ray gene miles hunter mason cooper
            baker cook chef doctor judge queen prince duke earl dean august april june autumn winter dawn eve
            star sunny stormy rain river brook lake forest ash holly hazel olive lily daisy violet iris poppy
            ginger basil sage rosemary ruby pearl amber jade crystal opal gem harmony melody carol viola harp
            victor victory justice honor honour truth verity prudence patience mercy charity constance
            temperance clement felicity bliss merry happy precious christian pastor bishop abbot page porter
            piper potter smith fisher shepherd marshal major general sergeant captain guy chip chuck don sandy
            rusty dusty rocky cliff stone clay wolf fox bear robin wren lark dove phoenix raven buck drake cat
            bird ace king blue grey gray green brown black white red scarlet coral indigo rusty sterling penny
            cash dollar price buddy junior senior critic keeper engineer teacher writer scientist philosopher
            sceptic skeptic optimist pessimist moderator guest host expert student lawyer priest poet artist
            historian economist farmer sailor soldier nurse professor uncle aunt so can do in on am is be me he
            us my it a i long young moss wells banks woods rivers fields mills bush case lance rod guy hank bud
            gale skip tab tad bless honey sugar candy destiny trinity journey sol""",
        "more": """heather ivy storm flint trip colt fern clover willow laurel rowan aurora sierra savannah lane
            brandy sherry chance noble blaze jet kit noel haven heaven kitty pepper peach promise royal rush
            saint scout serenity shade silver skye snow sparrow spring swift tiger true unity velvet easter
            christmas sunday monday friday saturday trust love comfort earnest art miller author director
            manager designer developer analyst trader banker driver gardener mayor narrator wizard witch knight
            thief bard monk robot computer assistant reader""",
    }
)
# These count in any text but an English one: "dan" is a word in Dutch and Indonesian.
ALSO_WORDS_ELSEWHERE: Final = folded_words(
    {
        "German": """ernst wolf stern rose frank mark sommer winter engel kaiser könig richter klaus heide erika
            flora linde berg sonne wunsch mut glück liebe kraft groß klein lang kurz jung alt schwarz weiß
            braun kühn fromm dick""",
        "French": """pierre claire rose aimé constant juste blanche marine olive fleur soleil lune espérance
            prudence modeste marguerite violette jasmin reine prince ange noël franc""",
        "Spanish, Portuguese, Italian": """ángel paz sol luz mar rosa consuelo dolores esperanza gloria pilar
            rocío nieves blanca cruz rey león flor lluvia cielo alba estrella fe vida amor gioia vera bella
            speranza salvador jesús domingo socorro mercedes remedios soledad""",
        "Finnish, Estonian": """tuuli onni lumi satu usko toivo rauha ilma taimi kukka ruusu vuokko marja oras
            taisto voitto armas sulo lahja impi tyyne suvi meri aamu ilta taika vilja pilvi sade aura aalto
            tuisku""",
        "Dutch": "dan hij gul roos bloem wind storm vos",
        "Nordic languages": "stig sten björn ulf frid liv sol dag storm bo ask alm vår sommer eld",
        "Turkish": """deniz umut barış güneş yağmur özgür ümit savaş çiçek gül bahar aslan demir toprak
            sevgi aşk can duygu ışık su nur kaya yıldız sevinç mutlu bulut ırmak ezgi devrim eylül nisan""",
        "Polish, Czech, Hungarian, Croatian": """miłosz róża kalina jagoda wiktor nada vera luka ljubav virág
            rózsa béke hajnal""",
        "Russian, Ukrainian": """вера надежда любовь роза лев мир слава майя
            злата заря надія віра любов""",
        "Arabic, Persian, Hebrew": """أمل نور سعيد كريم جميل حسن سلام هدى إيمان رحمة ربيع قمر امید بهار مهر נור
            אור טל גל שיר נועם אביב שחר רון חן ים דרור יובל""",
        "Hindi": "आशा प्रेम दया राज आनंद शांति ज्योति सूरज किरण पूजा खुशी विजय",
        "Chinese, Japanese": """光 愛 爱 明 健 希望 太阳 和平 望 海 空 翼 桜 雪 花 春 夏 秋 冬 月 星 林 森
            さくら ひかり のぞみ ひなた あおい""",
        "Korean": "하늘 사랑 희망 가을 봄 별 이슬 슬기 나라 보람 아름 한별 소리 바다 하나 지혜 미소",
        "Indonesian, Vietnamese, Thai": """bunga bintang mawar indah putri an mai hoa lan nam việt ฝน ฟ้า น้ำ ใจ
            ดาว แก้ว ขวัญ มา""",
    }
)
