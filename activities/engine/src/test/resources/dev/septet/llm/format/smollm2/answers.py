"""Makes answers.json: what SmolLM2-135M-Instruct (Q4_1), read from its GGUF by transformers in float32, answers.

python answers.py PATH/SmolLM2-135M-Instruct.Q4_1.gguf (torch 2.7.1, transformers 5.24.0)

Only conversations are kept whose every choice wins by a clear margin, so that rounding cannot turn one.
"""

import json
import os
import sys

import torch
from transformers import AutoTokenizer, LlamaForCausalLM

TOKENS = 16
MARGIN = 0.02
CHATS = [
    [("user", "What is the capital of France?")],
    [("system", "You answer in one word."), ("user", "Is ice cold?")],
    [("user", "Name a colour."), ("assistant", "Blue."), ("user", "Name another one, please.")],
    [("user", "Write a Python function that adds two numbers.")],
    [("user", "  Wie heißt die Hauptstadt von Österreich? 🎉\n")],
]

folder, name = os.path.split(sys.argv[1])
model = LlamaForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
cases = []
for chat in CHATS:
    messages = [{"role": role, "content": content} for role, content in chat]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(text, add_special_tokens=False).input_ids
    row, margin = list(ids), float("inf")
    with torch.no_grad():
        while len(row) < len(ids) + TOKENS and row[-1] != tokenizer.eos_token_id or len(row) == len(ids):
            top = model(torch.tensor([row])).logits[0, -1].topk(2)
            margin = min(margin, (top.values[0] - top.values[1]).item())
            row.append(top.indices[0].item())
    answer = row[len(ids):]
    print(margin, repr(tokenizer.decode(answer)))
    if margin > MARGIN:
        cases.append({"messages": messages, "text": text, "ids": ids, "answerIds": answer,
                      "answer": tokenizer.decode(answer, skip_special_tokens=True)})
with open("answers.json", "w") as file:
    json.dump({"tokens": TOKENS, "cases": cases}, file, ensure_ascii=False, indent=1)
    file.write("\n")
