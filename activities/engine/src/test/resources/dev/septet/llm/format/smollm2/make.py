"""Makes logits.json: what transformers, reading the GGUF of SmolLM2-135M-Instruct (Q4_1) itself, computes in float32.

python make.py PATH/SmolLM2-135M-Instruct.Q4_1.gguf (torch 2.7.1, transformers 5.24.0)
"""

import json
import os
import sys

import torch
from transformers import AutoTokenizer, LlamaForCausalLM

TEXTS = [
    "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n",
    "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
    "Die Hauptstadt von Österreich heißt Wien, and it's a city on the Danube. Its population is about two million people; "
    "the opera, the parks and the coffee houses are known all over the world, and so is the music that was written there.",
]
STRIDE = 769  # each such-numbered token of the vocabulary is kept

folder, name = os.path.split(sys.argv[1])
model = LlamaForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
cases = []
for text in TEXTS:
    ids = tokenizer(text, add_special_tokens=False).input_ids
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    positions = []
    for at in sorted({0, 1, len(ids) // 2, len(ids) - 1}):
        kept = [round(x, 5) for x in logits[at, ::STRIDE].tolist()]
        top = logits[at].topk(3)
        positions.append(
            {"at": at, "kept": kept, "topIds": top.indices.tolist(), "top": [round(x, 5) for x in top.values.tolist()]}
        )
    cases.append({"text": text, "ids": ids, "positions": positions})
with open("logits.json", "w") as file:
    json.dump({"stride": STRIDE, "cases": cases}, file, ensure_ascii=False)
    file.write("\n")
