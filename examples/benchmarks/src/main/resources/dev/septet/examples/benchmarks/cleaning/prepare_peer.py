"""prepare_peer.py FILE TOKENIZER_JSON near|exact: the steps of the benchmark's `prepare` block with Hugging Face `datasets`, on all
cores, and with `tokenizers`. `datasets` has no near-duplicate filter: MinHash signatures are computed with numpy in `map`, and
compared in one process, as the usual scripts do. Prints what it found as JSON."""
import hashlib
import json
import os
import re
import sys
import unicodedata

import numpy

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # datasets uses one process for each core
from datasets import disable_caching, disable_progress_bars, load_dataset  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

path, tokenizer_json, mode = sys.argv[1:4]
cores = os.cpu_count()
disable_caching()
disable_progress_bars()
tokenizer = Tokenizer.from_file(tokenizer_json)
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
SPACE = re.compile(r"\s+")
BANDS, ROWS = 20, 7
PRIME = (1 << 61) - 1
random = numpy.random.RandomState(1)
A = random.randint(1, 1 << 31, BANDS * ROWS).astype(numpy.uint64)
B = random.randint(0, 1 << 31, BANDS * ROWS).astype(numpy.uint64)


def shingles(text):
    units = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", text).lower())
    units = " ".join(units.split())
    return {units[i : i + 5] for i in range(max(1, len(units) - 4))}


def bands(text):
    hashes = numpy.array([int.from_bytes(hashlib.blake2b(s.encode(), digest_size=4).digest(), "big") for s in shingles(text)], numpy.uint64)
    signature = ((hashes[:, None] * A + B) % PRIME).min(axis=0)
    return [hash(signature[i * ROWS : (i + 1) * ROWS].tobytes()) for i in range(BANDS)]


def clean(batch):
    result = {"prompt": [], "completion": [], "emails": [], "digest": [], "tokens": [], "length": []}
    for prompt, completion in zip(batch["prompt"], batch["completion"]):
        prompt, first = EMAIL.subn("[EMAIL]", prompt)
        completion, second = EMAIL.subn("[EMAIL]", completion)
        plain = [SPACE.sub(" ", unicodedata.normalize("NFC", text).strip()) for text in (prompt, completion)]
        result["prompt"].append(prompt)
        result["completion"].append(completion)
        result["emails"].append(first + second)
        result["digest"].append(hashlib.sha256(json.dumps(plain).encode()).digest())
    for prompt, completion in zip(tokenizer.encode_batch(result["prompt"], add_special_tokens=False),
                                  tokenizer.encode_batch(result["completion"], add_special_tokens=False)):
        ids = (prompt.ids + completion.ids)[:1023]
        result["tokens"].append(ids)
        result["length"].append(len(ids) + 1)  # with the end token
    if mode == "near":
        result["bands"] = [bands(p + "\n" + c) for p, c in zip(result["prompt"], result["completion"])]
    return result


rows = load_dataset("json", data_files=path, split="train", cache_dir=sys.argv[4])
read = len(rows)
rows = rows.filter(lambda batch: [len(text) > 20 for text in batch["completion"]], batched=True, num_proc=cores)
filtered = read - len(rows)
rows = rows.map(clean, batched=True, num_proc=cores)
emails = sum(rows["emails"])
seen, keep = set(), []
for i, digest in enumerate(rows["digest"]):
    if digest not in seen:
        seen.add(digest)
        keep.append(i)
duplicates = len(rows) - len(keep)
rows = rows.select(keep)
near = 0
if mode == "near":
    buckets, kept = [{} for _ in range(BANDS)], []
    texts = {}
    for i, (prompt, completion, keys) in enumerate(zip(rows["prompt"], rows["completion"], rows["bands"])):
        candidates = {j for band, key in enumerate(keys) for j in buckets[band].get(key, ())}
        own = shingles(prompt + "\n" + completion) if candidates else None
        if any(len(own & texts_of) / len(own | texts_of) >= 0.8 for texts_of in (shingles(texts[j]) for j in sorted(candidates))):
            near += 1
            continue
        kept.append(i)
        texts[i] = prompt + "\n" + completion
        for band, key in enumerate(keys):
            buckets[band].setdefault(key, []).append(i)
    rows = rows.select(kept)
rows = rows.train_test_split(test_size=0.1, seed=1)
tokens = 0
for name, part in rows.items():
    part.select_columns(["prompt", "completion"]).to_json(os.path.join(sys.argv[4], name + ".jsonl"))
    part.select_columns(["tokens"]).to_parquet(os.path.join(sys.argv[4], name + ".parquet"))
    tokens += sum(part["length"])
print(json.dumps({"read": read, "filtered": filtered, "duplicates": duplicates, "near": near,
                  "kept": sum(len(part) for part in rows.values()), "tokens": tokens, "emails": emails}))
