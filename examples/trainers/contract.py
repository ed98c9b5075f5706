"""Septet's contract with a trainer (.github/docs/trainers.md), for programs in Python.

A wrapper calls `run_trainer(train)`. `train` gets a `RunFolder`, and returns after the result is complete. It raises
`Refused` for a request that can never work, and `Interrupted` to be started again from its newest checkpoint.
"""

import functools
import json
import math
import os
import pathlib
import re
import shutil
import signal
import sys

TRY_AGAIN = 75
NEVER = 78

# Until the training begins, nothing is lost when SIGTERM ends the process at once.
signal.signal(signal.SIGTERM, lambda *_: os._exit(TRY_AGAIN))


class Refused(Exception):
    """The trainer cannot do what the request says. The text is one line for the author of the pipeline file."""


class Interrupted(Exception):
    """SIGTERM ended the training before the result was complete."""


def run_trainer(train):
    """Calls `train` and ends the process with the status that Septet expects."""
    try:
        train(RunFolder(os.environ["SEPTET_RUN"]))
    except Refused as refusal:
        print(refusal, file=sys.stderr, flush=True)
        sys.exit(NEVER)
    except Interrupted:
        sys.exit(TRY_AGAIN)


class RunFolder:
    """The folder that Septet and a trainer share. Steps are counted from 1."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.request = json.loads((self.path / "request.json").read_text(encoding="utf-8"))
        if self.request["contract"] != 1:
            raise Refused(f"this trainer knows contract 1, not {self.request['contract']}")
        self.resume = self.path / self.request["resume"] if self.request["resume"] else None
        self.served = 0
        if self.resume and (self.resume / "complete").exists():
            self.served = int((self.resume / "complete").read_text() or 0)
        self.terminated = False

    def begin(self):
        """Begins the training. From now on, SIGTERM waits for the end of a step, see `terminated`."""
        signal.signal(signal.SIGTERM, self._terminate)

    def _terminate(self, *_):
        self.terminated = True

    def discard(self):
        """Deletes what an earlier attempt left unfinished, or wrote after the checkpoint that this attempt resumes."""
        shutil.rmtree(self.path / "output", ignore_errors=True)
        for folder in self.checkpoints():
            later = step_of(folder) > self.resumed_step
            if folder != self.resume and (later or not (folder / "complete").exists()):
                shutil.rmtree(folder)

    @property
    def resumed_step(self):
        """The step of the checkpoint to resume; 0 without one."""
        return step_of(self.resume) if self.resume else 0

    def checkpoints(self):
        """Folders of checkpoints, the newest last."""
        folders = [folder for folder in self.path.glob("checkpoints/*") if step_of(folder) is not None]
        return sorted(folders, key=step_of)

    def stopped(self):
        """Whether the training ends after this step, with a result."""
        return (self.path / "control" / "stop").exists()

    def asked(self):
        """Number of checkpoints that Septet asked for besides the regular ones."""
        try:
            return int((self.path / "control" / "checkpoint").read_text() or 0)
        except FileNotFoundError:
            return 0

    def checkpoint_due(self, step):
        return self.terminated or step % self.request["checkpointEvery"] == 0 or self.asked() > self.served

    def validation_due(self, step):
        if not self.request["validationRows"]:
            return False
        return step % self.request["validateEvery"] == 0 or step == self.request["steps"] or self.stopped()

    def metric(self, step, **values):
        """Appends a line to metrics.jsonl. Values that are None are left out."""
        values = {name: value for name, value in values.items() if value is not None}
        # JSON has no NaN; Septet ends a run whose number is null.
        line = {"step": step, **{name: value if math.isfinite(value) else None for name, value in values.items()}}
        with open(self.path / "metrics.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def complete(self, step, asked):
        """Marks a checkpoint as complete, then deletes the oldest ones.

        `asked` is what `asked()` returned before the checkpoint was written. The next attempt compares with it."""
        self.served = max(self.served, asked)
        folder = self.path / "checkpoints" / f"checkpoint-{step}"
        (folder / "complete.new").write_text(f"{self.served}\n")
        (folder / "complete.new").rename(folder / "complete")  # so nobody reads it half-written
        for folder in self.checkpoints()[: -self.request["keepCheckpoints"]]:
            shutil.rmtree(folder)

    def rows(self, split):
        """Rows as pairs of numpy arrays: token ids, and whether each has a loss. Two rows form a preference pair."""
        import numpy
        from safetensors import safe_open

        with safe_open(self.path / "data" / f"{split}.safetensors", framework="numpy") as file:
            offsets = file.get_tensor("offsets")
            tokens = file.get_tensor("tokens")
            mask = file.get_tensor("mask").astype(bool)
            pairs = (file.metadata() or {}).get("rows per example") == "2"
        objective = self.request["objective"]["type"]
        if pairs != (objective == "dpo"):
            raise Refused(f"the objective {objective} cannot learn these rows: {self.request['rows']}")
        firsts = offsets[:-1][numpy.diff(offsets) > 0]
        mask[firsts] = False  # nothing predicts the first token of a row
        return [(tokens[start:end], mask[start:end]) for start, end in zip(offsets[:-1], offsets[1:])]


def step_of(checkpoint):
    """The step in the name of a checkpoint's folder, or None."""
    found = re.fullmatch(r"checkpoint-(\d+)", pathlib.Path(checkpoint).name)
    return int(found[1]) if found else None


# The random numbers of Septet's engine: SplitMix64 of a key and a counter. doi.org/10.1145/2660193.2660195
BITS = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mixed(z):
    z &= BITS
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & BITS
    return z ^ (z >> 31)


@functools.lru_cache(maxsize=1)
def order(size, seed, epoch):
    """The order in which Septet's engine reads training rows, or pairs of rows, in an epoch counted from 0.

    A trainer may read them in another order. With this one, its losses can be compared with the engine's."""
    key = mixed(seed + GOLDEN)
    for letter in "order":
        key = mixed(key ^ (ord(letter) * GOLDEN))
    key = mixed(key + (epoch + 1) * GOLDEN)
    shuffled = [0] * size
    for i in range(size):
        j = int((mixed(key + (i + 1) * GOLDEN) >> 11) * 2.0**-53 * (i + 1))
        shuffled[i] = shuffled[j]
        shuffled[j] = i
    return shuffled
