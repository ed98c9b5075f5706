"""Prints the logits after each row of tokens, from a base model with a PEFT adapter, as JSON.

Usage: peft_logits.py REQUEST, a JSON file with `base` (folder), perhaps `adapter` (folder) and the
`subfolder` of it, and `rows` (token ids).
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

request = json.load(open(sys.argv[1]))
base = AutoModelForCausalLM.from_pretrained(request["base"], dtype=torch.float32)
model = base.eval()
if "adapter" in request:
    options = {"subfolder": request["subfolder"]} if "subfolder" in request else {}
    model = PeftModel.from_pretrained(base, request["adapter"], **options).eval()
with torch.no_grad():
    print(json.dumps([model(torch.tensor([row])).logits[0, -1].tolist() for row in request["rows"]]))
