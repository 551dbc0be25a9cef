"""What a run's folder holds, as data."""

from __future__ import annotations

import msgspec

from inkling.jobs.records import JobRecord, Progress, TrainingRequest


def test_the_fraction_of_the_training_that_is_done():
    assert Progress().fraction == Progress(epochs=2, steps=10).fraction == 0.0
    assert Progress(epoch=2, epochs=4, step=5, steps=10).fraction == 0.375
    assert Progress(epoch=4, epochs=4, step=10, steps=10).fraction == 1.0


def test_records_on_disk_keep_their_keys():
    record = JobRecord(TrainingRequest(epochs=3), "2026-01-01T00:00:00+00:00", is_started=True)
    stored = msgspec.json.decode(msgspec.json.encode(record))
    assert stored.keys() == {"wish", "created", "begun", "problem", "visit"}
    assert stored["begun"] and stored["wish"]["epochs"] == 3
    assert JobRecord.decode(msgspec.json.encode(stored)) == record
    # Records from before there were other jobs.
    del stored["wish"]["kind"], stored["visit"]
    assert JobRecord.decode(msgspec.json.encode(stored)) == record
