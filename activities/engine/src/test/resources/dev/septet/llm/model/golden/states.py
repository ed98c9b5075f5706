"""Writes states.json: the hidden states that transformers 5.24.0 gives for the first row of the models that make.py wrote,
behind their first block. Run with torch and transformers as make.py:

    python states.py > states.json
"""
import json
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

HERE = Path(__file__).parent
ROW = [5, 17, 3, 88, 41, 41, 9, 60, 2, 77, 31]  # make.py: ROWS[0]
torch.set_num_threads(1)


def states(name):
    model = LlamaForCausalLM.from_pretrained(HERE / name).eval()
    with torch.no_grad():
        return model(torch.tensor([ROW]), output_hidden_states=True).hidden_states[1][0].tolist()


print(json.dumps({name: [[round(x, 6) for x in token] for token in states(name)] for name in ("tied", "untied")}))
