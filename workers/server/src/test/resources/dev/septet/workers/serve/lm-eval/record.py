"""Records what lm-evaluation-harness sends to Septet's server, in requests.jsonl beside this file, and compares its numbers
with those of its own model class on the same weights.

pip install lm-eval[api]==0.4.13 transformers==5.24.0 torch==2.7.1 datasets==5.2.0
./septet serve tiny=examples/quickstart/base-model --port 8080
python record.py http://127.0.0.1:8080/v1/completions examples/quickstart/base-model [LIMIT TASK...]

Each line has a request's body, and what the client's "hf" model class computes for it: per prompt the log-likelihood of the
continuation, where it starts, and whether it is greedy; or the generated texts.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
EXAM = HERE.parents[9] / "activities/stages/src/test/resources/dev/septet/activities/evaluate/benchmark/exam"
url, model = sys.argv[1], str(Path(sys.argv[2]).resolve())
limit = int(sys.argv[3]) if len(sys.argv) > 3 else 6
names = sys.argv[4:] or ["exam_arithmetic", "exam_cloze", "exam_prose", "exam_recall", "exam_yesno"]
os.environ["HF_HUB_OFFLINE"] = "1"
os.chdir(EXAM)

import lm_eval  # noqa: E402
from lm_eval.models.huggingface import HFLM  # noqa: E402
from lm_eval.models.openai_completions import LocalCompletionsAPI  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

LENGTH = 512
recorded = []


class Recording(LocalCompletionsAPI):
    def model_call(self, messages, *, generate=True, gen_kwargs=None, **kwargs):
        payload = self._create_payload(
            self.create_message(messages), generate=generate, gen_kwargs=dict(gen_kwargs or {}), seed=self._seed,
            eos=self.eos_string)
        recorded.append({"body": payload})
        return super().model_call(messages, generate=generate, gen_kwargs=gen_kwargs, **kwargs)

    def parse_logprobs(self, outputs, tokens=None, ctxlens=None, **kwargs):
        found = LocalCompletionsAPI.parse_logprobs(outputs, tokens=tokens, ctxlens=ctxlens, **kwargs)
        recorded[-1]["from"] = list(ctxlens)
        return found


def evaluated(lm):
    found = lm_eval.simple_evaluate(
        model=lm, tasks=names, limit=limit, bootstrap_iters=0, log_samples=True,
        task_manager=TaskManager(include_path=str(EXAM / "tasks"), include_defaults=False))
    return found


def responses(found):
    return {
        name: [sample["resps"] for sample in sorted(found["samples"][name], key=lambda one: one["doc_id"])]
        for name in names
    }


served = Recording(
    base_url=url, model="tiny", tokenizer=model, tokenizer_backend="huggingface", max_length=LENGTH, batch_size=4, seed=1234)
own = HFLM(pretrained=model, dtype="float32", device="cpu", batch_size=1, max_length=LENGTH)
there, here = evaluated(served), evaluated(own)
worst = 0.0
for name in names:
    for metric, value in here["results"][name].items():
        other = there["results"][name].get(metric)
        if isinstance(value, float):
            print(name, metric, f"hf {value:.6f} server {other:.6f}")
    for row, (one, other) in enumerate(zip(responses(here)[name], responses(there)[name])):
        for a, b in zip(one, other):
            a, b = a[0], b[0]
            if isinstance(a, str):
                assert a == b, (name, row, a, b)
            elif isinstance(a, (tuple, list)):
                assert bool(a[1]) == bool(b[1]), (name, row, a, b)
                worst = max(worst, abs(float(a[0]) - float(b[0])) / max(1e-9, abs(float(a[0]))))
            else:
                worst = max(worst, abs(float(a) - float(b)) / max(1e-9, abs(float(a))))
print("largest relative difference of a log-likelihood:", worst)
for line in recorded:
    body = line["body"]
    if "from" in line:
        line["expected"] = [
            [float(f"{ll:.9g}"), greedy]
            for prompt, start in zip(body["prompt"], line["from"])
            for ll, greedy in own._loglikelihood_tokens([(("", ""), prompt[:start], prompt[start:])], disable_tqdm=True)
        ]
    else:
        prompts = [own.tok_decode(prompt, skip_special_tokens=False) for prompt in body["prompt"]]
        kwargs = {"until": body["stop"], "max_gen_toks": body["max_tokens"], "do_sample": False}
        from lm_eval.api.instance import Instance

        line["expected"] = own.generate_until(
            [Instance("generate_until", {}, (prompt, dict(kwargs)), 0) for prompt in prompts], disable_tqdm=True)
(HERE / "requests.jsonl").write_text("".join(json.dumps(line) + "\n" for line in recorded), encoding="utf-8")
print(len(recorded), "requests")
