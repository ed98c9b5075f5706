"""Writes goldens.json beside this file: what lm-evaluation-harness computes on the tasks in tasks/ with SmolLM2-135M.

pip install lm-eval==0.4.13 transformers==5.24.0 torch==2.7.1 datasets==5.2.0
python goldens.py MODEL_FOLDER

MODEL_FOLDER is the model in Hugging Face layout; its weights are those of the GGUF file that the tests use. On a CPU, in
float32, one request at a time.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
os.chdir(HERE)
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_CACHE"] = os.environ.get("HF_DATASETS_CACHE", "/tmp/exam-datasets")

import lm_eval  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

NUMBERS = 9
GROUP = "exam_choice"


def number(value):
    return float(f"{value:.{NUMBERS}g}")


def response(output):
    """[log-likelihood, whether greedy], a log-likelihood, or a text."""
    if isinstance(output, (list, tuple)):
        return [number(float(output[0])), bool(output[1])]
    return output if isinstance(output, str) else number(float(output))


def rows(samples):
    by_doc = {}
    for sample in samples:
        row = by_doc.setdefault(sample["doc_id"], {"filters": {}})
        row["responses"] = [response(answers[0]) for answers in sample["resps"]]
        if isinstance(sample["filtered_resps"][0], str):
            row["filters"][sample["filter"]] = sample["filtered_resps"][0]
        row["prompt"] = sample["arguments"][0][0]
    return [by_doc[key] if by_doc[key]["filters"] else {k: v for k, v in by_doc[key].items() if k != "filters"}
            for key in sorted(by_doc)]


def main(model, batch):
    tasks = TaskManager(include_path=str(HERE / "tasks"), include_defaults=False)
    names = sorted(path.stem for path in (HERE / "tasks").glob("exam_*.yaml"))
    results = {}
    for wanted in ([name for name in names if name != GROUP], [GROUP]):  # a task may not be given twice
        found = lm_eval.simple_evaluate(
            model="hf",
            model_args=f"pretrained={model},dtype=float32",
            device="cpu",
            tasks=wanted,
            task_manager=tasks,
            batch_size=batch,
            bootstrap_iters=1000,
            log_samples=True,
        )
        for name in wanted:
            metrics = found["groups"][name] if name == GROUP else found["results"][name]
            results[name] = {
                "metrics": {key: number(value) for key, value in sorted(metrics.items()) if isinstance(value, float)},
            }
            if name != GROUP:
                results[name]["rows"] = rows(found["samples"][name])
    lines = [f"  {json.dumps(name)}: {json.dumps(found, ensure_ascii=False)}" for name, found in results.items()]
    (HERE / "goldens.json").write_text(
        '{"lm_eval": %s, "results": {\n%s\n}}\n' % (json.dumps(lm_eval.__version__), ",\n".join(lines)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
