"""Writes the Arrow and Feather files of this folder with pyarrow: chats with nested messages, metadata, and all types."""
import datetime
import decimal
import os

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

here = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(here, name)


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


for codec in ("lz4", "zstd", "uncompressed"):
    feather.write_feather(chats(40), path(f"chat-{codec}.feather"), compression=codec, chunksize=15)
with pa.ipc.new_stream(path("chat-stream.arrow"), chats(40).schema) as out:  # as `datasets` writes its cache
    for batch in chats(40).to_batches(max_chunksize=15):
        out.write_batch(batch)
with pa.ipc.new_file(path("chat-file.arrow"), chats(40).schema) as out:
    out.write_table(chats(40), max_chunksize=15)

utc = datetime.timezone.utc
when = datetime.datetime(2024, 1, 2, 3, 4, 5)
types = pa.table(
    {
        "prompt": pa.array(["p"], pa.large_string()),
        "completion": pa.array(["c"], pa.string_view()),
        "i": pa.array([9007199254740993], pa.int64()),
        "u": pa.array([18446744073709551615], pa.uint64()),
        "u1": pa.array([200], pa.uint8()),
        "f": pa.array([0.1], pa.float64()),
        "f4": pa.array([0.5], pa.float32()),
        "b": pa.array([True]),
        "n": pa.array([None], pa.null()),
        "d": pa.array([decimal.Decimal("1.50")], pa.decimal128(10, 2)),
        "when": pa.array([when], pa.timestamp("us")),
        "zone": pa.array([when.replace(tzinfo=utc)], pa.timestamp("ms", "Europe/Vienna")),
        "day": pa.array([when.date()], pa.date32()),
        "time": pa.array([datetime.time(3, 4, 5, 600000)], pa.time64("us")),
        "map": pa.array([[("k", 1), ("a", 2)]], pa.map_(pa.string(), pa.int32())),
        "deep": pa.array([[[{"x": [1, 2]}]]]),
        "fixed": pa.array([[1, 2]], pa.list_(pa.int32(), 2)),
        "words": pa.array([["a", "b", "a"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
        "empty": pa.array([None], pa.list_(pa.string())),
    }
)
with pa.ipc.new_file(path("types.arrow"), types.schema) as out:
    out.write_table(types)
feather.write_feather(pa.table({"text": ["a", "b"], "x": [1.0, float("nan")]}), path("nan.feather"))
feather.write_feather(pa.table({"text": ["a"], "image": [b"\x00"]}), path("binary.feather"))
# Invalid UTF-8 in a column of text.
bad = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xff\xfe"))
feather.write_feather(pa.table({"text": bad}), path("utf8.feather"), compression="uncompressed")
# A compressed buffer whose declared size is 1 TB.
data = bytearray(open(path("chat-zstd.feather"), "rb").read())
at = data.find(b"\x28\xb5\x2f\xfd") - 8  # the size stands before zstd's magic number
data[at : at + 8] = (1 << 40).to_bytes(8, "little")
open(path("bomb.feather"), "wb").write(bytes(data))

# Types that few files have. Each that is refused has a file of its own.
many = [f"w{i}" for i in range(300)]
rare = pa.table(
    {
        "half": pa.array([np.float16(1.5), np.float16(-0.1), np.float16(65504), None], pa.float16()),
        "halves": pa.array([[np.float16(0.25)], [], None, [np.float16(2)]], pa.list_(pa.float16())),
        "d256": pa.array([decimal.Decimal("12345678901234567890123456789012345678901234567890.25")] * 4, pa.decimal256(60, 2)),
        "large": pa.array([["a"], [], None, ["b", "c"]], pa.large_list(pa.large_string())),
        "view": pa.array([[1], [], None, [2, 3]], pa.list_view(pa.int16())),
        "u4": pa.array([4294967295, 0, 1, 2], pa.uint32()),
        "u1word": pa.DictionaryArray.from_arrays(pa.array([200, 255, 0, None], pa.uint8()), pa.array(many[:256])),
        "u2word": pa.DictionaryArray.from_arrays(pa.array([299, 0, 1, None], pa.uint16()), pa.array(many)),
        "lists": pa.DictionaryArray.from_arrays(
            pa.array([1, 0, None, 1], pa.int8()), pa.array([["x"], ["y", "z"]], pa.list_(pa.string()))
        ),
        "keys": pa.array([[(4294967295, "a")], [], None, [(1, "b")]], pa.map_(pa.uint32(), pa.string())),
        "days": pa.array([[(when.date(), 1)], [], None, []], pa.map_(pa.date32(), pa.int8())),
        "nano": pa.array([1, 0, -1, None], pa.timestamp("ns")),
        "date64": pa.array([when.date()] * 4, pa.date64()),
        "clock": pa.array([1, 2, 3, 4], pa.time32("ms")),
    }
)
with pa.ipc.new_file(path("rare-types.arrow"), rare.schema) as out:
    out.write_table(rare)
refused = {
    "duration": pa.array([1], pa.duration("s")),
    "interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["a"])),
    "large-view": pa.array([[1]], pa.large_list_view(pa.int8())),
    "union": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    "binary-view": pa.array([b"a"], pa.binary_view()),
    "binary-words": pa.array([b"a"], pa.binary()).dictionary_encode(),
    "half-keys": pa.array([[(np.float16(1), 1)]], pa.map_(pa.float16(), pa.int8())),
    "decimal32": pa.array([decimal.Decimal("1.5")], pa.decimal32(5, 1)),
}
for name, column in refused.items():
    table = pa.table({"text": ["a"], "odd": column})
    with pa.ipc.new_file(path(f"refused-{name}.arrow"), table.schema) as out:
        out.write_table(table)
