from __future__ import annotations

import pytest

from tallystick.agreements.limit import LimitClause
from tallystick.clauses.limit_words import terms
from tallystick.report.saying import as_stated
from tallystick.report.translation import translated
from tallystick.report.words import Words

EN, FR = Words.load("en"), Words.load("fr")
GAP = "\u202f"


@pytest.mark.parametrize(
    ("english", "french"),
    [
        (
            "at most 1,500 requests per app in any 15 minutes (PT15M)",
            f"au plus 1{GAP}500 requêtes par application sur toute durée de 15 minutes (PT15M)",
        ),
        (
            "at most 500,000 records per licensee in a calendar day (P1D, tolerance 10,000)",
            f"au plus 500{GAP}000 enregistrements par licencié par jour civil (P1D, tolérance 10{GAP}000)",
        ),
        (
            "at most 5 requests per app in each 1 minute of the clock (PT1M), for apps of environment test or staging",
            (
                "au plus 5 requêtes par application par tranche de minute d’horloge (PT1M), "
                "pour les applications d’environnement test or staging"
            ),
        ),
        (
            "only the routes GET /2/users/:id, POST /2/lists; only the methods GET, POST",
            "seulement les routes GET /2/users/:id, POST /2/lists ; seulement les méthodes GET, POST",
        ),
        (
            "owed by calendar month: 0.50 USD for 1,000 requests; 10,000 free",
            f"dû par mois civil : 0,50 USD pour 1{GAP}000 requêtes ; 10{GAP}000 sans frais",
        ),
        ("31204 requests do not say their user", f"31{GAP}204 requêtes n’indiquent pas leur utilisateur"),
        (
            "halcyon: measured 120 requests in any 15 minutes against 100 permitted by § 4.2, over 3 times",
            "halcyon : mesuré 120 requêtes sur toute durée de 15 minutes pour 100 permis selon § 4.2, dépassé 3 fois",
        ),
        (
            "halcyon: not decided, 3 of 40 requests do not say their records",
            "halcyon : indécis, 3 requêtes sur 40 n’indiquent pas leurs enregistrements",
        ),
    ],
)
def test_a_sentence_of_a_known_form_is_said_in_french_with_its_numbers(english: str, french: str) -> None:
    assert translated(english, FR) == french


def test_a_sentence_of_another_form_stays_english_and_says_so() -> None:
    for text in ("what nobody wrote", "at most 3 melons per app in any 15 minutes (PT15M)", "10 free; and a word"):
        assert translated(text, FR) is None
        assert as_stated(text, FR).language == "en"


def test_a_very_long_sentence_is_not_looked_at() -> None:
    assert translated("only the routes " + "GET /a, " * 10_000, FR) is None


def test_every_form_says_again_in_english_what_it_was_read_from() -> None:
    values = {
        **dict.fromkeys(("max", "used", "tolerance", "times"), "12,345"),
        "of": "records",
        "one": "record",
        "per": "app",
        "window": "in any 15 minutes",
        "length": "15 minutes",
        "unit": "year",
        "within": "PT15M",
        "price": "0.50 USD",
        "instant": "2022-10-01",
        "month": "2022-03",
        "limit": "10 free",
        "missing": "no request outside",
        "names": "a, b",
        "name": "USD",
        "percent": "5%",
        "key": "halcyon",
        "cites": "§ 4.2",
    }
    read_again = {
        sentence.format_map(values): translated(sentence.format_map(values), EN)
        for key, sentence in EN.sentences.items()
        if key.startswith("stated.")
    }

    assert len(read_again) > 50
    assert {said: again for said, again in read_again.items() if said != again} == {}


@pytest.mark.parametrize(
    ("window", "within"),
    [("calendar", "P1D"), ("calendar", "P3M"), ("calendar", "PT15M"), ("anchored", "PT1H"), ("sliding", "P2D")],
)
def test_the_terms_of_every_limit_have_a_known_form(window: str, within: str) -> None:
    clause = LimitClause.model_validate(
        {
            "id": "one",
            "cites": "§ 4",
            "says": "No more than that.",
            "kind": "limit",
            "severity": "major",
            "of": "requests",
            "per": "licensee",
            "window": window,
            "within": within,
            "max": 1_000,
        }
    )

    said = translated(terms(clause), FR)

    assert said is not None
    assert said.startswith(f"au plus 1{GAP}000 requêtes par licencié ")
