"""A phone is introduced at the node by a personal link: once, within a day, by a tap."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.adapters.datadir import DataDir
from kiosk.people import operations, phonelinks, phones
from kiosk.people.events import DESCRIBED, Call
from kiosk.serving import do_chores
from tests.features.phone.conftest import BENCH, CODE, Street
from tests.support import NEIGHBOURHOOD
from tests.support.sample import sample
from tests.support.traces import traces

DAY = 86400


def _is_introduced(street: Street) -> bool:
    return "This phone checks in Ines" in street.phone.get("/phone").text


def test_a_link_introduces_a_phone_once_its_owner_has_said_yes(street: Street) -> None:
    link = street.link()
    page = street.phone.get(link)
    assert "Introduce this phone to Lindenfield as Ines?" in page.text
    assert not _is_introduced(street)
    assert street.phone.post(link).location == "/phone"
    assert _is_introduced(street)


def test_a_messenger_that_looks_at_a_link_does_not_use_it_up(street: Street) -> None:
    link = street.link()
    preview = street.node.client
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        assert "Set-Cookie" not in preview.open(link, method=method).headers
    title = preview.get(link).text.partition("<title>")[2].partition("</title>")[0]
    assert "Ines" not in title
    assert street.phone.post(link).status_code == 303
    assert _is_introduced(street)


def test_a_link_is_good_once(street: Street) -> None:
    link = street.link()
    street.phone.post(link)
    second = street.node.client
    for answer in (second.get(link), second.post(link)):
        assert answer.status_code == 404
        assert "no good any more" in answer.text
        assert "Set-Cookie" not in answer.headers
    assert _is_introduced(street)


def test_a_link_is_good_for_a_day(street: Street) -> None:
    link = street.link()
    street.node.time.pass_seconds(DAY - 1)
    assert street.phone.get(link).status_code == 200
    street.node.time.pass_seconds(1)
    assert street.phone.post(link).status_code == 404
    assert not _is_introduced(street)
    do_chores(street.node.here, DataDir(street.node.here.journal.store.path.parent))
    assert street.node.here.db.conn.execute("SELECT count(*) FROM introductions").fetchone() == (0,)


@pytest.mark.parametrize("secret", ["x", "A" * 32, "0", "%00", "é", "' OR 1=1 --"])
def test_a_link_that_was_guessed_is_no_good(street: Street, secret: str) -> None:
    street.link()
    assert street.phone.post(f"/phone/{secret}").status_code == 404
    assert not _is_introduced(street)


def test_a_new_link_takes_the_place_of_the_one_before(street: Street) -> None:
    first, second = street.link(), street.link()
    assert street.phone.post(first).status_code == 404
    assert street.phone.post(second).status_code == 303


@pytest.mark.parametrize("what", ["leave", "badges", "revoke"])
def test_a_link_that_is_out_ends_with_what_it_was_given_for(street: Street, what: str) -> None:
    link, here = street.link(), street.node.here
    street.node.time.pass_seconds(1)
    if what == "leave":
        operations.member_leaves(here, member=street.number)
    elif what == "badges":
        operations.revoke_badges(here, member=street.number)
    else:
        phonelinks.revoke_all(here, member=street.number)
    assert street.phone.post(link).status_code == 404


def test_a_link_that_a_backup_brings_back_is_no_good(street: Street) -> None:
    link = street.link()
    street.node.here.journal.source = "central.2test"
    assert street.phone.post(link).status_code == 404


def test_a_phone_that_is_introduced_anew_counts_once(street: Street) -> None:
    street.introduce()
    first = phones.of_member(street.node.here, street.number)
    bo = street.node.member("Bo")
    street.introduce(number=bo)
    assert "This phone checks in Bo" in street.phone.get("/phone").text
    assert len(first) == 1
    assert phones.of_member(street.node.here, street.number) == []
    assert len(phones.of_member(street.node.here, bo)) == 1


def test_its_owner_has_a_phone_forgotten(street: Street) -> None:
    street.introduce()
    carried = street.phone.get_cookie("phone")
    answer = street.phone.post("/phone/forget")
    assert "phone=;" in answer.headers["Set-Cookie"]
    assert carried is not None
    street.phone.set_cookie("phone", carried.value)
    assert not _is_introduced(street)
    assert street.phone.post(f"/at/{BENCH}/{CODE}").location == "/phone"


def test_the_cookie_stays_on_this_host_and_away_from_scripts(street: Street) -> None:
    plain = street.phone.post(street.link()).headers["Set-Cookie"]
    assert plain.startswith("phone=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    sealed = street.phone.post(street.link(), base_url="https://localhost").headers["Set-Cookie"]
    assert sealed.startswith("__Host-phone=")
    assert "Secure" in sealed
    assert "Domain" not in sealed


def test_no_link_no_secret_and_no_cookie_is_in_any_file(street: Street) -> None:
    link = street.link()
    street.phone.get(link)
    folder = street.node.here.journal.store.path.parent
    assert traces(folder, link.rpartition("/")[2]) == {}
    street.phone.post(link)
    carried = street.phone.get_cookie("phone")
    assert carried is not None
    street.phone.get("/phone")
    do_chores(street.node.here, DataDir(folder))
    assert traces(folder, link.rpartition("/")[2], carried.value) == {}


def test_a_form_from_elsewhere_introduces_nothing(street: Street) -> None:
    link = street.link()
    street.phone.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert street.phone.post(link).status_code == 403
    assert phones.of_member(street.node.here, street.number) == []


def test_no_phone_is_introduced_where_somebody_on_the_way_could_copy_what_it_carries(street: Street) -> None:
    street.node.app.config["TRUSTED_HOSTS"].append("node.example")
    link = street.link()
    plain = street.phone.post(link, base_url="http://node.example")
    assert plain.status_code == 403
    assert "not opened over HTTPS" in plain.text
    assert "Set-Cookie" not in plain.headers
    assert street.phone.post(link, base_url="https://node.example").status_code == 303


def test_a_phone_that_is_not_known_reads_whom_to_call_in_its_own_language(street: Street) -> None:
    call = Call("medical", "Ambulance", "112")
    known = msgspec.structs.replace(NEIGHBOURHOOD, calls=(call,))
    street.node.here.journal.record(DESCRIBED, known)
    read = {code: street.phone.get("/phone", headers={"Accept-Language": code}).text for code in ("en", "es")}
    assert "Ambulance" in read["en"]
    assert "Ambulance" not in read["es"]
    assert all('href="tel:112"' in page for page in read.values())


def test_a_phone_that_is_not_known_reads_the_neighbourhoods_texts_in_its_own_language(street: Street) -> None:
    street.node.here.journal.record(DESCRIBED, sample())
    page = street.phone.get("/phone", headers={"Accept-Language": "ar"}).text
    assert "<span>الإسعاف</span>" in page
    assert "المخبز" in page
    assert "bakery" not in page
