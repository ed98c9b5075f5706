"""A trainer that keeps the contract of trainers.md without training: its state is a number that every step changes.

The option `mode` makes it break the contract. ADAPTER names the adapter that it hands back.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

run = Path(os.environ["SEPTET_RUN"])
request = json.loads((run / "request.json").read_text())
mode = request["options"]["mode"]
pause = request["options"]["milliseconds"] / 1000
terminated = False


def terminate(signum, frame):
    global terminated
    terminated = True


signal.signal(signal.SIGTERM, terminate)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pause *= 3
if request["method"]["type"] not in ("lora", "full") and mode != "yes":
    print("this trainer knows no method", request["method"]["type"], file=sys.stderr)
    sys.exit(78)
if mode == "torrent":
    for _ in range(80):
        print("x" * (1 << 20))
    sys.exit("the last line")
if mode == "cards":
    sys.exit("the cards are " + os.environ.get("CUDA_VISIBLE_DEVICES", "all"))
if mode == "never":
    print("this trainer knows no such method; hf_abcdefghijklmnopqrstuvwxyz was the token", file=sys.stderr)
    sys.exit(78)
assert (run / "data/train.jsonl").exists() and (run / "model/config.json").exists()
step, state = 0, "start"
if request["resume"]:
    folder = run / request["resume"]
    assert (folder / "complete").read_text() == "served 1"
    saved = json.loads((folder / "nested" / "state.json").read_text())
    step, state = saved["step"], saved["state"]
lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()] if step else []
assert [line["step"] for line in lines if "loss" in line] == list(range(1, step + 1)), "metrics do not end at the checkpoint"
orders = 0
print("trainer", os.getpid(), "starts at step", step, flush=True)


def save():
    folder = run / "checkpoints" / f"checkpoint-{step}"
    (folder / "nested").mkdir(parents=True, exist_ok=True)
    (folder / "nested" / "state.json").write_text(json.dumps({"step": step, "state": state}))
    if mode == "link":
        (folder / "link").symlink_to("/etc/passwd")
    if mode == "backslash":
        (folder / r"..\..\..\outside").write_text("")
    (folder / "complete").write_text("served 1")


with open(run / "metrics.jsonl", "a") as metrics:
    while step < request["steps"]:
        time.sleep(pause)
        if mode == "crash" and step == 5:
            sys.exit("RuntimeError: out of luck; the row of mail@example.org said 'something very long and very private'")
        if mode == "hang" and step == 5:
            time.sleep(600)
        step += 2 if mode == "gap" and step == 3 else 1
        state = hashlib.sha256(f"{state} {step}".encode()).hexdigest()
        loss = float("nan") if mode == "nan" and step == 4 else 1 / step
        metrics.write(json.dumps({"step": step, "loss": loss, "learningRate": 1e-3, "tokens": 100}) + "\n")
        if step % request["validateEvery"] == 0:
            metrics.write(json.dumps({"step": step, "validationLoss": 2 / step}) + "\n")
        metrics.flush()
        if mode == "flood":
            print("x" * (1 << 20))
        order = run / "control/checkpoint"
        ordered = int(order.read_text()) if order.exists() else 0
        if step % request["checkpointEvery"] == 0 or (ordered > orders and mode != "deaf") or terminated:
            orders = ordered
            save()
        if terminated:
            sys.exit(75)
        if (run / "control/stop").exists():
            break

expected = "start"
for one in range(1, step + 1):
    expected = hashlib.sha256(f"{expected} {one}".encode()).hexdigest()
assert state == expected or mode == "gap", "the state is not that of these steps"
if mode == "early":
    sys.exit(0)
output = run / "output" / request["expects"]
if mode != "nothing":
    shutil.copytree(os.environ["ADAPTER"], output)
if mode == "pickle":
    (output / "training_args.bin").write_bytes(b"\x80\x04.")
if mode == "outlink":
    (output / "adapter_config.json").unlink()
    (output / "adapter_config.json").symlink_to("/etc/passwd")
if mode == "cut":
    weights = output / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
