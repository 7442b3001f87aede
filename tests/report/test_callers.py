"""What callers wrote, as a report shows it: in the document, in tables, and in an answer of the register."""

from __future__ import annotations

import pyarrow as pa

from report.documents import a_document, a_finding, a_measure
from report.found import a_found, a_measured, judged
from tallystick.addresses import Pseudonyms, as_logged
from tallystick.digest_key import DigestKey
from tallystick.report.callers import name_of, told, told_document, told_table

ADDRESS, OTHER = "203.0.113.7", "203.0.113.8"
SECRET = "hmac:159e4a573cf4761dc607002285863f7b…4d36"
SHOWN = Pseudonyms(key=lambda: DigestKey(secret=bytes(32)), licensee="halcyon", period="2022")
PSEUDONYM = SHOWN.of(ADDRESS)


def test_a_document_shows_pseudonyms_where_a_log_decides_the_text_and_nowhere_else() -> None:
    finding = a_finding(key=ADDRESS, sentence=f"{ADDRESS}: measured 3", query=f"key = '{ADDRESS}'", says=f"§ {ADDRESS}")
    said = told_document(a_document(findings=[finding]), SHOWN)["findings"][0]

    assert (said["key"], said["sentence"]) == (PSEUDONYM, f"{PSEUDONYM}: measured 3")
    assert said["query"] == f"key = '{PSEUDONYM}'"
    assert said["says"] == f"§ {ADDRESS}"


def test_routes_with_as_many_requests_stand_in_the_order_of_what_is_shown() -> None:
    route = a_document()["consumption"]["routes"][0]
    document = a_document()
    document["consumption"]["routes"] = [{**route, "route": f"/{one}"} for one in (ADDRESS, OTHER, "198.51.100.1")]

    routes = [one["route"] for one in told_document(document, SHOWN)["consumption"]["routes"]]
    assert routes == sorted(routes)
    assert told_document(document, as_logged) == document


def test_a_secret_is_named_by_a_short_digest_and_its_hint_but_whole_where_it_is_searched_for() -> None:
    document = a_document(findings=[a_finding(key=SECRET, sentence=f"{SECRET}: over", query=f"id = '{SECRET}'")])
    document["clauses"][0]["measures"] = [a_measure(key=SECRET)]
    said = told_document(document, as_logged)

    assert said["findings"][0]["key"] == said["clauses"][0]["measures"][0]["key"] == "hmac:159e4a573cf4…4d36"
    assert said["findings"][0]["sentence"] == "hmac:159e4a573cf4…4d36: over"
    assert said["findings"][0]["query"] == f"id = '{SECRET}'"
    assert told(said, as_logged) == said


def test_a_table_without_an_address_is_left_as_it_is() -> None:
    table = pa.table({"route": ["/a", None], "request_id": ["r-1", "r-2"], "path": [ADDRESS, ADDRESS]})

    assert told_table(table, SHOWN) is table


def test_in_a_table_every_client_has_a_pseudonym_and_nobody_has_none() -> None:
    table = pa.table(
        {"client": [ADDRESS, None, "host.example.com", ADDRESS], "route": [f"/ip/{ADDRESS}", None, "", "/"]}
    )
    rows = told_table(table, SHOWN).to_pydict()

    assert rows["client"] == [PSEUDONYM, None, SHOWN.of("host.example.com"), PSEUDONYM]
    assert rows["route"] == [f"/ip/{PSEUDONYM}", None, "", "/"]
    assert told_table(table, as_logged).to_pydict() == table.to_pydict()


def test_an_answer_names_a_key_as_the_report_does_or_as_tables_do() -> None:
    def answered(credential: str, key: str) -> str | None:
        response = {"clause": "limit", "credential": credential, "period": "2022", "date": "2023-02-01", "text": "No."}
        limit = {"id": "limit", "cites": "§ 4", "says": "A limit.", "kind": "limit", "of": "requests"}
        limit |= {"per": "credential", "max": 2, "window": "calendar", "within": "P1D"}
        row = a_measured(key=key)
        made = judged(limit, measures=[row], responses=[response], shown=name_of(SHOWN))
        said = made.told(a_found(key=key))["response"]
        return None if said is None else str(said["text"])

    assert answered(PSEUDONYM, ADDRESS) == "No."
    assert answered("hmac:159e4a573cf4…4d36", SECRET) == "No."
    assert answered(SECRET, SECRET) == "No."
    assert answered("another", SECRET) is None
