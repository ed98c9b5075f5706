"""What every trainer must do, as a test case without a trainer. A wrapper's test extends `TrainerContract`.

It makes a run folder as Septet does, from rows of the quickstart and its model, and starts the program on it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import numpy
import safetensors.numpy
import tokenizers
from contract import order, step_of

QUICKSTART = pathlib.Path(__file__).resolve().parent.parent / "quickstart"
MODEL = QUICKSTART / "base-model"
ROWS = 50
# Seconds after which a test no longer waits. Beside other work, torchrun alone needs a minute to start.
PATIENCE = 600
STEPS = 12
ROWS_PER_STEP = 8
TOKENIZER = tokenizers.Tokenizer.from_file(str(MODEL / "tokenizer.json"))
LORA = {"type": "lora", "rank": 4, "alpha": 8.0, "dropout": 0.1, "scaling": "PLAIN", "rateRatio": 1.0}


def chats(skip, count):
    """Rows of the quickstart with one question and one answer."""
    rows = []
    with open(QUICKSTART / "data" / "tickets.jsonl", encoding="utf-8") as file:
        for line in file:
            try:
                rows.append(json.loads(line))
            except ValueError:  # bad on purpose
                continue
    return [row for row in rows if len(row.get("messages", ())) == 2][skip : skip + count]


def encoded(question, answer):
    """Token ids by the model's chat template, and 1 for those of the answer and its end."""
    asked = TOKENIZER.encode(f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n").ids
    answered = TOKENIZER.encode(f"{answer}<|im_end|>").ids
    return asked + answered, [0] * len(asked) + [1] * len(answered)


def write_rows(data, split, rows, pairs):
    exchanges = [(row["messages"][0]["content"], row["messages"][1]["content"]) for row in rows]
    if pairs:
        exchanges = [(asked, said) for asked, answer in exchanges for said in (answer, '{"team":"none"}')]
    tokens = [encoded(*exchange) for exchange in exchanges]
    safetensors.numpy.save_file(
        {
            "offsets": numpy.cumsum([0] + [len(ids) for ids, _ in tokens], dtype=numpy.int64),
            "tokens": numpy.concatenate([ids for ids, _ in tokens]).astype(numpy.int32),
            "mask": numpy.concatenate([mask for _, mask in tokens]).astype(numpy.uint8),
        },
        data / f"{split}.safetensors",
        metadata={"rows per example": "2"} if pairs else None,
    )
    (data / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def layout(file):
    """Names, element types and shapes of a safetensors file."""
    with safetensors.safe_open(file, "numpy") as tensors:
        slices = {name: tensors.get_slice(name) for name in tensors.keys()}
        return {name: (tensor.get_dtype(), tensor.get_shape()) for name, tensor in slices.items()}


class TrainerContract:
    """A wrapper's test sets `command`. `requests` is what all its requests say otherwise, `whole` those for a model."""

    command = ()
    supervised = True  # its loss is that of the rows' answers
    engine_order = True  # it trains on the rows in the engine's order, and counts their tokens
    requests = {}
    whole = {}

    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.run_folder = pathlib.Path(made.name)

    def prepare(self, **changes):
        self.request = {
            "contract": 1,
            "pipeline": "smoke",
            "run": "smoke/1",
            "attempt": 1,
            "method": LORA,
            "objective": {"type": "supervised"},
            "rows": "chat",
            "trainRows": ROWS,
            "validationRows": 10,
            "steps": STEPS,
            "stepsPerEpoch": -(-ROWS // ROWS_PER_STEP),
            "batchSize": ROWS_PER_STEP // 2,
            "accumulate": 2,
            "optimizer": {"type": "adamw", "weightDecay": 0.0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
            "learningRate": {"shape": "COSINE", "peak": 2e-3, "warmup": 2},
            "clip": 1.0,
            "precision": "FLOAT32",
            "seed": 42,
            "maxTokens": 256,
            "checkpointEvery": 5,
            "keepCheckpoints": 1,
            "validateEvery": 6,
            "expects": "adapter",
            "baseModel": "quickstart/base-model",
            "resume": None,
            "graceSeconds": 30,
            "options": {},
            **self.requests,
            **changes,
        }
        (self.run_folder / "data").mkdir(exist_ok=True)
        (self.run_folder / "control").mkdir(exist_ok=True)
        if not (self.run_folder / "model").exists():
            self.lay()
        (self.run_folder / "request.json").write_text(json.dumps(self.request))

    def lay(self):
        """Writes the model and the rows of the run folder. A wrapper for other models or rows has its own."""
        shutil.copytree(MODEL, self.run_folder / "model")
        pairs = self.request["objective"]["type"] == "dpo"
        write_rows(self.run_folder / "data", "train", chats(0, ROWS), pairs)
        write_rows(self.run_folder / "data", "validation", chats(ROWS, 10), pairs)

    def start(self):
        log = open(self.run_folder / "output.log", "ab")
        self.addCleanup(log.close)
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "OMP_NUM_THREADS": "1"}
        started = subprocess.Popen(
            [str(word) for word in self.command],
            cwd=self.run_folder,
            env={**environment, "SEPTET_RUN": str(self.run_folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.addCleanup(started.kill)
        return started

    def finish(self, status=0):
        self.assertEqual(self.start().wait(timeout=PATIENCE), status, self.said())

    def said(self):
        return (self.run_folder / "output.log").read_text()

    def metrics(self):
        path = self.run_folder / "metrics.jsonl"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def losses(self):
        return {line["step"]: line["loss"] for line in self.metrics() if "loss" in line}

    def wait_for_step(self, trainer, step):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and trainer.poll() is None:
            if step in self.losses():
                return
            time.sleep(0.01)
        self.fail(f"no step {step}: {self.said()}")

    def wait_for_the_last_process(self):
        """A killed trainer takes its processes with it. Septet would kill them: each has SEPTET_RUN."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if not any(self.owns(process) for process in pathlib.Path("/proc").glob("[0-9]*")):
                return
            time.sleep(0.05)
        self.fail("a process of the killed trainer lives")

    def owns(self, process):
        try:
            return f"SEPTET_RUN={self.run_folder}".encode() in (process / "environ").read_bytes().split(b"\0")
        except OSError:  # it ended
            return False

    def checkpoints(self):
        """Names of the complete checkpoints, the newest last."""
        folders = [complete.parent for complete in self.run_folder.glob("checkpoints/*/complete")]
        return [folder.name for folder in sorted(folders, key=step_of)]

    def resume(self, **changes):
        """What Septet does before it starts the trainer again: it cuts the metrics after the newest checkpoint."""
        newest = self.checkpoints()[-1]
        kept = [line for line in self.metrics() if line["step"] <= step_of(newest)]
        (self.run_folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))
        self.prepare(resume=f"checkpoints/{newest}", **changes)

    def result(self):
        """The tensors of the result, after a check of its files."""
        folder = self.run_folder / "output" / self.request["expects"]
        if self.request["expects"] == "model":
            expected, weights = ["config.json", "generation_config.json", "model.safetensors"], "model.safetensors"
            self.assertEqual(layout(folder / weights), layout(MODEL / weights))
        else:
            expected, weights = ["adapter_config.json", "adapter_model.safetensors"], "adapter_model.safetensors"
            config = json.loads((folder / "adapter_config.json").read_text())
            self.assertEqual((config["r"], config["lora_alpha"]), (4, 8))
            self.assertEqual(config["base_model_name_or_path"], "quickstart/base-model")
        self.assertEqual(sorted(os.listdir(folder)), expected)
        with safetensors.safe_open(folder / weights, "pt") as file:
            return {name: file.get_tensor(name).float() for name in file.keys()}

    def loss_tokens(self, rows):
        data = safetensors.numpy.load_file(self.run_folder / "data" / "train.safetensors")
        return int(sum(data["mask"][data["offsets"][row] : data["offsets"][row + 1]].sum() for row in rows))

    def test_kills_change_no_number(self):
        self.prepare()
        self.finish()
        whole, result = self.losses(), self.result()
        self.assertEqual(list(whole), list(range(1, STEPS + 1)))
        first = self.metrics()[0]
        self.assertEqual((first["epoch"], first["learningRate"]), (0, 0))
        self.assertGreater(max(line.get("gradientNorm", 0) for line in self.metrics()), 0)
        if self.supervised:
            self.assertLess(whole[STEPS], whole[1])
            self.assertEqual([line["step"] for line in self.metrics() if "validationLoss" in line], [6, STEPS])
        if self.engine_order:
            self.assertEqual(first["tokens"], self.loss_tokens(order(ROWS, 42, 0)[:ROWS_PER_STEP]))
        kept = [folder.name for folder in self.run_folder.glob("checkpoints/checkpoint-*")]
        self.assertEqual(kept, ["checkpoint-10"])

        shutil.rmtree(self.run_folder / "checkpoints")
        (self.run_folder / "metrics.jsonl").unlink()
        trainer = self.start()
        self.wait_for_step(trainer, 2)
        trainer.terminate()
        self.assertEqual(trainer.wait(timeout=PATIENCE), 75, self.said())
        self.assertFalse((self.run_folder / "output").exists())
        self.assertLess(step_of(self.checkpoints()[-1]), STEPS)

        self.resume(attempt=2)
        trainer = self.start()
        self.wait_for_step(trainer, 7)
        trainer.kill()
        trainer.wait()
        self.wait_for_the_last_process()

        self.resume(attempt=3)
        self.finish()
        self.assertEqual(list(self.losses()), list(whole))
        for step, loss in whole.items():
            self.assertAlmostEqual(self.losses()[step], loss, delta=1e-4)
        for name, tensor in self.result().items():
            numpy.testing.assert_allclose(tensor, result[name], atol=1e-4, err_msg=name)

    def test_stop_and_checkpoint_on_demand(self):
        self.prepare(steps=1000, checkpointEvery=1000)
        trainer = self.start()
        self.wait_for_step(trainer, 1)
        (self.run_folder / "control" / "checkpoint").write_text("1\n")
        self.wait_for_step(trainer, max(self.losses()) + 3)
        self.assertEqual(len(self.checkpoints()), 1)
        (self.run_folder / "control" / "stop").touch()
        self.assertEqual(trainer.wait(timeout=PATIENCE), 0, self.said())
        self.result()
        self.assertLess(max(self.losses()), 1000)
        if self.supervised:
            self.assertIn("validationLoss", self.metrics()[-1])
        self.assertEqual(len(self.checkpoints()), 1)

    def test_what_cannot_work_is_refused_in_one_line(self):
        for changes in [{"method": {"type": "quantum"}}, {"options": {"unknown": True}}]:
            with self.subTest(changes):
                self.prepare(**changes)
                self.finish(78)
                self.assertRegex(self.said().splitlines()[-1], "^this trainer has the .* not ")

    def test_a_resume_at_the_last_step_writes_the_result(self):
        requests = {**self.whole, "steps": 3, "checkpointEvery": 3}
        self.prepare(**requests)
        self.finish()
        first = self.result()
        shutil.rmtree(self.run_folder / "output")
        self.resume(**requests)
        self.finish()
        self.assertEqual(list(self.losses()), [1, 2, 3])
        for name, tensor in self.result().items():
            numpy.testing.assert_array_equal(tensor, first[name], err_msg=name)
