"""Makes logits.json: what transformers, dequantising the GGUF of Gemma 3 270M (Q4_K_M) itself, computes in float32.

python make.py PATH/gemma-3-270m-q4_k_m.gguf (torch 2.7.1, transformers 5.24.0)
"""

import json
import os
import sys

import torch
from transformers import AutoTokenizer, Gemma3ForCausalLM

TEXTS = [
    "The capital of France is",
    "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
    # longer than the window of 512 tokens that five layers of six have
    " ".join(f"In chapter {n} the boat came to the town of number {n * n}, and its captain counted {n + 3} gulls." for n in range(1, 31)),
]
STRIDE = 4099  # each such-numbered token of the vocabulary is kept
ANSWER = 8  # tokens, of the first two texts

folder, name = os.path.split(sys.argv[1])
model = Gemma3ForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32, attn_implementation="eager").eval()
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
config = model.config
print(config, file=sys.stderr)
cases = []
for text in TEXTS:
    ids = [tokenizer.bos_token_id] + tokenizer(text, add_special_tokens=False).input_ids
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
    positions = []
    for at in sorted({1, len(ids) // 2, len(ids) - 1}):
        kept = [round(x, 5) for x in logits[at, ::STRIDE].tolist()]
        top = logits[at].topk(3)
        positions.append(
            {"at": at, "kept": kept, "topIds": top.indices.tolist(), "top": [round(x, 5) for x in top.values.tolist()]}
        )
    answer = []
    for _ in range(ANSWER if len(ids) < 100 else 0):
        with torch.no_grad():
            answer.append(int(model(torch.tensor([ids + answer])).logits[0, -1].argmax()))
    cases.append({"text": text, "ids": ids, "positions": positions, "answer": answer})
    print(len(ids), tokenizer.decode(answer), file=sys.stderr)
with open("logits.json", "w") as file:
    json.dump({"stride": STRIDE, "cases": cases}, file, ensure_ascii=False)
    file.write("\n")
