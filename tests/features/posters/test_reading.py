"""Posters on the bench, and on the node's public pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import msgspec

from kiosk.core.event import Entry
from kiosk.features.host.events import CLOSED, REOPENED, ClosedTonight, Reopened
from kiosk.features.posters import FEATURE, model
from kiosk.features.posters.events import PUBLISHED, Published
from kiosk.features.posters.rules import best_language, footer, spoken
from kiosk.people.events import DESCRIBED
from kiosk.people.sessions import COOKIE
from tests.features.posters.conftest import Node
from tests.support import NEIGHBOURHOOD, PIN, Bench
from tests.support.sample import sample

CALM = Published(
    "calm",
    "Slow is calm.",
    "en",
    1,
    "Lead.\n\n1. Breathe.\n2. Wait.\n\n## Then\n\nMore.",
    "2026-11-14",
    "2027-02-13",
)
TONIGHT = date(2026, 11, 23)


def test_the_attract_screen_shows_posters_with_their_steps_and_when_they_were_decided(bench: Bench) -> None:
    bench.from_node((PUBLISHED, CALM))
    page = bench.client.get("/").text
    assert '<a href="/posters/calm">Slow is calm.</a>' in page
    assert "<li><span>Breathe.</span></li>" in page
    assert "version 1" in page
    assert "Decided in assembly, 14 November" in page


def test_a_new_version_is_on_the_attract_screen_at_the_next_look(bench: Bench) -> None:
    bench.from_node((PUBLISHED, CALM))
    assert "Slow is calm." in bench.client.get("/").text
    bench.from_node((PUBLISHED, Published("calm", "Calm is safe.", "en", 2, "Lead.")))
    page = bench.client.get("/").text
    assert "Calm is safe." in page
    assert "Slow is calm." not in page


def test_before_any_poster_came_the_attract_screen_and_the_list_say_so(bench: Bench) -> None:
    assert "This bench is for everybody." in bench.client.get("/").text
    assert "still on their way" in bench.client.get("/posters").text


def test_the_attract_screen_says_when_the_next_assembly_is_and_what_is_not_as_usual(bench: Bench) -> None:
    bench.time.boot = "b00700000002"
    page = bench.client.get("/").text
    assert "Next assembly: Sunday 29 November, 17:00, the school hall" in page
    assert "Offline now. All this works." in page
    assert "The clock may be wrong." in page


def test_the_attract_screen_says_the_next_assembly_as_its_reader_says_days(bench: Bench) -> None:
    bench.from_node((DESCRIBED, sample()))
    reader = bench.client
    for language, said in (
        ("es", "Próxima asamblea: domingo 6 de diciembre a las 17:00, el salón de la escuela</span>"),
        ("fr", "Prochaine assemblée\u00a0: dimanche 6 décembre, 17:00, la salle de l’école</span>"),
        ("ar", "، قاعة المدرسة"),
    ):
        reader.get(f"/display?lang={language}")
        assert said in reader.get("/").text


def test_the_attract_screen_marks_what_it_can_say_in_the_neighbourhoods_language_only(
    bench: Bench,
) -> None:
    bench.from_node((DESCRIBED, msgspec.structs.replace(NEIGHBOURHOOD, language="en")))
    reader = bench.client
    reader.get("/display?lang=ar")
    assert '، <bdi lang="en" dir="ltr">the school hall</bdi>' in reader.get("/").text


def test_an_assembly_is_gone_from_the_attract_screen_once_it_is_over(bench: Bench) -> None:
    reader, begins = bench.client, datetime(2026, 11, 29, 16, tzinfo=UTC)
    bench.time.pass_seconds(begins.timestamp() + 3 * 3600 - 1 - bench.here.clock.now())
    before = reader.get("/").text
    assert "Next assembly" in before
    assert reader.get("/").text == before
    bench.time.pass_seconds(1)
    assert "Next assembly" not in reader.get("/").text
    bench.time.boot, bench.time.uptime = "b00700000002", 1000  # now nobody knows whether it is over
    assert "Next assembly" in reader.get("/").text


def test_an_assembly_in_free_text_of_an_older_node_is_shown_as_it_stands(bench: Bench) -> None:
    old = msgspec.structs.replace(NEIGHBOURHOOD, assembly=None, next_assembly="Sonntag, 17 Uhr, <i>Aula</i>")
    bench.from_node((DESCRIBED, old))
    assert "Next assembly: Sonntag, 17 Uhr, &lt;i&gt;Aula&lt;/i&gt;</span>" in bench.client.get("/").text


def test_what_one_reader_chose_is_not_what_the_next_one_sees(bench: Bench) -> None:
    dark, light = bench.client, bench.client
    dark.get("/display?palette=contrast&text=large")
    light.get("/display?palette=day")
    assert 'data-palette="contrast" data-text="large"' in dark.get("/").text
    assert 'data-palette="day" data-text="normal"' in light.get("/").text
    assert 'data-palette="contrast"' in dark.get("/").text


def test_the_attract_screen_names_nobody_and_counts_no_one(bench: Bench) -> None:
    bench.member("12345", "Ines")
    signed_in = bench.client
    signed_in.post("/sign-in", data={"who": "12345", "pin": PIN})
    assert signed_in.get_cookie(COOKIE) is not None
    for client in (signed_in, bench.client):
        assert "Ines" not in client.get("/").text


def test_only_who_is_signed_in_loads_the_look_of_the_question_before_the_wipe(bench: Bench) -> None:
    bench.member("12345", "Ines")
    signed_in = bench.client
    signed_in.post("/sign-in", data={"who": "12345", "pin": PIN})
    page = signed_in.get("/").text
    assert page.index("css/parts.css") < page.index("css/attract.css") < page.index('id="idle"')
    assert "css/parts.css" not in bench.client.get("/").text


def test_somebody_who_is_signed_in_leaves_no_trace_in_what_others_see(bench: Bench) -> None:
    before = bench.client.get("/").text
    bench.member("12345", "Ines")
    client = bench.client
    client.post("/sign-in", data={"who": "12345", "pin": PIN})
    client.get("/")
    assert bench.client.get("/").text == before


def test_a_closed_bench_offers_no_check_in_until_the_night_ends(bench: Bench) -> None:
    bench.here.journal.record(CLOSED, ClosedTonight(TONIGHT))
    page = bench.client.get("/").text
    assert "The host has closed the bench tonight." in page
    assert "Check in" not in page
    assert "Check out" in page
    assert 'href="/help"' in page
    bench.time.pass_seconds(9 * 3600 + 15 * 60)
    assert "has closed" in bench.client.get("/").text
    bench.time.pass_seconds(2 * 60)
    assert "Check in" in bench.client.get("/").text


def test_a_reopened_bench_offers_check_in_again(bench: Bench) -> None:
    bench.here.journal.record(CLOSED, ClosedTonight(TONIGHT))
    bench.client.get("/")
    bench.here.journal.record(REOPENED, Reopened(TONIGHT))
    assert 'href="/check-in"' in bench.client.get("/").text


def test_another_bench_that_closed_does_not_close_this_one(bench: Bench) -> None:
    entry = Entry("station.1test", 1, CLOSED.name, 0, "b", 1, CLOSED.scope, ClosedTonight(TONIGHT))
    with bench.here.journal.writing() as db:
        model.apply(db.conn, [entry])
    assert "has closed" not in bench.client.get("/").text


def test_the_list_leads_to_every_poster_and_to_what_the_tablet_holds(bench: Bench) -> None:
    bench.from_node((PUBLISHED, CALM), (PUBLISHED, Published("charter", "Our charter", "en", 1, "We.")))
    page = bench.client.get("/posters").text
    assert re.findall(r'href="(/posters/[^"]+)"', page) == ["/posters/calm", "/posters/charter"]
    assert 'href="/holds"' in page


def test_a_poster_fills_a_page_of_its_own(bench: Bench) -> None:
    bench.from_node((PUBLISHED, CALM))
    page = bench.client.get("/posters/calm").text
    assert "<h2>Then</h2>" in page
    assert "Version 1 · Decided in assembly, 14 November 2026 · To be reviewed by 13 February 2027" in page


def test_a_reader_gets_their_language_where_there_is_one_and_sees_the_others(bench: Bench) -> None:
    bench.from_node((PUBLISHED, CALM), (PUBLISHED, Published("calm", "الهدوء أمان", "ar", 1, "تمهّل.")))
    english = bench.client.get("/posters/calm").text
    assert "Slow is calm." in english
    assert "العربية" in english
    arabic = bench.client.get("/posters/calm?language=ar").text
    assert '<div lang="ar" dir="rtl">' in arabic
    assert "Slow is calm." in bench.client.get("/posters/calm?language=xx").text


def test_a_poster_in_another_language_only_is_shown_in_that(bench: Bench) -> None:
    bench.from_node((PUBLISHED, Published("calma", "Con calma", "es", 1, "Despacio.")))
    page = bench.client.get("/").text
    assert "Con calma" in page
    assert '<article class="poster" lang="es" dir="ltr">' in page


def test_a_poster_that_is_not_here_gets_kind_words_and_a_way_on(bench: Bench, node: Node) -> None:
    for slug in ("nope", "..%2f..%2fetc%2fpasswd", "%00", "x" * 5000, "a'%20OR%201=1--", "<script>"):
        answer = bench.client.get(f"/posters/{slug}")
        assert answer.status_code == 404
        assert "<script>" not in answer.text
        assert 'href="/help"' in answer.text
    assert "That poster is not here." in bench.client.get("/posters/nope").text
    assert node.client.get("/posters/nope").status_code == 404


def test_script_in_a_synced_poster_is_inert_wherever_it_is_shown(bench: Bench) -> None:
    script = "<script>alert(1)</script>"
    evil = Published("evil", script, "en", 1, f"{script}\n\n1. {script}\n2. {{{{ 7 * 7 }}}}\n\n{script}")
    bench.from_node((PUBLISHED, evil))
    for path in ("/", "/posters", "/posters/evil"):
        page = bench.client.get(path).text
        assert script not in page
        assert "&lt;script&gt;" in page
        assert "49" not in re.sub(r"<head>.*</head>", "", page, flags=re.S)


def test_direction_overrides_in_a_synced_poster_are_taken_out(bench: Bench) -> None:
    bench.from_node((PUBLISHED, Published("bidi", "a\u202eb", "en", 1, "c\u202ed\x00e")))
    assert model.versions_of(bench.here.db.conn, "bidi")["en"].title == "ab"
    assert "cde" in bench.client.get("/posters/bidi").text


def test_the_node_shows_the_same_poster_to_the_public(node: Node) -> None:
    node.publish(
        "---\nslug: calm\ntitle: Slow is calm.\nlanguage: en\n---\nSee [help](/help), [log](/log).\n"
    )
    page = node.client.get("/posters/calm").text
    assert "Slow is calm." in page
    assert 'href="/help"' not in page
    assert 'href="/log"' in page


def test_a_late_old_version_does_not_replace_a_newer_one(bench: Bench) -> None:
    bench.from_node((PUBLISHED, Published("calm", "Third", "en", 3, "x")))
    bench.from_node((PUBLISHED, Published("calm", "Second", "en", 2, "x")))
    assert model.versions_of(bench.here.db.conn, "calm")["en"].title == "Third"


def test_a_rebuild_gives_the_same_tables(bench: Bench) -> None:
    bench.from_node((PUBLISHED, CALM), (PUBLISHED, Published("calm", "Second", "en", 2, "x")))
    bench.here.journal.record(CLOSED, ClosedTonight(TONIGHT))
    before = _tables(bench)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert _tables(bench) == before


def test_a_poster_due_for_review_says_so_only_by_a_clock_that_is_right() -> None:
    assert "Due for review since 13 February 2027" in footer("2026-11-14", "2027-02-13", "2027-02-14")
    assert "To be reviewed by 13 February 2027" in footer("2026-11-14", "2027-02-13", "2027-02-13")
    assert footer("", "2027-02-13", "") == "To be reviewed by 13 February 2027"
    assert footer("", "", "2027-01-01") == ""


def test_days_are_spoken_and_a_day_that_is_none_is_left_as_it_is() -> None:
    assert spoken("2026-11-14") == "14 November 2026"
    assert spoken("2026-99-99") == "2026-99-99"


def test_the_language_that_suits_best() -> None:
    assert best_language(["en", "es"], "es") == "es"
    assert best_language(["en", "pt-BR"], "pt") == "pt-BR"
    assert best_language(["es", "en"], "fr") == "en"
    assert best_language(["fr", "es"], "ar") == "es"
    assert best_language([], "en") is None


def test_the_log_has_a_sentence_for_a_poster() -> None:
    entry = Entry("central.1test", 1, PUBLISHED.name, 0, "b", 1, "public", CALM)
    assert FEATURE.describe is not None
    assert FEATURE.describe(entry, str) == "The poster “Slow is calm.” was published, version 1."


def _tables(bench: Bench) -> list[object]:
    conn = bench.here.db.conn
    return [conn.execute(f"SELECT * FROM {name}").fetchall() for name in ("posters", "attract_closed")]  # noqa: S608
