"""Which scripts the languages have that a text names: "auf Russisch, bitte", "по-английски", "日本語で".

The names are those of the Unicode CLDR (https://cldr.unicode.org, display names of languages), in some forty languages
and in their own, a row a script; the first line of some rows adds adverbs, and what else a language is called. They are
told in any case and with the endings that languages put behind them.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from bot.discussion.text.text_caches import caches_turn_texts

# Words are separated by spaces, those of one name by low lines.
LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "CYRILLIC": """
        rusky oroszul ukránul bolgárul
        russian russisch russe ruso russo ryska russisk venäjä rosyjski ruština orosz rusă rusça русский російська
        руски ρωσικά ロシア語 俄语 俄文 러시아어 الروسية روسی רוסית रूसी รัสเซีย nga rusia ruski rus vene krievu
        rusų ukrainian ukrainisch ukrainien ucraniano ucraino oekraïens ukrainska ukrainsk ukraina ukraiński
        ukrajinština ukrajinčina ukrán ucraineană ukraynaca украинский українська украински украјински ουκρανικά
        ウクライナ語 乌克兰语 烏克蘭文 우크라이나어 الأوكرانية اوکراینی אוקראינית यूक्रेनियाई ยูเครน ukrajinski
        ucraïnès ukraiņu ukrainiečių belarusian belarussisch biélorusse bielorruso bielorusso bielorrusso
        belarusiska belarusisk valkovenäjä białoruski běloruština bieloruština belarusz belarusă belarusça
        белорусский білоруська беларуски белоруски λευκορωσικά ベラルーシ語 白俄罗斯语 白俄羅斯文 벨라루스어
        البيلاروسية بلاروسی בלארוסית बेलारूसी เบลารุส belarus belarusia bjeloruski belarús valgevene baltkrievu
        baltarusių беларуская bulgarian bulgarisch bulgare búlgaro bulgaro bulgaars bulgariska bulgarsk bulgaria
        bułgarski bulharština bulharčina bolgár bulgară bulgarca болгарский болгарська български бугарски βουλγαρικά
        ブルガリア語 保加利亚语 保加利亞文 불가리아어 البلغارية بلغاری בולגרית बुल्गारियाई บัลแกเรีย bugarski búlgar
        bulgaaria bulgāru bulgarų serbian serbisch serbe serbio serbo sérvio servisch serbiska serbisk serbia
        serbski srbština srbčina szerb sârbă sırpça сербский сербська сръбски српски σερβικά セルビア語 塞尔维亚语
        塞爾維亞文 세르비아어 الصربية صربی סרבית सर्बियाई เซอร์เบีย srpski serbi serbu serbų macedonian mazedonisch
        macédonien macedonio macedone macedônio macedonisch makedonska makedonsk makedonia macedoński makedonština
        macedónčina macedón macedoneană makedonca македонский македонська македонски σλαβομακεδονικά マケドニア語
        马其顿语 馬其頓文 마케도니아어 المقدونية مقدونی מקדונית मकदूनियाई มาซิโดเนีย macedonia makedonski macedoni
        makedoonia maķedoniešu makedonų
    """,
    "GREEK": """
        řecky grécky görögül
        greek griechisch grec griego greco grego grieks grekiska græsk gresk kreikka grecki řečtina gréčtina görög
        greacă yunanca греческий грецька гръцки грчки ελληνικά ギリシャ語 希腊语 希臘文 그리스어 اليونانية یونانی
        יוונית यूनानी กรีก hy_lạp yunani grčki kreeka grieķu graikų
    """,
    "EAST ASIAN": """
        mandarin putonghua kantones cantones japonsky čínsky korejsky japánul kínaiul koreaiul
        japanese japanisch japonais japonés giapponese japonês japans japanska japansk japani japoński japonština
        japončina japán japoneză japonca японский японська японски јапански ιαπωνικά 日本語 日语 日文 일본어
        اليابانية ژاپنی יפנית जापानी ญี่ปุ่น nhật jepang japanski japonès jaapani japāņu japonų chinese chinesisch
        chinois chino cinese chinês chinees kinesiska kinesisk kiina chiński čínština kínai chineză çince китайский
        китайська китайски кинески κινεζικά 中国語 中文 중국어 الصينية چینی סינית चीनी จีน trung tionghoa kineski
        xinès hiina ķīniešu kinų korean koreanisch coréen coreano koreaans koreanska koreansk korea koreański
        korejština kórejčina koreai coreeană korece корейский корейська корейски корејски κορεατικά 韓国語 韩语 韓文
        한국어 الكورية کره‌ای קוריאנית कोरियाई เกาหลี hàn korejski coreà korejiešu korėjiečių
    """,
    "ARABIC": """
        arabsky arabul farsi
        arabic arabisch arabe árabe arabo arabiska arabisk arabia arabski arabština arabčina arab arabă arapça
        арабский арабська арабски арапски αραβικά アラビア語 阿拉伯语 阿拉伯文 아랍어 العربية عربی ערבית अरबी อาหรับ
        ả_rập arapski àrab araabia arābu arabų persian persisch persan persa persiano perzisch persiska persisk
        persia perski perština perzština perzsa persană farsça персидский перська персийски персијски περσικά
        ペルシア語 波斯语 波斯文 페르시아어 الفارسية فارسی פרסית फ़ारसी เปอร์เซีย ba_tư perzijski pärsia persiešu
        persų urdu ourdou urdština urdčina urduca урду ούρντου ウルドゥー語 乌尔都语 烏都文 우르두어 الأوردية اردو
        אורדו उर्दू อูรดู urdski urdú urdų
    """,
    "HEBREW": """
        hebrejsky héberül
        hebrew hebräisch hébreu hebreo ebraico hebraico hebreeuws hebreiska hebraisk heprea hebrajski hebrejština
        hebrejčina héber ebraică i̇branice иврит іврит хебрејски εβραϊκά ヘブライ語 希伯来语 希伯來文 히브리어
        العبرية عبری עברית हिब्रू ฮิบรู do_thái ibrani hebrejski hebreu heebrea ivrits hebrajų yiddish jiddisch
        yidis iídiche jiddisk jiddiš jidysz jidiš jiddis idiș yidiş идиш їдиш јидиш γίντις イディッシュ語 意第绪语
        意第緒文 이디시어 اليديشية یدی יידיש यहूदी ยิดดิช ídix jidiši jidišs ייִדיש
    """,
    "DEVANAGARI": """
        hindi hindština hindčina hintçe хинди гінді χίντι ヒンディー語 印地语 印地文 힌디어 الهندية هندی הינדי
        हिन्दी ฮินดี hindski marathi maratí marati maráthština maráthčina maráthi marathi_dili маратхи маратхі
        марати μαραθικά マラーティー語 马拉地语 馬拉地文 마라티어 الماراثية مراتی מראטהית मराठी มราฐี marathski
        marathu maratų nepali nepalesisch népalais nepalí nepalese nepalês nepalees nepalesiska nepalesisk nepalski
        nepálština nepálčina nepáli nepaleză nepalce непальский непальська непалски νεπαλικά ネパール語 尼泊尔语
        尼泊爾文 네팔어 النيبالية نپالی נפאלית नेपाली เนปาล nepal nepalès nepāliešu nepaliečių
    """,
    "BENGALI": """
        bangla bengalisch bengali bengalí bengalese bengaals bengalski bengálština bengálčina bengaleză bengalce
        бенгальский бенгальська бенгалски βεγγαλικά ベンガル語 孟加拉语 孟加拉文 벵골어 البنغالية بنگالی בנגלית
        बांग्ला บังกลา bengāļu bengalų বাংলা
    """,
    "TAMIL": """
        tamil tamoul tâmil tamili tamilski tamilština tamilčina tamilă tamilce тамильский тамільська тамилски
        ταμιλικά タミル語 泰米尔语 坦米爾文 타밀어 التاميلية تامیلی טמילית तमिल ทมิฬ tàmil tamilu tamilų தமிழ்
    """,
    "TELUGU": """
        telugu télougou télugo telugština telugčina telugu_dili телугу τελούγκου テルグ語 泰卢固语 泰盧固文 텔루구어
        التيلوغوية تلوگویی טלוגו तेलुगू เตลูกู teluški telugų తెలుగు
    """,
    "THAI": """
        thai thailändisch thaï tailandés thailandese tailandês thailändska tajski thajština thajčina thailandeză
        tayca тайский тайська тайски тајски ταϊλανδικά タイ語 泰语 泰文 태국어 التايلاندية تایلندی תאית थाई ไทย thái
        tajlandski tai taju tajų
    """,
    "GEORGIAN": """
        georgian georgisch géorgien georgiano georgiska georgisk georgia gruziński gruzínština gruzínčina grúz
        georgiană gürcüce грузинский грузинська грузински грузијски γεωργιανά ジョージア語 格鲁吉亚语 喬治亞文
        조지아어 الجورجية گرجی גאורגית जॉर्जियाई จอร์เจีย gruzijski georgià gruusia gruzīnu gruzinų ქართული
    """,
    "ARMENIAN": """
        armenian armenisch arménien armenio armeno armênio armeens armeniska armensk armenia ormiański arménština
        arménčina örmény armeană ermenice армянский вірменська арменски јерменски αρμενικά アルメニア語 亚美尼亚语
        亞美尼亞文 아르메니아어 الأرمنية ارمنی ארמנית आर्मेनियाई อาร์เมเนีย armenski armeni armeenia armēņu armėnų
        հայերեն
    """,
    "ETHIOPIC": """
        amharic amharisch amharique amárico amarico amhaars amhariska amharisk amhara amharski amharština amharčina
        amharică amharca амхарский амхарська амхарски αμχαρικά アムハラ語 阿姆哈拉语 阿姆哈拉文 암하라어 الأمهرية
        امهری אמהרית अम्हेरी อัมฮารา amharik amhàric amharu amharų አማርኛ
    """,
    "GUJARATI": """
        gujarati goudjarati guyaratí guzerate gudžarati gudżarati gudžarátština gudžarátčina gudzsaráti güceratça
        гуджарати гуджараті гуџарати γκουτζαρατικά グジャラート語 古吉拉特语 古吉拉特文 구자라트어 الغوجاراتية
        گجراتی גוג׳ארטי गुजराती คุชราต gujarat gudžaratski gudžaratu gudžaratų ગુજરાતી
    """,
    "GURMUKHI": """
        punjabi pendjabi punyabí panjabi pandžabi pendżabski paňdžábština pandžábčina pandzsábi pencapça панджаби
        панджабі пенджабски пенџапски παντζαπικά パンジャブ語 旁遮普语 旁遮普文 펀자브어 البنجابية پنجابی פנג׳אבי
        पंजाबी ปัญจาบ punjab pandžapski pandžabu pendžabų ਪੰਜਾਬੀ
    """,
    "KANNADA": """
        kannada canarés canarim kannadština kannadčina kannada_dili каннада канада κανάντα カンナダ語 卡纳达语
        坎那達文 칸나다어 الكانادا کانارا קנאדה कन्नड़ กันนาดา karnatački kannadu kanadų ಕನ್ನಡ
    """,
    "MALAYALAM": """
        malayalam malayálam malaiala malajalam malajálamština malajálamčina malajálam malayalam_dili малаялам
        малајалам μαλαγιαλαμικά マラヤーラム語 马拉雅拉姆语 馬來亞拉姆文 말라얄람어 المالايالامية مالایالامی מליאלאם
        मलयालम มาลายาลัม malajalamski malaiàlam malajalami malajalu malajalių മലയാളം
    """,
    "SINHALA": """
        sinhala singhalesisch cingalais cingalés singalese cingalês singalees singalesiska singalesisk syngaleski
        sinhálština sinhalčina szingaléz singhaleză sinhali_dili сингальский сингальська синхалски синхалешки
        σινχαλεζικά シンハラ語 僧伽罗语 僧伽羅文 싱할라어 السنهالية سینهالی סינהלה सिंहली สิงหล sinhaleški singalès
        singali singāļu sinhalų සිංහල
    """,
    "MYANMAR": """
        burmese birmanisch birman birmano birmanês birmaans burmesiska burmesisk burma birmański barmština barmčina
        burmai birmană birman_dili бирманский бірманська бирмански бурмански βιρμανικά ミャンマー語 缅甸语 緬甸文
        버마어 البورمية برمه‌ای בורמזית बर्मीज़ พม่า miến_điện burmanski birmà birma birmiešu birmiečių မြန်မာ
    """,
    "KHMER": """
        khmer jemer kambodjanska khmerski khmérština khmérčina khmeră khmer_dili кхмерский кхмерська кхмерски
        кмерски χμερ クメール語 高棉语 高棉文 크메르어 الخميرية خمری חמרית खमेर เขมร kmerski khmeeri khmeru khmerų
        ខ្មែរ
    """,
    "LAO": """
        lao laotisch laosiano laotiaans laotiska laotisk laotański laoština laoțiană lao_dili лаосский лаоська
        лаоски λαοτινά ラオ語 老挝语 寮文 라오어 اللاوية لائوسی לאו लाओ ลาว lào laoski laosià laosiešu laosiečių ລາວ
    """,
    "LATIN": """
        anglicky angolul
        english englisch anglais inglés inglese inglês engels engelska engelsk englanti angielski angličtina angol
        engleză i̇ngilizce английский англійська английски енглески αγγλικά 英語 英语 英文 영어 الإنجليزية انگلیسی
        אנגלית अंग्रेज़ी อังกฤษ anh inggris engleski anglès inglise angļu anglų german deutsch allemand alemán
        tedesco alemão duits tyska tysk saksa niemiecki němčina nemčina német germană almanca немецкий німецька
        немски немачки γερμανικά ドイツ語 德语 德文 독일어 الألمانية آلمانی גרמנית जर्मन เยอรมัน đức jerman njemački
        alemany vācu vokiečių french französisch français francés francese francês frans franska fransk ranska
        francuski francouzština francúzština francia franceză fransızca французский французька френски француски
        γαλλικά フランス語 法语 法文 프랑스어 الفرنسية فرانسوی צרפתית फ़्रेंच ฝรั่งเศส pháp prancis francès
        prantsuse franču prancūzų spanish spanisch espagnol español spagnolo espanhol spaans spanska spansk espanja
        hiszpański španělština španielčina spanyol spaniolă i̇spanyolca испанский іспанська испански шпански
        ισπανικά スペイン語 西班牙语 西班牙文 스페인어 الإسبانية اسپانیایی ספרדית स्पेनिश สเปน tây_ban_nha
        španjolski espanyol hispaania spāņu ispanų italian italienisch italien italiano italiaans italienska
        italiensk italia włoski italština taliančina olasz italiană i̇talyanca итальянский італійська италиански
        италијански ιταλικά イタリア語 意大利语 義大利文 이탈리아어 الإيطالية ایتالیایی איטלקית इतालवी อิตาลี ý
        talijanski italià itaalia itāļu italų portuguese portugiesisch portugais portugués portoghese português
        portugees portugisiska portugisisk portugali portugalski portugalština portugalčina portugál portugheză
        portekizce португальский португальська португалски πορτογαλικά ポルトガル語 葡萄牙语 葡萄牙文 포르투갈어
        البرتغالية پرتغالی פורטוגזית पुर्तगाली โปรตุเกส bồ_đào_nha portugis portuguès portugāļu portugalų dutch
        niederländisch néerlandais neerlandés olandese holandês nederlands nederländska nederlandsk hollanti
        niderlandzki nizozemština holandčina holland neerlandeză felemenkçe нидерландский нідерландська нидерландски
        холандски ολλανδικά オランダ語 荷兰语 荷蘭文 네덜란드어 الهولندية هلندی הולנדית डच ดัตช์ hà_lan belanda
        nizozemski neerlandès hollandi holandiešu olandų swedish schwedisch suédois sueco svedese zweeds svenska
        svensk ruotsi szwedzki švédština švédčina svéd suedeză i̇sveççe шведский шведська шведски σουηδικά
        スウェーデン語 瑞典语 瑞典文 스웨덴어 السويدية سوئدی שוודית स्वीडिश สวีเดน thụy_điển swedia švedski suec
        rootsi zviedru švedų finnish finnisch finnois finés finlandese finlandês fins finska finsk suomi fiński
        finština fínčina finn finlandeză fince финский фінська фински φινλανδικά フィンランド語 芬兰语 芬蘭文
        핀란드어 الفنلندية فنلاندی פינית फ़िनिश ฟินแลนด์ phần_lan finski finès soome somu suomių polish polnisch
        polonais polaco polacco polonês pools polska polsk puola polski polština poľština lengyel poloneză lehçe
        польский польська полски пољски πολωνικά ポーランド語 波兰语 波蘭文 폴란드어 البولندية لهستانی פולנית पोलिश
        โปแลนด์ ba_lan poljski polonès poola poļu lenkų czech tschechisch tchèque checo ceco tcheco tsjechisch
        tjeckiska tjekkisk tsjekkisk tšekki czeski čeština cseh cehă çekçe чешский чеська чешки τσεχικά チェコ語
        捷克语 捷克文 체코어 التشيكية چکی צ׳כית चेक เช็ก séc ceko češki txec tšehhi čehu čekų hungarian ungarisch
        hongrois húngaro ungherese hongaars ungerska ungarsk unkari węgierski maďarština maďarčina magyar maghiară
        macarca венгерский угорська унгарски мађарски ουγγρικά ハンガリー語 匈牙利语 匈牙利文 헝가리어 الهنغارية
        مجاری הונגרית हंगेरियाई ฮังการี hungary hungaria mađarski hongarès ungari ungāru vengrų romanian rumänisch
        roumain rumano rumeno romeno roemeens rumänska rumænsk rumensk romania rumuński rumunština rumunčina román
        română rumence румынский румунська румънски румунски ρουμανικά ルーマニア語 罗马尼亚语 羅馬尼亞文 루마니아어
        الرومانية رومانیایی רומנית रोमानियाई โรมาเนีย rumania rumunjski romanès rumeenia rumāņu rumunų turkish
        türkisch turc turco turks turkiska tyrkisk turkki turecki turečtina török turcă türkçe турецкий турецька
        турски τουρκικά トルコ語 土耳其语 土耳其文 튀르키예어 التركية ترکی_استانبولی טורקית तुर्की ตุรกี thổ_nhĩ_kỳ
        turki turski türgi turku turkų
    """,
}

# In these scripts a word is what stands between other characters; in all others a name stands anywhere.
_SPACED: Final = re.compile(r"[a-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u0530-\u058f\u10a0-\u10ff\u1e00-\u1eff]")
_WORD: Final = re.compile(r"[^\W\d_]+")
# Of a name longer than this the last letters are left out, which endings take the place of: русский, по-русски.
_SHORT: Final = 5
# Behind a shorter one may stand a letter, unless it is so short that it would be another word: rus, rust.
_SHORTEST: Final = 3


def _read() -> tuple[dict[str, set[str]], dict[str, set[str]], list[tuple[str, str]]]:
    """The scripts by the short names, by what longer ones begin with, and the names that stand anywhere."""
    short: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    anywhere: list[tuple[str, str]] = []
    for script, names in LANGUAGE_NAMES.items():
        for name in names.split():
            if "_" in name or not _SPACED.match(name):
                anywhere.append((name.replace("_", " "), script))
            elif len(name) <= _SHORT:
                short.setdefault(name, set()).add(script)
            else:
                beginnings.setdefault(name[: max(_SHORT, len(name) - 2)], set()).add(script)
    return short, beginnings, anywhere


_NAMES, _BEGINNINGS, _ANYWHERE = _read()
_LONGEST: Final = max(map(len, _BEGINNINGS))


@caches_turn_texts(maxsize=256)
def scripts_named(text: str) -> frozenset[str]:
    """The scripts of the languages that a text names, as in `scripts.py`."""
    folded = unicodedata.normalize("NFC", text).lower()
    found = {script for name, script in _ANYWHERE if name in folded}
    for word in set(_WORD.findall(folded)):
        for length in range(_SHORT, min(len(word), _LONGEST) + 1):
            found |= _BEGINNINGS.get(word[:length], set())
        found |= _NAMES.get(word, set())
        if len(word) - 1 > _SHORTEST:
            found |= _NAMES.get(word[:-1], set())
    return frozenset(found)
