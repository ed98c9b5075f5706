"""Writes texts.txt and datasketch.txt: rows that datasketch finds as near-duplicates of an earlier kept row.

Usage: pip install datasketch==2.0.0; python golden.py
"""

import pathlib
import random

from datasketch import MinHash, MinHashLSH

HERE = pathlib.Path(__file__).parent
SIMILARITY = 0.8


def word(rng):
    return "".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(rng.randint(1, 3)))


def texts(count):
    rng = random.Random(5)
    rows = []
    for i in range(count):
        if i % 4 == 3:
            words = rng.choice(rows).split(" ")
            for _ in range(rng.randint(0, 3)):
                words[rng.randrange(len(words))] = word(rng)
        else:
            words = [word(rng) for _ in range(rng.randint(15, 30))]
        rows.append(" ".join(words))
    return rows


def shingles(text):
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))}


def main():
    rows = texts(600)
    lsh = MinHashLSH(num_perm=256, params=(32, 8))
    sets = {}
    removed = []
    for number, text in enumerate(rows):
        own = shingles(text)
        sketch = MinHash(num_perm=256, seed=1)
        sketch.update_batch([shingle.encode() for shingle in own])
        similar = [
            other for other in lsh.query(sketch) if len(own & sets[other]) / len(own | sets[other]) >= SIMILARITY
        ]
        if similar:
            removed.append(number)
        else:
            sets[number] = own
            lsh.insert(number, sketch)
    (HERE / "texts.txt").write_text("\n".join(rows) + "\n")
    (HERE / "datasketch.txt").write_text("\n".join(map(str, removed)) + "\n")


main()
