"""lm-evaluation-harness on the tasks of a folder: prints each metric and the seconds of the requests.

exam_peer.py MODEL_FOLDER FOLDER BATCH TASK...
"""

import logging
import os
import sys
import time

model, folder, batch, names = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
os.chdir(folder)
os.environ["HF_HUB_OFFLINE"] = "1"

import lm_eval  # noqa: E402
import torch  # noqa: E402
from lm_eval.models.huggingface import HFLM  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

logging.disable(logging.WARNING)
torch.set_num_threads(int(os.environ.get("THREADS", "2")))
seconds = 0.0


def timed(function):
    def run(*args, **kwargs):
        global seconds
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds += time.perf_counter() - start

    return run


lm = HFLM(pretrained=model, dtype="float32", device="cpu", batch_size=batch)
for kind in ("loglikelihood", "loglikelihood_rolling", "generate_until"):
    setattr(lm, kind, timed(getattr(lm, kind)))
found = lm_eval.simple_evaluate(
    model=lm,
    tasks=names,
    task_manager=TaskManager(include_path=folder + "/tasks", include_defaults=False),
    bootstrap_iters=0,
)
for name in names:
    for key, value in found["results"][name].items():
        if isinstance(value, float) and "stderr" not in key:
            print(name, key, f"{value:.4f}")
print("seconds", f"{seconds:.2f}")
