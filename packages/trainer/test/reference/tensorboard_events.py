"""Writes fixtures/tensorboard/events.json: an events file as TensorBoard's own classes write it.

    pip install tensorboard==2.21.0 && python test/reference/tensorboard_events.py
"""

import base64
import io
import json
import pathlib

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def scalars(**values):
    return Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])


events = [
    Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    Event(wall_time=1700000001.5, step=121, session_log=SessionLog(status=SessionLog.START)),
    Event(wall_time=1700000002.5, step=121, summary=scalars(**{"loss": 0.4375, "rewards/margins": -0.1, "kl": 0.0})),
    Event(wall_time=1700000003.5, step=1 << 40, summary=scalars(**{"µ": float("nan"), "x" * 200: float("inf")})),
]
file = io.BytesIO()
writer = RecordWriter(file)
for event in events:
    writer.write(event.SerializeToString())
path = pathlib.Path(__file__).parents[2] / "fixtures/tensorboard/events.json"
source = "TensorBoard 2.21.0 (event_pb2, RecordWriter)"
path.write_text(json.dumps({"source": source, "bytes": base64.b64encode(file.getvalue()).decode()}, indent=2) + "\n")
