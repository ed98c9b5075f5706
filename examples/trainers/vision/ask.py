"""Measures what the trained adapter answers: with the pictures, and without them, as Septet's stage `evaluate` does.

`python ask.py --base MODEL --adapter FOLDER --vision FOLDER --images FOLDER ROWS` needs rows of chat."""

import argparse
import json
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

import torch
from peft import PeftModel
from train import picture_of
from transformers import AutoModelForCausalLM, AutoTokenizer
from vision_part import VisionPart


class Asked:
    def __init__(self, base, adapter, vision):
        text = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, local_files_only=True)
        if adapter:
            PeftModel.from_pretrained(text, adapter)  # changes the layers of `text`
        self.text, self.part = text.eval(), VisionPart(vision)
        self.both = self.part.joined(text).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)

    @torch.no_grad()
    def answer(self, messages, picture=None, most=48):
        """The likeliest token at each place."""
        ids = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
        places = [self.part.image_token] * self.part.patches if picture else []
        row, said = torch.tensor([places + ids]), []
        pixels = {"pixel_values": self.part.pixels(picture)[None]} if picture else {}
        model = self.both if picture else self.text
        while len(said) < most:
            token = int(model(input_ids=row, use_cache=False, **pixels).logits[0, -1].argmax())
            if token == self.tokenizer.eos_token_id:
                break
            said.append(token)
            row = torch.cat([row, torch.tensor([[token]])], 1)
        return self.tokenizer.decode(said)


def measure(asked, rows, images):
    """The share of answers with every character right: with the pictures, and without."""
    right = {"with pictures": 0, "without": 0}
    for number, row in enumerate(rows, 1):
        *asks, answer = row["messages"]
        picture = picture_of("\n".join(message["content"] for message in asks), images, number)
        right["with pictures"] += asked.answer(asks, picture) == answer["content"]
        right["without"] += asked.answer(asks) == answer["content"]
    return {name: count / len(rows) for name, count in right.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--base", "--adapter", "--vision", "--images"):
        parser.add_argument(name, required=name != "--adapter")
    parser.add_argument("rows", type=pathlib.Path)
    options = parser.parse_args()
    asked = Asked(options.base, options.adapter, options.vision)
    rows = [json.loads(line) for line in options.rows.read_text(encoding="utf-8").splitlines()]
    print(measure(asked, rows, options.images))
