"""Fine-tunes all parameters with plain PyTorch, in several processes that torchrun starts. See README.md.

Septet starts this program, which starts torchrun, which starts this program again as each worker."""

import contextlib
import ctypes
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import traceback

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import NEVER, TRY_AGAIN, Interrupted, Refused, order, run_trainer  # isort: skip; it catches SIGTERM

import torch
import torch.distributed as distributed
from hugging_face import check, open_model, optimizer, write_result

STATUS = "SEPTET_STATUS"  # a file for the status of worker 0: torchrun ends with 1 whatever its workers end with
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """So that a SIGKILL leaves no worker behind, which would train beside the next attempt."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def launch(run):
    check(run.request, methods=("full",), options=("processes",))
    processes = int(run.request["options"].get("processes", 2))
    with tempfile.TemporaryDirectory() as folder:
        status = pathlib.Path(folder, "status")
        torchrun = subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", __file__],
            env={**os.environ, STATUS: str(status)},
            preexec_fn=die_with_parent,
        )
        terminated = []
        signal.signal(signal.SIGTERM, lambda *_: terminated.append(torchrun.terminate()))
        ended = torchrun.wait()
        if status.exists():
            sys.exit(int(status.read_text()))
        sys.exit(TRY_AGAIN if terminated else ended)


def work(run):
    """One worker. The status of worker 0 is the trainer's."""
    die_with_parent()
    try:
        Training(run).finish()
        status = 0
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        status = NEVER
    except Interrupted:
        status = TRY_AGAIN
    except Exception:
        traceback.print_exc()
        status = 1
    if os.environ["RANK"] == "0" and status != 1:
        pathlib.Path(os.environ[STATUS]).write_text(str(status))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # the end of a gloo group can wait for a thread that waits for Python's lock (torch 2.7)


class Training:
    """The same training in every worker, each with its share of the rows."""

    def __init__(self, run):
        self.run, self.request = run, run.request
        self.rank, self.workers = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
        self.device = torch.device("cpu")
        if torch.cuda.is_available():
            self.device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
            torch.cuda.set_device(self.device)
        torch.manual_seed(self.request["seed"] % 2**32)
        self.model = open_model(run).to(self.device)
        self.optimizer = optimizer(self.request, self.model)
        self.train = run.rows("train")
        self.validation = run.rows("validation") if self.request["validationRows"] else []
        self.step = 0  # the last one that is done
        if run.resume:
            self.load(run.resume)
        distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        devices = [self.device] if self.device.type == "cuda" else None
        self.parallel = torch.nn.parallel.DistributedDataParallel(self.model, device_ids=devices)
        run.begin()
        if self.rank == 0:
            run.discard()

    def finish(self):
        stopped = False
        while self.step < self.request["steps"] and not stopped:
            self.take_step()
            asked = self.run.asked()
            stopped, validates, saves, terminated = self.agreed(
                self.run.stopped(), self.run.validation_due(self.step), self.run.checkpoint_due(self.step)
            )
            if validates:
                self.validate()
            if (saves or terminated) and self.rank == 0:
                self.save(asked)
            if terminated and not stopped and self.step < self.request["steps"]:
                raise Interrupted
        if self.rank == 0:
            write_result(self.run, self.model)

    def agreed(self, *seen):
        """What worker 0 sees in the run folder, and whether any worker got SIGTERM: each looks at another moment."""
        seen = seen if self.rank == 0 else [False for _ in seen]
        flags = torch.tensor([*seen, self.run.terminated], dtype=torch.int32, device=self.device)
        distributed.all_reduce(flags, distributed.ReduceOp.MAX)
        return [bool(flag) for flag in flags.tolist()]

    def learning_rate(self):
        """Of the next step. Linear from 0 to the peak, then by shape."""
        rate, total = self.request["learningRate"], self.request["steps"]
        peak, warmup = rate["peak"], rate["warmup"]
        if self.step < warmup:
            return peak * self.step / warmup
        progress = (self.step - warmup) / max(1, total - warmup)
        left = {"CONSTANT": 1, "LINEAR": 1 - progress, "COSINE": 0.5 * (1 + math.cos(math.pi * progress))}
        return peak * max(0, left[rate["shape"]])

    def take_step(self):
        size, each = self.request["batchSize"], self.request["batchSize"] * self.request["accumulate"]
        epoch, at = divmod(self.step, self.request["stepsPerEpoch"])
        rows = order(len(self.train), self.request["seed"], epoch)[at * each : (at + 1) * each]
        tokens = sum(int(self.train[row][1].sum()) for row in rows)
        micro = [rows[start : start + size] for start in range(0, len(rows), size)]
        total = 0.0
        for index, batch in enumerate(micro):
            last = index == len(micro) - 1
            with contextlib.nullcontext() if last else self.parallel.no_sync():
                loss = self.summed_loss(self.parallel, [self.train[row] for row in batch])
                (loss * (self.workers / tokens)).backward()  # the workers' gradients are averaged
                total += loss.item()
        largest = self.request["clip"] or math.inf
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), largest)
        rate = self.learning_rate()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        loss = self.summed(total) / tokens
        if self.rank == 0:
            self.run.metric(
                self.step, loss=loss, epoch=epoch, learningRate=rate, gradientNorm=norm.item(), tokens=tokens
            )

    def summed(self, value):
        value = torch.tensor(value, dtype=torch.float64, device=self.device)
        distributed.all_reduce(value)
        return value.item()

    def summed_loss(self, model, rows):
        """Sum of -log p over the tokens of this worker's share of the rows."""
        share = rows[self.rank :: self.workers]
        if not share:  # every worker takes part in every micro-batch
            share = [(rows[0][0], rows[0][1] & False)]
        pad = torch.nn.utils.rnn.pad_sequence
        ids = pad([torch.tensor(tokens).long() for tokens, _ in share], batch_first=True).to(self.device)
        loss = pad([torch.tensor(mask) for _, mask in share], batch_first=True).to(self.device)
        real = pad([torch.ones(len(tokens)) for tokens, _ in share], batch_first=True).to(self.device)
        low = self.request["precision"] == "BF16"
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=low):
            logits = model(input_ids=ids, attention_mask=real, use_cache=False).logits
        labels = torch.where(loss, ids, -100)[:, 1:]
        return torch.nn.functional.cross_entropy(
            logits[:, :-1].flatten(0, 1).float(), labels.flatten(), ignore_index=-100, reduction="sum"
        )

    def validate(self):
        size, total = self.request["batchSize"], 0.0
        self.model.eval()
        with torch.no_grad():
            for start in range(0, len(self.validation), size):
                total += self.summed_loss(self.model, self.validation[start : start + size]).item()
        self.model.train()
        loss = self.summed(total) / sum(int(mask.sum()) for _, mask in self.validation)
        if self.rank == 0:
            self.run.metric(self.step, validationLoss=loss)

    def save(self, asked):
        folder = self.run.path / "checkpoints" / f"checkpoint-{self.step}"
        folder.mkdir(parents=True)
        state = {"step": self.step, "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save(state, folder / "state.pt")
        self.run.complete(self.step, asked)

    def load(self, folder):
        state = torch.load(folder / "state.pt", map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]


if __name__ == "__main__":
    run_trainer(work if "RANK" in os.environ else launch)
