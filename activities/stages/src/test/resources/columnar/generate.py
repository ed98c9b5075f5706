"""Writes the Parquet files of this folder with pyarrow: chats with nested messages, metadata, and nulls."""
import datetime
import decimal
import os

import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))


def chats(count):
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    return pa.table(
        {
            "messages": pa.array(
                [
                    [{"role": "user", "content": f"q {i}"}, {"role": "assistant", "content": f"a {i} \u00e9\U0001f600"}]
                    for i in range(count)
                ],
                pa.list_(message),
            ),
            "topic": pa.array([None if i % 3 else f"t{i % 2}" for i in range(count)]).dictionary_encode(),
        }
    )


for codec in ("none", "snappy", "gzip", "zstd", "brotli", "lz4"):
    pq.write_table(chats(40), os.path.join(here, f"chat-{codec}.parquet"), compression=codec, row_group_size=15)
pq.write_table(chats(0), os.path.join(here, "empty.parquet"))
pq.write_table(
    pa.table(
        {
            "prompt": ["p"],
            "completion": ["c"],
            "i": pa.array([9007199254740993], pa.int64()),
            "f": [0.1],
            "b": [True],
            "n": pa.array([None], pa.string()),
            "d": [decimal.Decimal("1.50")],
            "when": pa.array([datetime.datetime(2024, 1, 2, 3, 4, 5)], pa.timestamp("us")),
            "day": [datetime.date(2024, 1, 2)],
            "map": pa.array([[("k", 1), ("a", 2)]], pa.map_(pa.string(), pa.int32())),
            "deep": pa.array([[[{"x": [1, 2]}]]], pa.list_(pa.list_(pa.struct([("x", pa.list_(pa.int8()))])))),
        }
    ),
    os.path.join(here, "types.parquet"),
)
pq.write_table(
    pa.table({"text": ["t"], "image": pa.array([b"\x89PNG"], pa.binary())}), os.path.join(here, "binary.parquet")
)
pq.write_table(pa.table({"text": ["t", "u"], "score": [0.5, float("nan")]}), os.path.join(here, "nan.parquet"))
