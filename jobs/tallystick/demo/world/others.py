"""Everybody else: twenty licensees who keep their terms, one without an agreement, and callers nobody knows."""

from __future__ import annotations

from tallystick.demo.world.cast import GATEWAY, NGINX, App, Caller, Licensee, UseCase, nameless, numbered, principals

OTHERS_REQUESTS = 429_000_000
"""What the twenty make together at scale 1."""
WITHOUT_AGREEMENT_REQUESTS = 3_000_000
UNKNOWN_REQUESTS = 2_400_000

Routes = tuple[tuple[str, int], ...]
READ: Routes = (("search-recent", 20), ("user-murmurs", 20), ("replies", 12), ("lookup", 12))
STUDY: Routes = (("search-all", 30), ("lookup", 20), ("followers", 14))
SHOW: Routes = (("user-murmurs", 30), ("trends", 14), ("members", 10), ("user-lookup", 10))
POST: Routes = (("publish", 64),)
PURPOSES = {
    READ: ("Shows public murmurs to the people who asked for them.", 1_700),
    STUDY: ("Counts public murmurs for published research.", 2_400),
    SHOW: ("Shows an account's own murmurs on its own pages.", 1_700),
    POST: ("Publishes what an account's owner has written.", 100),
}
"""What each set of routes is for, and the records that a hundred successful calls return."""


def _app(
    name: str,
    share: int,
    rhythm: str,
    routes: Routes,
    callers: tuple[Caller, ...],
    *,
    via: str = GATEWAY,
    has_users: bool = False,
) -> App:
    """A lawful app: registered and approved long before the year."""
    purpose, records_per_hundred = PURPOSES[routes]
    licensee = name.rpartition("-")[0]
    return App(
        id=name,
        name=name.replace("-", " ").title(),
        callers=callers,
        agent=f"{name}/1.{len(callers)} (+https://{licensee}.example.com)",
        rhythm=rhythm,
        routes=routes,
        share=share,
        via=via,
        use_case=UseCase(text=purpose, approved="2019-06-03"),
        records_per_hundred=records_per_hundred,
        growth=4 + len(name) % 5 * 6,
        has_users=has_users,
        referer=f"https://{licensee}.example.com/" if routes == SHOW else None,
    )


LAWFUL = (
    Licensee(
        id="lanternfish",
        name="Lanternfish Apps",
        terms="credential",
        apps=(
            _app("lanternfish-reader", 7, "evening", READ, numbered("lan-rd", 64, tenants=8), has_users=True),
            _app("lanternfish-widgets", 3, "evening", SHOW, numbered("lan-wd", 12)),
        ),
        note="A lawful user of many credentials: one for each of its customers' installations.",
    ),
    Licensee(
        id="pinwheel",
        name="Pinwheel Media Group",
        terms="volume",
        apps=(
            _app("pinwheel-desk", 6, "office", READ, numbered("pin-dk", 5)),
            _app("pinwheel-wire", 4, "steady", SHOW, numbered("pin-wr", 4)),
        ),
        note="Comes up to its quarter-hour limit exactly, once, and stays inside it.",
    ),
    Licensee(
        id="orchard-vale",
        name="Orchard & Vale Research",
        terms="bytes",
        apps=(_app("orchard-vale-study", 1, "batch", STUDY, principals("svc-orchard", 6, by_pattern=True), via=NGINX),),
    ),
    Licensee(
        id="tidepool",
        name="Tidepool Studio",
        terms="credential",
        apps=(
            _app("tidepool-studio", 5, "office", POST, numbered("tid-st", 30, tenants=30), has_users=True),
            _app("tidepool-mirror", 2, "evening", SHOW, numbered("tid-mi", 4)),
        ),
        note="A lawful user of many credentials: each belongs to one customer.",
    ),
    Licensee(
        id="northgate",
        name="Northgate Newsrooms",
        terms="records",
        time_zone="America/New_York",
        apps=(
            _app("northgate-newsroom", 4, "office", READ, numbered("nor-nr", 4)),
            _app("northgate-archive", 1, "batch", STUDY, numbered("nor-ar", 2)),
        ),
        note="Its days and months begin at midnight in New York.",
    ),
    Licensee(
        id="saffron-lab",
        name="Saffron Lab",
        terms="records",
        time_zone="Asia/Kolkata",
        apps=(_app("saffron-lab-pulse", 1, "steady", STUDY, numbered("saf-pu", 3)),),
        note="Its days and months begin at half past a UTC hour.",
    ),
    Licensee(
        id="bellmoor",
        name="Bellmoor Metrics",
        terms="volume",
        apps=(_app("bellmoor-gauge", 1, "office", READ, numbered("bel-ga", 4)),),
        note="Once makes one request too many for a quarter hour in exactly 15 minutes, which no window holds.",
    ),
    Licensee(
        id="mossgrove",
        name="Mossgrove Communities",
        terms="bytes",
        apps=(
            _app("mossgrove-forum", 3, "evening", READ, numbered("mos-fo", 3), has_users=True),
            _app("mossgrove-mail", 1, "steady", SHOW, principals("svc-mossgrove", 3, by_pattern=True), via=NGINX),
        ),
        note="One app behind each kind of host, so that its records are known only in part.",
    ),
    Licensee(
        id="coppermere",
        name="Coppermere Analytics",
        terms="volume",
        apps=(_app("coppermere-trend", 1, "steady", STUDY, numbered("cop-tr", 3, is_hashed=True)),),
        note="The register knows its credentials only by their SHA-256.",
    ),
    Licensee(
        id="drift-and-dune",
        name="Drift & Dune Travel",
        terms="records",
        time_zone="Europe/Berlin",
        apps=(_app("drift-and-dune-guide", 1, "evening", SHOW, numbered("dri-gu", 2)),),
    ),
    Licensee(
        id="eiderdown",
        name="Eiderdown Social Tools",
        terms="credential",
        apps=(_app("eiderdown-planner", 1, "office", POST, numbered("eid-pl", 18, tenants=6), has_users=True),),
    ),
    Licensee(
        id="fennimore",
        name="Fennimore Press",
        terms="amended",
        apps=(_app("fennimore-desk", 1, "office", READ, numbered("fen-de", 2)),),
        note="Its agreement was amended in April; it kept both versions.",
    ),
    Licensee(
        id="gladewater",
        name="Gladewater Research Network",
        terms="records",
        apps=(_app("gladewater-corpus", 1, "batch", STUDY, numbered("gla-co", 2)),),
    ),
    Licensee(
        id="hollowbrook",
        name="Hollowbrook Games",
        terms="volume",
        apps=(_app("hollowbrook-share", 1, "evening", POST, numbered("hol-sh", 3), has_users=True),),
    ),
    Licensee(
        id="inkstone",
        name="Inkstone Collective",
        terms="records",
        apps=(_app("inkstone-column", 1, "office", SHOW, nameless("user_agent", "inkstone-column/*", None, None)),),
        note="Shows no credential; it is known by its user agent.",
    ),
    Licensee(
        id="juniper-quay",
        name="Juniper Quay",
        terms="volume",
        apps=(_app("juniper-quay-harbour", 1, "steady", SHOW, numbered("jun-ha", 2)),),
    ),
    Licensee(
        id="lowmarsh",
        name="Lowmarsh Weather",
        terms="bytes",
        apps=(
            _app("lowmarsh-warnings", 1, "steady", SHOW, principals("svc-lowmarsh", 2, by_pattern=False), via=NGINX),
        ),
    ),
    Licensee(
        id="kettle-and-key",
        name="Kettle & Key",
        terms="records",
        apps=(
            _app(
                "kettle-and-key-board",
                1,
                "office",
                SHOW,
                nameless("network", "203.0.113.200/29", "203.0.113.201", "203.0.113.202", "203.0.113.206"),
            ),
        ),
        note="Shows no credential; it is known by its network.",
    ),
    Licensee(
        id="nettlefield",
        name="Nettlefield Trust",
        terms="volume",
        apps=(_app("nettlefield-watch", 1, "batch", STUDY, numbered("net-wa", 1)),),
    ),
    Licensee(
        id="oxbow-street",
        name="Oxbow Street Photography",
        terms="records",
        apps=(_app("oxbow-street-gallery", 1, "evening", SHOW, numbered("oxb-ga", 1)),),
    ),
)
"""The largest first: the k-th makes the k-th part of what the first makes."""

WITHOUT_AGREEMENT = Licensee(
    id="quillwort",
    name="Quillwort Labs",
    terms=None,
    apps=(_app("quillwort-scout", 1, "steady", READ, numbered("qui-sc", 3)),),
    note="On the register, and calling; it has no agreement.",
)

UNKNOWN = Licensee(
    id="",
    name="",
    terms=None,
    apps=(
        App(
            id="unknown-gateway",
            name="",
            share=5,
            rhythm="steady",
            routes=READ,
            agent="python-client/0.9",
            callers=tuple(Caller(shown=name, way=None) for name in ("tmp-7f3a", "tmp-c210", "tmp-e49b", None)),
        ),
        App(
            id="unknown-nginx",
            name="",
            share=1,
            rhythm="evening",
            routes=SHOW,
            agent="curl/7.81.0",
            via=NGINX,
            callers=(Caller(shown=None, way=None),),
        ),
    ),
)
"""Callers whom the register does not know: their requests stay unattributed."""
