"""Makes golden.json: what the tiny model of ../format/tiny writes and foretells, by transformers and peft.

python make.py        # needs torch, transformers, peft, tokenizers

Only prompts are kept whose every choice wins by a clear margin, so that rounding cannot turn one.
"""

import json
import pathlib
import random

import torch
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

HERE = pathlib.Path(__file__).parent
TINY = HERE.parent / "format" / "tiny"
TOKENS = 12
MARGIN = 0.02
WORDS = "printer invoice floor again wrong password third send someone paid shows reset log says twice please".split()


def greedy(model, ids):
    row, margin = list(ids), float("inf")
    with torch.no_grad():
        for _ in range(TOKENS):
            top = model(torch.tensor([row])).logits[0, -1].topk(2)
            margin = min(margin, (top.values[0] - top.values[1]).item())
            row.append(top.indices[0].item())
    return row[len(ids):], margin


def scores(model, ids, mask):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    loss, correct, margin = 0.0, 0, float("inf")
    for t in range(1, len(ids)):
        if mask[t]:
            loss -= torch.log_softmax(logits[t - 1].double(), -1)[ids[t]].item()
            correct += int(logits[t - 1].argmax().item() == ids[t])
            top = logits[t - 1].topk(2).values
            margin = min(margin, (top[0] - top[1]).item())
    return loss, correct, margin


def main():
    base = LlamaForCausalLM.from_pretrained(TINY / "base").eval()
    tokenizer = Tokenizer.from_file(str(TINY / "base" / "tokenizer.json"))
    golden = {"tokens": TOKENS}
    for name in ("base", "lora"):
        if name == "lora":
            base = PeftModel.from_pretrained(base, TINY / "lora").eval()
        rng = random.Random(5)
        answers, examples = [], []
        while len(answers) < 7:
            words = rng.sample(WORDS, rng.randint(1, 9))
            ids = tokenizer.encode(" ".join(words), add_special_tokens=False).ids
            answer, margin = greedy(base, ids)
            if margin > MARGIN:
                answers.append({"prompt": ids, "answer": answer})
        while len(examples) < 9:
            ids = tokenizer.encode(" ".join(rng.sample(WORDS, rng.randint(2, 9))), add_special_tokens=False).ids
            answer, _ = greedy(base, ids)  # half of the tokens are the model's own, so that some are correct
            ids = ids + answer[: rng.randint(1, TOKENS)]
            mask = [int(rng.random() < 0.6) for _ in ids]
            loss, correct, margin = scores(base, ids, mask)
            if margin > MARGIN and any(mask[1:]):
                examples.append({"ids": ids, "mask": mask, "loss": loss, "tokens": sum(mask[1:]), "correct": correct})
        golden[name] = {"answers": answers, "examples": examples}
    (HERE / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
