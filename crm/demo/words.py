"""The invented words the demo district is made of, and the places and people it always has."""

DISTRICT = "云澜"

#: An unassigned division code: no real firm can have a code that begins with it.
DIVISION = "339902"

#: Telephone numbers begin with a prefix no carrier was given.
PHONE_PREFIX = "154"

#: (code, name, aliases) of the towns.
TOWNS = (
    ("qinghe", "青禾街道", "青禾\n青禾镇"),
    ("wangjiang", "望江街道", "望江"),
    ("liupu", "柳浦街道", "柳浦"),
    ("shiqiao", "石桥镇", "石桥"),
    ("songling", "松岭镇", "松岭"),
    ("meiyu", "麦屿镇", "麦屿"),
)

#: (code, name, aliases) of the parks.
PARKS = (
    ("bailuhu", "白鹭湖园区", "白鹭湖科技园\n白鹭湖"),
    ("gaoxin", "云澜高新园", "高新园"),
    ("kechuang", "青禾科创园", "科创园"),
)

#: (code, name, kind, parent) of the units.
UNITS = (
    ("kjj", "云澜区科技局", "section", None),
    ("zhk", "综合科", "section", "kjj"),
    ("gqk", "高企科", "section", "kjj"),
    ("cgk", "成果科", "section", "kjj"),
    ("jrzx", "区金融服务中心", "department", None),
    ("rsj", "区人社局", "department", None),
    ("zgj", "区自然资源局", "department", None),
    ("swj", "区税务局", "department", None),
    ("qh", "青禾街道办事处", "town", None),
    ("wj", "望江街道办事处", "town", None),
    ("sq", "石桥镇人民政府", "town", None),
    ("blh", "白鹭湖园区管委会", "park", None),
)

#: (mailbox, name, roles, unit, area or park) of the people.
PEOPLE = (
    ("fang", "方启明", ("manager", "officer"), "gqk", None),
    ("song", "宋知远", ("manager",), "kjj", None),
    ("he", "何岸", ("office",), "zhk", None),
    ("xu", "许沛", ("officer", "office"), "zhk", None),
    ("lu", "陆以宁", ("officer",), "gqk", None),
    ("han", "韩述", ("officer",), "gqk", None),
    ("cheng", "程野", ("officer",), "cgk", None),
    ("tang", "唐棠", ("officer",), "cgk", None),
    ("qinghe", "夏青岚", ("town",), "qh", "qinghe"),
    ("shiqiao", "石一川", ("town",), "sq", "shiqiao"),
    ("bailuhu", "白予安", ("town",), "blh", "bailuhu"),
    ("jrzx", "金初", ("handler",), "jrzx", None),
    ("sys", "系统管理员", ("sysadmin",), "kjj", None),
    ("sec", "安全管理员", ("secadmin",), "kjj", None),
    ("audit", "审计管理员", ("auditor",), "kjj", None),
)

#: Two of the first give a name; all are ordinary characters in combinations nobody registered.
FIRST = "启衡澜拓岳鹿鸣砚琢琥澄汀槐翮苇塘禾湾朔望霁昀栩砺珩璟煦澈泓洵沅溯渺岑屿峤嵘崧桢楠榆栎"
SECOND = "衡微纳曜翰晖霖泽川远舟帆桥迈腾驰骋巡弘硕铭泰瑞祺祥宁和合同源泉沛洋涛岚峰岩石林森茂"

#: One name in fifty is made of two of these, so that a large district has names that occur once.
RARE = "犀棠粟芷蘅蕙藜蓼荻蒲菖萱薇蕨葵荞稷黍麦菽橘柚柠檬枇杷榛栗桃李杏梅樱桂柏杉竹笋藕莲荷菱鲫鳜鲈鹤鹭鸢鸥鹳鹇雁鹊鹃鹂"

#: (trade, industry code of GB/T 4754-2017, field of technology).
TRADES = (
    ("传感科技", "4027", "电子信息"),
    ("光电技术", "3976", "电子信息"),
    ("软件", "6513", "电子信息"),
    ("数字科技", "6531", "电子信息"),
    ("机器人", "3491", "先进制造与自动化"),
    ("精密机械", "3484", "先进制造与自动化"),
    ("数控设备", "3421", "先进制造与自动化"),
    ("焊接设备", "3424", "先进制造与自动化"),
    ("仪器仪表", "4011", "先进制造与自动化"),
    ("无人机", "3963", "航空航天"),
    ("新材料", "2659", "新材料"),
    ("电子材料", "3985", "新材料"),
    ("生物制品", "2761", "生物与新医药"),
    ("医疗器械", "3581", "生物与新医药"),
    ("检测技术", "7452", "高技术服务"),
    ("环境科技", "7722", "资源与环境"),
    ("新能源", "3825", "新能源与节能"),
    ("流体控制", "3443", "先进制造与自动化"),
    ("农机", "3572", "先进制造与自动化"),
    ("包装制品", "2319", "新材料"),
    ("模具", "3525", "先进制造与自动化"),
    ("食品机械", "3531", "先进制造与自动化"),
)

ORDINARY_TRADES = ("商贸", "建材", "餐饮管理", "物流", "装饰工程", "广告", "物业服务", "劳务", "园林绿化", "文化传播")

FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")

ROADS = ("望溪路", "听涛路", "澄江大道", "枫桥路", "云栖路", "松涛街", "鹭鸣路", "青石巷")

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"

TAGS = ("智能制造链", "低空经济", "拟上市", "规上工业", "校友企业")
