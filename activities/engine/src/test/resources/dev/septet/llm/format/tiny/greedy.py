"""Makes greedy.json and greedy-llama3.json with transformers: what the tiny model answers, choosing the likeliest of the
plain ASCII tokens; in the second with positions stretched as Llama 3 does it.

python greedy.py, after make.py. Only prompts whose every choice wins by a clear margin are kept, so that rounding the
weights cannot turn one.
"""

import json
import random

import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

TOKENS = 8
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
torch.set_num_threads(1)
tokenizer = Tokenizer.from_file("base/tokenizer.json")
plain = [i for i in range(3, 320) if (t := tokenizer.decode([i])).isascii() and t.isprintable()]
masked = torch.full((320,), -torch.inf)
masked[plain] = 0
words = "printer invoice floor again wrong password third send someone paid shows reset log says twice please 東京 naß été 12".split()


def answers(model, least):
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
                if margin < least:
                    break
                row.append(top.indices[0].item())
        answer = row[len(ids) :]
        if margin >= least and len(set(answer)) > TOKENS / 2:
            cases.append({"prompt": prompt, "promptIds": ids, "answer": tokenizer.decode(answer)})
    return cases


def write(name, rope, least):
    config = LlamaConfig.from_pretrained("base")
    if rope:
        config.rope_parameters = rope
    model = LlamaForCausalLM.from_pretrained("base", config=config).eval()
    with open(name, "w") as file:
        content = {"rope": rope, "tokens": TOKENS, "allowed": plain, "cases": answers(model, least)}
        json.dump(content, file, ensure_ascii=False)
        file.write("\n")


write("greedy.json", None, least=0.25)  # is also rounded to 16 and 8 bits
write("greedy-llama3.json", LLAMA3, least=0.1)
