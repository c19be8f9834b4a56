"""How Chinese text is read: sort keys, initials, and the spellings a search may use.

Every character is looked up once and kept, so that 150,000 names take seconds. A phrase decides a character with
several readings where the dictionary knows it (银行 yin hang); a surname or a doubtful character keeps all of them.
"""

import unicodedata
from functools import lru_cache
from itertools import product

#: Every syllable, in the order of its code in stored search lines: append only, never reorder.
_ALL = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biang biao bie bin bing bo bong bu ca cai can cang cao ce
cei cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci
cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die din ding diu dong dou du duan
dui dun duo e ei en eng er fa fan fang fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu
gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hm hng hong hou hu hua huai huan huang hui hun
huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku
kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei len leng li lia lian liang liao lie lin ling liu lo long
lou lu luan lun luo lv lve m ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu n na nai
nan nang nao ne nei nen neng ng ni nia nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai
pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan
que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan
shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo
ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo
wong wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu
yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu
zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""
SYLLABLES = tuple(_ALL.split())

#: A syllable is one character of a search line, from the private use area, where no typed text can be.
_SIGN: dict[str, str] = {syllable: chr(0xE000 + number) for number, syllable in enumerate(SYLLABLES)}

#: Sounds without a vowel are read, but typed letters are never cut into them.
_TYPED = tuple(syllable for syllable in SYLLABLES if set(syllable) & set("aeiouv"))

#: Surnames read otherwise than the common word: the surname's reading first.
SURNAMES: dict[str, tuple[str, ...]] = {
    "仇": ("qiu", "chou"),
    "单": ("shan", "dan"),
    "曾": ("zeng", "ceng"),
    "解": ("xie", "jie"),
    "查": ("zha", "cha"),
    "盖": ("ge", "gai"),
    "区": ("ou", "qu"),
    "朴": ("piao", "pu"),
    "翟": ("zhai", "di"),
    "覃": ("qin", "tan"),
    "尉": ("wei", "yu"),
    "缪": ("miao", "mou"),
    "洗": ("xian", "xi"),
    "冼": ("xian",),
    "员": ("yun", "yuan"),
    "阚": ("kan",),
    "乐": ("yue", "le"),
    "任": ("ren",),
    "宁": ("ning",),
    "折": ("she", "zhe"),
    "种": ("chong", "zhong"),
    "重": ("chong", "zhong"),
    "秘": ("bi", "mi"),
    "繁": ("po", "fan"),
    "晟": ("cheng", "sheng"),
    "牟": ("mu", "mou"),
    "逄": ("pang",),
    "乜": ("nie", "mie"),
    "黑": ("he", "hei"),
    "召": ("shao", "zhao"),
    "那": ("na",),
    "宓": ("mi", "fu"),
    "幺": ("yao",),
    "郇": ("xun", "huan"),
    "郗": ("chi", "xi"),
    "隗": ("kui", "wei"),
    "纪": ("ji",),
    "万": ("wan",),
    "石": ("shi",),
}

#: Characters of firm names whose reading no phrase may settle: all readings are kept wherever they stand.
DOUBTFUL = {
    "长": ("chang", "zhang"),
    "行": ("hang", "xing"),
    "乐": ("le", "yue"),
    "重": ("zhong", "chong"),
    "朝": ("chao", "zhao"),
    "晟": ("sheng", "cheng"),
    "铂": ("bo",),
    "单": ("dan", "shan"),
    "厦": ("xia", "sha"),
    "调": ("tiao", "diao"),
}

#: A surname may stand first, or after the name of a place.
_SURNAME_WITHIN = 4
_MOST_VARIANTS = 8
_MOST_SPELLINGS = 48


def sort_key(text: str, person: bool = False, limit: int = 200) -> str:
    """What lists sort a name by: its syllables, separated, cut at `limit`. A person's surname is read as one."""
    syllables = list(_syllables(text))
    if person and text[:1] in SURNAMES:
        syllables[0] = SURNAMES[text[0]][0]
    return " ".join(syllables)[:limit]


def initials(text: str) -> list[str]:
    """The first letters of the name, once for each way it may be read; the likeliest first."""
    return list(dict.fromkeys("".join(syllable[0] for syllable in reading) for reading in _readings_of(text)))


def signs(text: str) -> list[str]:
    """The name as search lines of syllable signs, once for each way it may be read; the likeliest first."""
    return ["".join(_SIGN.get(syllable, syllable) for syllable in reading) for reading in _readings_of(text)]


@lru_cache(maxsize=4096)
def spellings(letters: str) -> tuple[str, ...]:
    """The sign patterns that typed letters may mean: whole syllables, the last possibly unfinished.

    Empty for other text, and for a single letter: that is an initial, not a spelling.
    """
    if len(letters) < 2 or not (letters.isascii() and letters.isalpha()):
        return ()
    # From each place on, the ways to spell the rest, worked out once: no word has more work than its length.
    rest: dict[int, list[str]] = {len(letters): []}
    for start in reversed(range(len(letters))):
        ways = [_SIGN[syllable] for syllable in _beginning_with(letters[start:])]
        for length in range(min(6, len(letters) - start - 1), 0, -1):
            syllable = letters[start : start + length]
            if syllable in _WHOLE:
                ways += [_SIGN[syllable] + way for way in rest[start + length]]
        rest[start] = list(dict.fromkeys(ways))[:_MOST_SPELLINGS]
    return tuple(rest[0])


@lru_cache(maxsize=4096)
def _beginning_with(letters: str) -> tuple[str, ...]:
    return tuple(syllable for syllable in _TYPED if syllable.startswith(letters)) if len(letters) <= 6 else ()


@lru_cache(maxsize=64)
def _readings_of(text: str) -> list[list[str]]:
    """Every way to read the text, at most eight."""
    syllables = _syllables(text)
    choices: list[tuple[str, ...]] = []
    variants = 1
    for place, (character, usual) in enumerate(zip(text, syllables, strict=True)):
        readings: tuple[str, ...] = (usual,)
        if place < _SURNAME_WITHIN and character in SURNAMES:
            readings = tuple(dict.fromkeys((usual, *SURNAMES[character])))
        elif character in DOUBTFUL and not _by_phrase(text, place):
            readings = tuple(dict.fromkeys((usual, *DOUBTFUL[character])))
        if variants * len(readings) > _MOST_VARIANTS:
            readings = (usual,)
        variants *= len(readings)
        choices.append(readings)
    if variants == 1:
        return [list(syllables)]
    return [list(reading) for reading in product(*choices)]


@lru_cache(maxsize=64)
def _syllables(text: str) -> tuple[str, ...]:
    """One reading for each character: by the longest phrase around it, else its commonest; other text stays itself."""
    found = [_common(character)[0] for character in text]
    for place, character in enumerate(text):
        if len(_common(character)) > 1:
            decided = _by_phrase(text, place)
            if decided:
                found[place] = decided
    return tuple(found)


def _by_phrase(text: str, place: int) -> str | None:
    phrases = _phrases()
    for length in (4, 3, 2):
        for start in range(max(0, place - length + 1), min(place, len(text) - length) + 1):
            reading = phrases.get(text[start : start + length])
            if reading is not None and len(reading) == length:
                return _plain(reading[place - start][0])
    return None


@lru_cache(maxsize=60_000)
def _common(character: str) -> tuple[str, ...]:
    """The readings of one character, the commonest first; the character itself when it is not Chinese."""
    written = _characters().get(ord(character))
    return tuple(dict.fromkeys(_plain(reading) for reading in written.split(","))) if written else (character.lower(),)


@lru_cache(maxsize=4096)
def _plain(reading: str) -> str:
    """A reading without its tone, ü written v."""
    spread = unicodedata.normalize("NFD", reading.replace("ü", "v").translate(_TONED_U))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


_WHOLE = frozenset(_TYPED)
_TONED_U = str.maketrans("ǖǘǚǜ", "vvvv")


# The dictionaries are large; a process that reads no Chinese name does not load them.
@lru_cache(maxsize=1)
def _characters() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[list[str]]]:
    from pypinyin.phrases_dict import phrases_dict

    return dict(phrases_dict)
