"""Answers lines of JSON with transformers' generate, as asked: MODEL_FOLDER THREADS."""

import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM

torch.set_num_threads(int(sys.argv[2]))
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()


def answer(prompts, tokens, lookup):
    """Pads on the left, as generate wants it."""
    longest = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    extra = {"prompt_lookup_num_tokens": lookup} if lookup else {}
    out = model.generate(
        ids,
        attention_mask=mask,
        min_new_tokens=tokens,
        max_new_tokens=tokens,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
        **extra,
    )
    return [row[longest:].tolist() for row in out]


for line in sys.stdin:
    work = json.loads(line)
    start = time.perf_counter()
    answers = []
    with torch.inference_mode():
        for at in range(0, len(work["prompts"]), work["atOnce"]):
            part = work["prompts"][at : at + work["atOnce"]]
            answers += answer(part, work["tokens"], work["lookup"])
    print(json.dumps({"seconds": time.perf_counter() - start, "answers": answers}), flush=True)
