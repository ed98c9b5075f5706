"""Makes greedy.json with transformers: what the tiny model answers, choosing the likeliest of the plain ASCII tokens.

python greedy.py, after make.py. Only prompts whose every choice wins by a clear margin are kept, so that rounding the
weights cannot turn one.
"""

import json
import random

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

TOKENS = 10
MARGIN = 0.2
model = LlamaForCausalLM.from_pretrained("base").eval()
tokenizer = Tokenizer.from_file("base/tokenizer.json")
plain = [i for i in range(3, 320) if (t := tokenizer.decode([i])).isascii() and t.isprintable()]
masked = torch.full((320,), -torch.inf)
masked[plain] = 0
words = "printer invoice floor again wrong password third send someone paid shows reset log says twice please 東京 naß été 12".split()
rng = random.Random(3)
cases = []
while len(cases) < 6:
    prompt = " ".join(rng.sample(words, rng.randint(3, 6))) + rng.choice(["", ".", "!", "\n"])
    ids = tokenizer.encode(prompt, add_special_tokens=False).ids
    row = list(ids)
    margin = float("inf")
    with torch.no_grad():
        for _ in range(TOKENS):
            top = (model(torch.tensor([row])).logits[0, -1] + masked).topk(2)
            margin = min(margin, (top.values[0] - top.values[1]).item())
            row.append(top.indices[0].item())
    answer = row[len(ids) :]
    if margin > MARGIN and len(set(answer)) > TOKENS / 2:
        cases.append({"prompt": prompt, "promptIds": ids, "answer": tokenizer.decode(answer)})
with open("greedy.json", "w") as file:
    json.dump({"tokens": TOKENS, "allowed": plain, "cases": cases}, file, ensure_ascii=False, indent=1)
    file.write("\n")
