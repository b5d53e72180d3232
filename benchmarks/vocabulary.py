"""Words and patterns of sentences in three languages, for `benchmarks.corpus`.

A pattern has a line for each language, with names of word forms in braces; a word has its forms
under names of its own language, so that nothing has to be inflected. Patterns with a thing for
their subject are in the present tense, which knows no gender in Russian.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One thing, place, time, or whoever acts."""

    name: str
    """In an address."""

    forms: Mapping[str, str]
    """Name of a form → the form."""


@dataclass(frozen=True, slots=True)
class Name:
    """A part of somebody's name."""

    name: str
    """In an address."""

    texts: Mapping[str, str]
    """Language → how it is written."""


def capital(text: str, language: str) -> str:
    """With a capital first letter."""
    first = "İ" if language == "tr" and text[:1] == "i" else text[:1].upper()
    return first + text[1:]


def small(text: str, language: str) -> str:
    """With a small first letter."""
    first = {"I": "ı", "İ": "i"}.get(text[:1]) if language == "tr" else None
    return (first or text[:1].lower()) + text[1:]


def _rows(table: str) -> Iterator[list[str]]:
    for line in table.strip().splitlines():
        yield [cell.strip() for cell in line.split("|")]


def _words(table: str, names: str) -> tuple[Word, ...]:
    return tuple(
        Word(row[0], dict(zip(names.split(), row[1:], strict=True))) for row in _rows(table)
    )


def _texts(table: str) -> tuple[Mapping[str, str], ...]:
    """Three lines for each, English, Turkish, Russian, and an empty one between."""
    return tuple(
        dict(zip(("en", "tr", "ru"), part.splitlines(), strict=True))
        for part in table.strip().split("\n\n")
    )


def _names(table: str) -> tuple[Name, ...]:
    return tuple(
        Name(row[0], dict(zip(("en", "tr", "ru"), row[1:], strict=True))) for row in _rows(table)
    )


# Turkish: şey (bare), şeyi (accusative), şeyin (genitive). Russian: nominative, accusative,
# genitive.
THINGS = _words(
    """
water-gauge|the water gauge|Water gauge|su ölçeği|su ölçeğini|su ölçeğinin|водомерный пост|водомерный пост|водомерного поста
harbour-dues|the table of harbour dues|Harbour dues|liman harçları tarifesi|liman harçları tarifesini|liman harçları tarifesinin|тариф портовых сборов|тариф портовых сборов|тарифа портовых сборов
pilot-book|the pilot book|Pilot book|kılavuz kitabı|kılavuz kitabını|kılavuz kitabının|лоция|лоцию|лоции
railway-timetable|the railway timetable|Railway timetable|tren tarifesi|tren tarifesini|tren tarifesinin|расписание поездов|расписание поездов|расписания поездов
water-ledger|the ledger of water rights|Water ledger|su hakları defteri|su hakları defterini|su hakları defterinin|реестр прав на воду|реестр прав на воду|реестра прав на воду
customs-form|the customs declaration|Customs form|gümrük beyannamesi|gümrük beyannamesini|gümrük beyannamesinin|таможенная декларация|таможенную декларацию|таможенной декларации
river-map|the map of the river|River map|nehrin haritası|nehrin haritasını|nehrin haritasının|карта реки|карту реки|карты реки
grain-prices|the list of grain prices|Grain prices|tahıl fiyatları listesi|tahıl fiyatları listesini|tahıl fiyatları listesinin|перечень цен на зерно|перечень цен на зерно|перечня цен на зерно
border-protocol|the border protocol|Border protocol|sınır protokolü|sınır protokolünü|sınır protokolünün|пограничный протокол|пограничный протокол|пограничного протокола
lighthouse-log|the log of the lighthouse|Lighthouse log|fener günlüğü|fener günlüğünü|fener günlüğünün|журнал маяка|журнал маяка|журнала маяка
snow-survey|the snow survey|Snow survey|kar ölçümü|kar ölçümünü|kar ölçümünün|снегомерная съёмка|снегомерную съёмку|снегомерной съёмки
dam-manual|the manual of the dam|Dam manual|baraj kılavuzu|baraj kılavuzunu|baraj kılavuzunun|руководство по плотине|руководство по плотине|руководства по плотине
census-table|the census table|Census table|nüfus cetveli|nüfus cetvelini|nüfus cetvelinin|таблица переписи|таблицу переписи|таблицы переписи
school-atlas|the school atlas|School atlas|okul atlası|okul atlasını|okul atlasının|школьный атлас|школьный атлас|школьного атласа
telegraph-code|the telegraph code|Telegraph code|telgraf kodu|telgraf kodunu|telgraf kodunun|телеграфный код|телеграфный код|телеграфного кода
ferry-contract|the ferry contract|Ferry contract|feribot sözleşmesi|feribot sözleşmesini|feribot sözleşmesinin|договор о пароме|договор о пароме|договора о пароме
canal-levy|the canal levy|Canal levy|kanal resmi|kanal resmini|kanal resminin|канальный сбор|канальный сбор|канального сбора
port-archive|the port archive|Port archive|liman arşivi|liman arşivini|liman arşivinin|портовый архив|портовый архив|портового архива
wheat-quota|the wheat quota|Wheat quota|buğday kotası|buğday kotasını|buğday kotasının|квота на пшеницу|квоту на пшеницу|квоты на пшеницу
caravan-road|the caravan road|Caravan road|kervan yolu|kervan yolunu|kervan yolunun|караванная дорога|караванную дорогу|караванной дороги
quarantine-rule|the quarantine rule|Quarantine rule|karantina kuralı|karantina kuralını|karantina kuralının|карантинное правило|карантинное правило|карантинного правила
salt-works|the salt works|Salt works|tuzla|tuzlayı|tuzlanın|соляной промысел|соляной промысел|соляного промысла
cotton-contract|the cotton contract|Cotton contract|pamuk sözleşmesi|pamuk sözleşmesini|pamuk sözleşmesinin|договор о хлопке|договор о хлопке|договора о хлопке
tide-table|the tide table|Tide table|gelgit cetveli|gelgit cetvelini|gelgit cetvelinin|таблица приливов|таблицу приливов|таблицы приливов
bridge-toll|the bridge toll|Bridge toll|köprü ücreti|köprü ücretini|köprü ücretinin|мостовой сбор|мостовой сбор|мостового сбора
boundary-stones|the row of boundary stones|Boundary stones|sınır taşları dizisi|sınır taşları dizisini|sınır taşları dizisinin|ряд межевых знаков|ряд межевых знаков|ряда межевых знаков
well-register|the register of wells|Well register|kuyu sicili|kuyu sicilini|kuyu sicilinin|опись колодцев|опись колодцев|описи колодцев
fish-count|the yearly fish count|Fish count|yıllık balık sayımı|yıllık balık sayımını|yıllık balık sayımının|ежегодный учёт рыбы|ежегодный учёт рыбы|ежегодного учёта рыбы
weather-diary|the weather diary|Weather diary|hava günlüğü|hava günlüğünü|hava günlüğünün|дневник погоды|дневник погоды|дневника погоды
transit-permit|the transit permit|Transit permit|transit izni|transit iznini|transit izninin|разрешение на транзит|разрешение на транзит|разрешения на транзит
reservoir-level|the level of the reservoir|Reservoir level|baraj gölünün seviyesi|baraj gölünün seviyesini|baraj gölü seviyesinin|уровень водохранилища|уровень водохранилища|уровня водохранилища
trade-dictionary|the dictionary of trade|Trade dictionary|ticaret sözlüğü|ticaret sözlüğünü|ticaret sözlüğünün|торговый словарь|торговый словарь|торгового словаря
""",  # noqa: E501 — one phrase a line
    "thing plain şey şeyi şeyin вещь вещь_в вещи",
)

PLACES = _words(
    """
batumi|Batumi|Batum|Batum’da|Batum’un|Батуми|в Батуми|из Батуми
baku|Baku|Bakü|Bakü’de|Bakü’nün|Баку|в Баку|из Баку
trabzon|Trabzon|Trabzon|Trabzon’da|Trabzon’un|Трабзон|в Трабзоне|из Трабзона
samsun|Samsun|Samsun|Samsun’da|Samsun’un|Самсун|в Самсуне|из Самсуна
odesa|Odesa|Odesa|Odesa’da|Odesa’nın|Одесса|в Одессе|из Одессы
tashkent|Tashkent|Taşkent|Taşkent’te|Taşkent’in|Ташкент|в Ташкенте|из Ташкента
aktau|Aktau|Aktau|Aktau’da|Aktau’nun|Актау|в Актау|из Актау
izmir|Izmir|İzmir|İzmir’de|İzmir’in|Измир|в Измире|из Измира
constanta|Constanta|Köstence|Köstence’de|Köstence’nin|Констанца|в Констанце|из Констанцы
tbilisi|Tbilisi|Tiflis|Tiflis’te|Tiflis’in|Тбилиси|в Тбилиси|из Тбилиси
astrakhan|Astrakhan|Astrahan|Astrahan’da|Astrahan’ın|Астрахань|в Астрахани|из Астрахани
varna|Varna|Varna|Varna’da|Varna’nın|Варна|в Варне|из Варны
kars|Kars|Kars|Kars’ta|Kars’ın|Карс|в Карсе|из Карса
osh|Osh|Oş|Oş’ta|Oş’un|Ош|в Оше|из Оша
nukus|Nukus|Nukus|Nukus’ta|Nukus’un|Нукус|в Нукусе|из Нукуса
rize|Rize|Rize|Rize’de|Rize’nin|Ризе|в Ризе|из Ризе
sinop|Sinop|Sinop|Sinop’ta|Sinop’un|Синоп|в Синопе|из Синопа
tehran|Tehran|Tahran|Tahran’da|Tahran’ın|Тегеран|в Тегеране|из Тегерана
kerch|Kerch|Kerç|Kerç’te|Kerç’in|Керчь|в Керчи|из Керчи
bukhara|Bukhara|Buhara|Buhara’da|Buhara’nın|Бухара|в Бухаре|из Бухары
edirne|Edirne|Edirne|Edirne’de|Edirne’nin|Эдирне|в Эдирне|из Эдирне
poti|Poti|Poti|Poti’de|Poti’nin|Поти|в Поти|из Поти
yerevan|Yerevan|Erivan|Erivan’da|Erivan’ın|Ереван|в Ереване|из Еревана
""",
    "place yer yerde yerin место где откуда",
)

ACTORS = _words(
    """
engineers|engineers|mühendisler|mühendislerin|инженеры|инженеров
customs|customs officers|gümrük memurları|gümrük memurlarının|таможенники|таможенников
hydrologists|hydrologists|hidrologlar|hidrologların|гидрологи|гидрологов
shipowners|shipowners|armatörler|armatörlerin|судовладельцы|судовладельцев
pilots|harbour pilots|kılavuz kaptanlar|kılavuz kaptanların|лоцманы|лоцманов
statisticians|statisticians|istatistikçiler|istatistikçilerin|статистики|статистиков
farmers|farmers|çiftçiler|çiftçilerin|земледельцы|земледельцев
interpreters|interpreters|çevirmenler|çevirmenlerin|переводчики|переводчиков
mapmakers|mapmakers|haritacılar|haritacıların|картографы|картографов
diplomats|diplomats|diplomatlar|diplomatların|дипломаты|дипломатов
historians|historians|tarihçiler|tarihçilerin|историки|историков
merchants|merchants|tüccarlar|tüccarların|купцы|купцов
fishermen|fishermen|balıkçılar|balıkçıların|рыбаки|рыбаков
railwaymen|railway workers|demiryolcular|demiryolcuların|железнодорожники|железнодорожников
teachers|teachers|öğretmenler|öğretmenlerin|учителя|учителей
accountants|accountants|muhasebeciler|muhasebecilerin|бухгалтеры|бухгалтеров
archivists|archivists|arşivciler|arşivcilerin|архивисты|архивистов
lawyers|lawyers|hukukçular|hukukçuların|юристы|юристов
""",
    "actors onlar onların они их",
)

OTHERS = tuple({f"{name}2": form for name, form in word.forms.items()} for word in ACTORS)
"""The same as whoever else acts in the sentence."""

WHENS = _words(
    """
spring|in spring|ilkbaharda|весной
autumn|in autumn|sonbaharda|осенью
floods|after the floods|taşkınlardan sonra|после паводков
war|before the war|savaştan önce|до войны
dry|in dry years|kurak yıllarda|в засушливые годы
winter|every winter|her kış|каждую зиму
recent|in recent years|son yıllarda|в последние годы
first|in the first months|ilk aylarda|в первые месяцы
quarter|at the end of each quarter|her çeyreğin sonunda|в конце каждого квартала
talks|during the talks|görüşmeler sırasında|во время переговоров
harvest|before every harvest|her hasattan önce|перед каждой жатвой
reform|after the reform|reformdan sonra|после реформы
morning|early in the morning|sabahın erken saatlerinde|ранним утром
decades|over several decades|onlarca yıl boyunca|на протяжении десятилетий
""",
    "when ne_zaman когда",
)

VERBS = _words(
    """
read|read again|yeniden okur|перечитывают
correct|correct|düzeltir|исправляют
copy|copy|kopya eder|копируют
keep|keep|saklar|хранят
discuss|discuss|tartışır|обсуждают
describe|describe|anlatır|описывают
publish|publish|yayımlar|публикуют
quote|quote|alıntılar|цитируют
revise|revise|gözden geçirir|пересматривают
check|check|denetler|проверяют
explain|explain|açıklar|объясняют
follow|follow|izler|отслеживают
defend|defend|savunur|отстаивают
change|change|değiştirir|изменяют
doubt|doubt|sorgular|ставят под сомнение
study|study|inceler|изучают
mention|mention|anar|упоминают
simplify|simplify|yalınlaştırır|упрощают
""",
    "verb eder делают",
)

TITLES = _texts(
    """
{plain} in {place}: what a number can carry
{yerin} {şey}: bir sayı neyi taşır
{вещь} {где}: что способно выдержать число

How {actors} of {place} {verb} {thing}
{yerde} {onlar} {şeyi} nasıl {eder}
Как {они} {где} {делают} {вещь_в}

{plain}, {year}: a view from {place}
{year} yılında {şey}: {yerde} bir bakış
{вещь}, {year} год: взгляд {откуда}

Between {actors} and {actors2}: {thing} in {place}
{onlar} ile {onlar2} arasında: {yerde} {şey}
{они} и {они2}: {вещь} {где}

{place} and the question of {thing}
{yer} ve {şey} sorusu
{место}: вопрос, который ставит {вещь}

What {actors} leave out of {thing}
{onlar} {şeyin} dışında ne bırakır
О чём молчит {вещь}: {они} {где}
"""
)

SUMMARIES = _texts("""
{when}, {actors} {verb} {thing} in {place}. What they find there says more about trust than about measurement.
{ne_zaman} {yerde} {onlar} {şeyi} {eder}. Orada buldukları, ölçümden çok güven hakkında bir şey söyler.
{когда} {они} {где} {делают} {вещь_в}. То, что они находят, говорит скорее о доверии, чем об измерениях.

Since {year}, {thing} in {place} has been read in two ways. Both of them have good reasons, and neither is complete.
{year} yılından bu yana {yerde} {şey} iki türlü okunuyor. İkisinin de sağlam gerekçeleri var, ikisi de eksik.
С {year} года {вещь} {где} читается двояко. У обоих прочтений есть веские основания, и ни одно не полно.

A dispute between {actors} and {actors2} shows how much hangs on {thing}. The answer is older than the question.
{onlar} ile {onlar2} arasındaki tartışma, {şeyin} ne çok şeyi belirlediğini gösteriyor. Yanıt, sorudan daha eski.
Спор, который ведут {они} и {они2}, показывает, как много решает {вещь}. Ответ старше самого вопроса.

In {place}, {thing} is older than the office that keeps it. This commentary follows it through {number} years of use.
{yerde} {şey}, onu tutan daireden daha eskidir. Bu yorum, {number} yıllık kullanımın izini sürüyor.
{где} {вещь} старше конторы, которая этим ведает. Комментарий прослеживает {number} лет такой работы.
""")  # noqa: E501 — one phrase a line

SENTENCES = _texts(
    """
{when}, {actors} {verb} {thing} in {place}, and nobody asks them why.
{ne_zaman} {yerde} {onlar} {şeyi} {eder}, kimse de onlara nedenini sormaz.
{когда} {они} {где} {делают} {вещь_в}, и никто не спрашивает зачем.

The oldest copy of {thing} is from {year} and has {number} pages.
{şeyin} en eski nüshası {year} yılından kalmadır ve {number} sayfadır.
Древнейший список, из которого мы знаем {вещь_в}, сделан в {year} году, в нём {number} страниц.

What {actors} call a rule, {actors2} call a habit, and {thing} leaves room for both.
{onlar} buna kural der, {onlar2} alışkanlık; {şey} ikisine de yer bırakır.
То, что {они} называют правилом, {они2} зовут привычкой, и {вещь} оставляет место тому и другому.

In {place} the difference came to {number} per cent within a single season.
{yerde} aradaki fark tek bir mevsimde yüzde {number} oldu.
{где} разница за один сезон составила {number} процентов.

A figure that is written down by {actors} is soon quoted by {actors2}, often without its unit.
{onların} yazdığı bir rakamı kısa süre sonra {onlar2} alıntılar, çoğu zaman da birimini anmadan.
Цифру, которую записывают {они}, вскоре повторяют {они2}, нередко забывая о единице измерения.

This explains why {thing} matters more in {place} than any map of the coast.
{yerde} {şeyin} neden her kıyı haritasından daha önemli olduğunu bu açıklar.
Этим объясняется, почему {где} {вещь} важнее любой карты побережья.

The agreement of {year} mentions {thing} only once, in an annex that few people read.
{year} anlaşması {şeyi} yalnızca bir kez, az kişinin okuduğu bir ekte anar.
Соглашение {year} года упоминает {вещь_в} лишь однажды, в приложении, которое мало кто читает.

Whoever compares both editions will notice that the columns were moved, not the numbers.
İki baskıyı karşılaştıran, sayıların değil sütunların yer değiştirdiğini fark eder.
Кто сравнит оба издания, заметит, что сдвинуты столбцы, а вовсе не числа.

For {actors}, the matter was settled in {year}; for {actors2}, it had only begun.
{onlar} için konu {year} yılında kapanmıştı; {onlar2} için ise yeni başlıyordu.
Одни, и среди них {они}, считали вопрос решённым в {year} году; {они2} лишь начинали спор.

The office in {place} has {number} shelves, and {thing} fills most of them.
{yerde} bulunan dairede {number} raf vardır; çoğunu {şey} doldurur.
В конторе {где} {number} полок, и почти все занимает {вещь}.

Nothing in {thing} obliges anybody to publish it, yet it has been public for {number} years.
{şeyin} hiçbir yerinde yayımlama zorunluluğu yoktur; yine de {number} yıldır herkese açıktır.
Ничто не обязывает публиковать {вещь_в}, и всё же доступ открыт уже {number} лет.

It would be easy to blame the clerks, who had neither the time nor the instruments.
Ne zamanı ne de aleti olan memurları suçlamak kolay olurdu.
Проще всего было бы обвинить писарей, у которых не было ни времени, ни приборов.

{when}, the same question is put in {place} in three languages and answered in a fourth.
{ne_zaman} aynı soru {yerde} üç dilde sorulur, dördüncü bir dilde yanıtlanır.
{когда} {где} один и тот же вопрос задают на трёх языках, а отвечают на четвёртом.

A visitor who asks for {thing} is first shown the catalogue of what was lost.
{şeyi} görmek isteyen ziyaretçiye önce kaybolanların listesi gösterilir.
Посетителю, которого интересует {вещь}, сперва показывают опись утраченного.

The price of an error is paid by {actors}, though it is made by {actors2}.
Hatanın bedelini {onlar} öder, oysa hatayı {onlar2} yapar.
За ошибку платят {они}, хотя допускают её {они2}.

Distances were given in days of travel, which made {place} seem nearer in summer.
Uzaklıklar yolculuk günüyle verilirdi; bu yüzden {yer} yazın daha yakın görünürdü.
Расстояния указывали в днях пути, поэтому {место} летом будто оказывается ближе.

After {year} the word changed its meaning without changing its spelling.
{year} yılından sonra sözcüğün yazımı aynı kaldı, anlamı değişti.
После {year} года слово изменило смысл, не изменив написания.

{actors} and {actors2} {verb} {thing} side by side, as they have done since {year}.
{onlar} ile {onlar2}, {year} yılından beri olduğu gibi, {şeyi} yan yana {eder}.
{они} и {они2} бок о бок {делают} {вещь_в}, как повелось с {year} года.

Seen from {place}, the argument about {thing} looks like a family quarrel.
{yerin} penceresinden bakınca {şey} hakkındaki tartışma bir aile kavgasına benzer.
Если смотреть {откуда}, спор, предмет которого {вещь}, похож на семейную ссору.

Of the {number} letters on the subject only one gives a date that can be checked.
Konuyla ilgili {number} mektuptan yalnızca biri denetlenebilir bir tarih verir.
Из {number} писем на эту тему лишь одно содержит дату, которую можно проверить.

An average hides what matters here: the one bad year that everybody remembers.
Ortalama burada önemli olanı, herkesin hatırladığı o tek kötü yılı gizler.
Среднее скрывает здесь главное: тот единственный дурной год, который помнят все.

{when}, when {actors} {verb} {thing}, the corridors of the ministry are unusually quiet.
{ne_zaman}, {onlar} {şeyi} gözden geçirirken, bakanlığın koridorları alışılmadık ölçüde sessizdir.
{когда}, пока {они} {делают} {вещь_в}, в коридорах министерства непривычно тихо.

The first edition was printed in {place} in {year} and sold out within {number} days.
İlk baskı {year} yılında {yerde} yapıldı ve {number} günde tükendi.
Первое издание вышло {где} в {year} году и разошлось за {number} дней.

That is no reason to give up on {thing}; it is a reason to read it with care.
Bu, {şeyi} bir yana bırakmak için değil, dikkatle okumak için bir nedendir.
Это не повод отвергать {вещь_в}; это повод читать внимательно.

Every measure needs a zero, and the zero of {place} was chosen for convenience.
Her ölçünün bir sıfıra ihtiyacı vardır; {yerin} sıfırı kolaylık olsun diye seçilmiştir.
Всякой мере нужен ноль, и тот, что приняли {где}, выбран ради удобства.

Young {actors} learn the procedure by heart and forget it within a year.
Genç {onlar} yöntemi ezbere öğrenir, bir yıl içinde de unutur.
Молодые {они} заучивают порядок наизусть и за год его забывают.

As long as {actors2} disagree, {thing} will be kept in two copies.
{onlar2} anlaşamadığı sürece {şey} iki nüsha hâlinde tutulacaktır.
Пока {они2} не договорятся, {вещь_в} будут вести в двух экземплярах.

The bridge between both offices is {number} metres long and takes half an hour.
İki daire arasındaki köprü {number} metredir, geçmek ise yarım saat sürer.
Мост между двумя конторами длиной {number} метров, а переход занимает полчаса.

{thing} also has a practical side that {actors} seldom write about.
{şeyin} bir de {onların} pek yazmadığı pratik bir yanı vardır.
Есть у предмета «{вещь}» и практическая сторона, о которой {они} пишут редко.

In the end the commission of {year} followed the advice of {actors}.
Sonunda {year} komisyonu {onların} görüşüne uydu.
В конце концов комиссия {year} года последовала совету, который дали {они}.
"""
)

LINKS = _texts("""
An [earlier commentary](TARGET) has told how {actors} came to {verb} {thing}.
{onların} {şeyi} nasıl ele aldığını [önceki bir yorum](TARGET) anlatmıştı.
О том, как {они} {делают} {вещь_в}, рассказывал [прежний комментарий](TARGET).

The case of {place} was the subject of [another note](TARGET) in these pages.
{yerin} durumu bu sayfalarda [başka bir notun](TARGET) konusuydu.
Случаю, который известен {где}, посвящена [другая заметка](TARGET) на этих страницах.

Readers who want the figures will find them in [our survey](TARGET) of {year}.
Rakamları merak eden okurlar onları {year} tarihli [incelememizde](TARGET) bulur.
Читатели, которым нужны цифры, найдут их в [нашем обзоре](TARGET) за {year} год.

Compare this with what {actors2} said in [a conversation](TARGET) about {thing}.
Bunu, {onların2} {şey} üzerine [bir söyleşide](TARGET) söyledikleriyle karşılaştırın.
Сравните с тем, что говорили {они2} в [беседе](TARGET), тема которой {вещь}.
""")

EMPHASES = _texts(
    """
What counts is *who measures*, and only then **what is measured** in {place}.
Önemli olan önce *kimin ölçtüğü*, sonra {yerde} **neyin ölçüldüğüdür**.
Важно, *кто измеряет*, и лишь затем **что измеряют** {где}.

The word *approximately* stands {number} times in {thing}, always **before a number**.
*Yaklaşık* sözcüğü {şeyin} metninde {number} kez geçer, hep **bir sayıdan önce**.
Слово *приблизительно* стоит в тексте {number} раз, и всегда **перед числом**.

It was *not* a failure of {actors} but a **lack of paper**.
Bu, {onların} başarısızlığı *değil*, **kâğıt yokluğuydu**.
Это была *не* ошибка, которую совершили {они}, а **нехватка бумаги**.

Such a reading is *possible*, yet it asks **too much** of {thing}.
Böyle bir okuma *mümkündür*, ama **çok fazlasını** bekler.
Такое прочтение *возможно*, но требует **слишком многого**: {вещь} этого не вынесет.
"""
)

OUTSIDE = _texts("""
The [register of treaties](https://treaties.un.org/) has the text of {year}, and {actors} quote it from there.
{year} metni [antlaşmalar sicilinde](https://treaties.un.org/) bulunur, {onlar} da oradan alıntılar.
Текст {year} года есть в [реестре договоров](https://treaties.un.org/), откуда его и цитируют {они}.

Series of observations are published by the [hydrological service](https://hydro.example.org/series/{year}) in {place}.
Gözlem dizilerini {yerde} [su ölçüm servisi](https://hydro.example.org/series/{year}) yayımlar.
Ряды наблюдений публикует {где} [гидрологическая служба](https://hydro.example.org/series/{year}).

A scan of {thing} can be seen in the [digital library](https://library.example.org/scans/{number}) of the university.
{şeyin} taraması üniversitenin [dijital kütüphanesinde](https://library.example.org/scans/{number}) görülebilir.
Скан документа «{вещь}» можно увидеть в [цифровой библиотеке](https://library.example.org/scans/{number}) университета.

The [statistical yearbook](https://stat.example.org/{year}/yearbook) counts {place} among the larger ports.
[İstatistik yıllığı](https://stat.example.org/{year}/yearbook) {yerin} adını büyük limanlar arasında sayar.
[Статистический ежегодник](https://stat.example.org/{year}/yearbook) сообщает: {место} — среди крупных портов.
""")  # noqa: E501 — one phrase a line

LEADS = _texts("""
Three things follow for {actors}:
{onlar} için bundan üç şey çıkar:
Отсюда следуют три вывода, которые {они} хорошо знают:

In {place} this is felt in three ways:
{yerde} bunun etkisi üç biçimde hissedilir:
{где} это ощущается трояко:

Whoever reads {thing} should know three points:
{şeyi} okuyan üç noktayı bilmelidir:
Всякому, кого занимает {вещь}, надо помнить о трёх обстоятельствах:
""")

ITEMS = _texts("""
Time: {when} there is less of it, and {actors} have to wait.
Zaman: {ne_zaman} azalır, {onlar} beklemek zorunda kalır.
Время: {когда} его меньше, и {они} вынуждены ждать.

Money: the cost of {thing} rose by {number} per cent.
Para: {şeyin} maliyeti yüzde {number} arttı.
Деньги: расходы на {вещь_в} выросли на {number} процентов.

Language: {actors2} use another word for it in {place}.
Dil: {onlar2} {yerde} bunun için başka bir sözcük kullanır.
Язык: {они2} {где} называют это другим словом.

Law: the rule of {year} was never repealed.
Hukuk: {year} tarihli kural hiç yürürlükten kaldırılmadı.
Право: норму {year} года никто не отменял.

Paper: {thing} is older than the ink that it is written with.
Kâğıt: {şey}, yazıldığı mürekkepten daha eskidir.
Бумага: {вещь} старше чернил, которыми сделана запись.
""")

QUOTES = _texts(
    """
We were never asked whether {thing} was right, only whether it was ready.
Bize hiçbir zaman {şeyin} doğru olup olmadığı sorulmadı, yalnızca hazır olup olmadığı soruldu.
Нас никогда не спрашивали, верна ли запись, спрашивали только, готово ли дело.

In {place} we trusted {actors}, because they had no reason to flatter us.
{yerde} {onların} sözüne güvendik, çünkü bizi pohpohlamaları için bir neden yoktu.
{где} верили тому, что говорят {они}, ведь льстить нам у них не было причин.

Let {actors2} write what they like; the river does not read.
{onlar2} ne isterse yazsın; nehir okumaz.
Пусть {они2} пишут что угодно; река не читает.

I have kept {thing} for {number} years and still find mistakes in it.
{şeyi} {number} yıldır tutuyorum, hâlâ içinde hata buluyorum.
Я веду {вещь_в} уже {number} лет и до сих пор нахожу ошибки.
"""
)

NOTES = _texts("""
For the text of {year} see the [collection of documents](https://library.example.org/documents/{year}), p. {number}.
{year} metni için bkz. [belgeler derlemesi](https://library.example.org/documents/{year}), s. {number}.
Текст {year} года см. в [сборнике документов](https://library.example.org/documents/{year}), с. {number}.

The figures are those of {actors} in {place}; other counts differ by {number} per cent.
Rakamlar {yerde} {onların} verdiği rakamlardır; başka sayımlar yüzde {number} farklıdır.
Цифры приводят {они} {где}; другие подсчёты расходятся на {number} процентов.

Both copies of {thing} are described in the [catalogue](https://archive.example.org/catalogue/{number}) of {year}.
{şeyin} iki nüshası da {year} tarihli [katalogda](https://archive.example.org/catalogue/{number}) tanıtılır.
Оба экземпляра описаны в [каталоге](https://archive.example.org/catalogue/{number}) {year} года.
""")  # noqa: E501 — one phrase a line

HEADINGS = _texts("""
A number and its history
Bir sayı ve tarihi
Число и его история

What the sources say
Kaynaklar ne diyor
Что говорят источники

Two ways of counting
Saymanın iki yolu
Два способа счёта

The view from the quay
Rıhtımdan bakınca
Взгляд с причала

Who pays for accuracy
Kesinliğin bedelini kim öder
Кто платит за точность

The matter of units
Birim meselesi
Вопрос о единицах

Old rules, new instruments
Eski kurallar, yeni aletler
Старые правила, новые приборы

What remains open
Açık kalanlar
Что остаётся открытым

A lesson for others
Başkaları için bir ders
Урок для других
""")

BIOGRAPHIES = _texts("""
writes about {thing} and the people who keep it.
{şey} ve onu tutan insanlar üzerine yazar.
пишет на тему «{вещь}» и о людях, которые за ней стоят.

Many of these texts were begun in {place}, where {actors} and {actors2} argue to this day.
Bu yazıların çoğu, {onlar} ile {onlar2} arasındaki tartışmanın bugün de sürdüğü bir yerde, {yerde} başladı.
Многие из этих текстов начаты {где}, где и по сей день спорят {они} и {они2}.

The languages are English, Turkish and Russian, and old measures are a hobby.
Bildiği diller İngilizce, Türkçe ve Rusçadır; eski ölçüleri biriktirir.
Языки — английский, турецкий и русский, увлечение — старинные меры.

The name is made up, as all names on these pages are.
Bu ad, bu sayfalardaki bütün adlar gibi, uydurmadır.
Имя вымышлено, как и все имена на этих страницах.
""")  # noqa: E501 — one phrase a line

TAGS = _texts("""
Archives
Arşivler
Архивы

Black Sea
Karadeniz
Чёрное море

Borders
Sınırlar
Границы

Caspian
Hazar
Каспий

Central Asia
Orta Asya
Центральная Азия

Climate
İklim
Климат

Customs
Gümrük
Таможня

Fisheries
Balıkçılık
Рыболовство

Grain
Tahıl
Зерно

Languages
Diller
Языки

Maps
Haritalar
Карты

Measures
Ölçüler
Меры

Ports
Limanlar
Порты

Railways
Demiryolları
Железные дороги

Rivers
Nehirler
Реки

Schools
Okullar
Школы

Statistics
İstatistik
Статистика

Trade
Ticaret
Торговля

Transport
Ulaştırma
Транспорт

Treaties
Antlaşmalar
Договоры

Water
Su
Вода
""")

AFFILIATIONS = _texts("""
Institute of Ports
Limanlar Enstitüsü
Институт портов

School of Rivers
Nehirler Okulu
Школа рек

Desk for Trade and Transport
Ticaret ve Ulaştırma Masası
Отдел торговли и транспорта

Programme on Water
Su Programı
Программа «Вода»

Archive of Measures
Ölçüler Arşivi
Архив мер
""")

GIVEN = _names("""
anna|Anna|Anna|Анна
mert|Mert|Mert|Мерт
vera|Vera|Vera|Вера
deniz|Deniz|Deniz|Дениз
oleg|Oleg|Oleg|Олег
ilgin|Ilgın|Ilgın|Ылгын
james|James|James|Джеймс
sofia|Sofia|Sofya|София
cagri|Çağrı|Çağrı|Чагры
irina|Irina|İrina|Ирина
ruth|Ruth|Ruth|Рут
kerem|Kerem|Kerem|Керем
pavel|Pavel|Pavel|Павел
ipek|İpek|İpek|Ипек
martin|Martin|Martin|Мартин
gulsah|Gülşah|Gülşah|Гюльшах
lev|Lev|Lev|Лев
helen|Helen|Helen|Хелен
ozan|Ozan|Ozan|Озан
""")

FAMILIES = _names("""
archer|Archer|Archer|Арчер
isik|Işık|Işık|Ышик
belov|Belov|Belov|Белов
marsh|Marsh|Marsh|Марш
ornekci|Örnekçi|Örnekçi|Эрнекчи
sokol|Sokol|Sokol|Сокол
field|Field|Field|Филд
yagmur|Yağmur|Yağmur|Ягмур
reznik|Reznik|Reznik|Резник
stone|Stone|Stone|Стоун
incesu|İncesu|İncesu|Инджесу
polyak|Polyak|Polyak|Поляк
rivers|Rivers|Rivers|Риверс
cinar|Çınar|Çınar|Чинар
lesnoy|Lesnoy|Lesnoy|Лесной
brook|Brook|Brook|Брук
gokdeniz|Gökdeniz|Gökdeniz|Гёкдениз
karpov|Karpov|Karpov|Карпов
hill|Hill|Hill|Хилл
sahin|Şahin|Şahin|Шахин
zimin|Zimin|Zimin|Зимин
wells|Wells|Wells|Уэллс
ozturk|Öztürk|Öztürk|Озтюрк
""")

PHRASES: Mapping[str, Mapping[str, str]] = {
    row[0]: dict(zip(("en", "tr", "ru"), row[1:], strict=True))
    for row in _rows("""
skip|Skip to the text|Metne geç|Перейти к тексту
site|Site|Site|Сайт
languages|Languages|Diller|Языки
topics|Topics|Konular|Темы
topic|Topic|Konu|Тема
series|Series|Dizi|Серия
authors|Authors|Yazarlar|Авторы
author|Author|Yazar|Автор
about|About the author|Yazar hakkında|Об авторе
theirs|Commentary by this author|Bu yazarın yorumları|Тексты этого автора
pages|Pages|Sayfalar|Страницы
newer|Newer|Daha yeni|Новее
older|Older|Daha eski|Старше
all|All commentary|Bütün yorumlar|Все комментарии
commentary|Commentary|Yorum|Комментарий
feed|Feed|Akış|Лента
also|This piece is also available in:|Bu yazının öbür dilleri:|Этот текст на других языках:
edition|This edition|Bu baskı|Это издание
language|Original language:|Özgün dili:|Язык оригинала:
itself|This edition is the original.|Bu baskı özgün metindir.|Это издание — оригинал.
translator|Translated by|Çeviren:|Перевод:
original|Read the original|Özgün metni oku|Читать оригинал
cite|How to cite|Nasıl alıntılanır|Как цитировать
managers|For reference managers:|Kaynakça programları için:|Для библиографических программ:
related|Related pieces|İlgili yazılar|Другие тексты по теме
missing|This page does not exist|Böyle bir sayfa yok|Такой страницы нет
notes|Notes|Notlar|Примечания
""")
}
"""What pages say around a text, for the themes of the tools that this project is compared with."""

COUNTED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "minutes": {
        "en": {"one": "{n} min read", "other": "{n} min read"},
        "tr": {"one": "{n} dakikalık okuma", "other": "{n} dakikalık okuma"},
        "ru": dict.fromkeys(("one", "few", "many", "other"), "{n} мин чтения"),
    },
    "count": {
        "en": {"one": "{n} piece", "other": "{n} pieces"},
        "tr": {"one": "{n} yazı", "other": "{n} yazı"},
        "ru": {
            "one": "{n} текст",
            "few": "{n} текста",
            "many": "{n} текстов",
            "other": "{n} текста",
        },
    },
}
"""Phrase → language → plural category → what it says of `{n}`."""
