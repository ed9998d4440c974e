"""Read-models can be thrown away: they are made anew from the journal when the program changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import kiosk
from kiosk.adapters.device import DEVICE
from kiosk.adapters.journal import Journal
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.event import EventType, Whole, Writer, encode_body, new_salt
from tests.support.storage import (
    ALOUD,
    MODELS,
    NOW,
    SOURCE,
    TALK,
    WHISPERED,
    Kept,
    Said,
    opened,
    tables,
    tick,
)

SUNG = EventType("talk.sung", Said, frozenset(Writer), "public", None)


def _restarted(kept: Kept, *features: object) -> Journal:
    models = ReadModels((DEVICE, *features))  # type: ignore[arg-type]
    return Journal(kept.store, models, source=SOURCE, tick=tick, now=lambda: NOW)


def test_a_rebuild_gives_the_same_tables(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("a", "b")
        kept.whisper("c")
        before, layout = tables(kept.db), _layout(kept)
        with kept.store.writing() as db:
            MODELS.rebuild(db)
        assert (tables(kept.db), _layout(kept)) == (before, layout)


def _layout(kept: Kept) -> list[tuple[str, str]]:
    return kept.db.conn.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_more_events_than_a_page_are_replayed_once_each(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        bodies = [encode_body(ALOUD, Said(f"{i:04}"), NOW, "b0", i) for i in range(2001)]
        kept.journal.append("shop.1abcd", 1, [Whole(new_salt(), body) for body in bodies])
        with kept.store.writing() as db:
            MODELS.rebuild(db)
        assert kept.heard() == [f"{i:04}" for i in range(2001)]


def test_an_upgrade_applies_what_the_older_program_did_not_know(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        body = encode_body(SUNG, Said("la"), NOW, "b0", 1)
        kept.journal.append("shop.1abcd", 1, [Whole(new_salt(), body)])
        kept.say("spoken")
        assert kept.heard() == ["spoken"]
        _restarted(kept, replace(TALK, events=(ALOUD, WHISPERED, SUNG)))
        assert kept.heard() == ["spoken", "la"]


def test_an_upgrade_takes_out_of_quarantine_what_it_allows(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        body = encode_body(WHISPERED, Said("psst"), NOW, "b0", 1)
        kept.journal.append("central.1abcd", 1, [Whole(new_salt(), body)])
        assert kept.heard() == []
        whispered = replace(WHISPERED, writers=frozenset(Writer))
        _restarted(kept, replace(TALK, events=(ALOUD, whispered)))
        assert kept.heard() == ["psst"]
        assert kept.db.conn.execute("SELECT * FROM quarantine").fetchall() == []


def test_another_version_and_other_tables_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    prints = {MODELS.fingerprint, ReadModels((DEVICE,)).fingerprint}
    prints.add(ReadModels((DEVICE, replace(TALK, schema=TALK.schema[:2]))).fingerprint)
    monkeypatch.setattr(kiosk, "__version__", "999")
    prints.add(MODELS.fingerprint)
    assert len(prints) == 4
    assert MODELS.fingerprint == ReadModels((DEVICE, TALK)).fingerprint


def test_tables_of_a_feature_that_is_gone_are_dropped(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        kept.say("a")
        _restarted(kept)
        names = {name for name, _ in _layout(kept)}
        assert not names & {"talk", "talk_totals", "talk_loud"}
        assert {"events", "sources", "boots"} <= names
        _restarted(kept, TALK)
        assert kept.heard() == ["a"]


def test_the_node_makes_no_tables_of_what_only_benches_show(tmp_path: Path):
    store = Store(tmp_path / "safe-bench.db")
    models = ReadModels((DEVICE, replace(TALK, bench_only=True)), central=True)
    models.ensure(store)
    names = {name for (name,) in store.reading().conn.execute("SELECT name FROM sqlite_master")}
    assert "boots" in names
    assert "talk" not in names
    assert "talk.said" in models.registry.types
    store.close()
