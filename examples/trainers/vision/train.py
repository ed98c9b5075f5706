"""Trains the language part of a vision-language model by LoRA, on rows that name a picture. See README.md."""

import argparse
import os
import pathlib
import re
import sys

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import Interrupted, Refused, run_trainer  # isort: skip; it catches SIGTERM during slow imports

import torch
from hugging_face import ContractCallback, TokenTrainer, check, lora, open_model, training_arguments, write_result
from media import conversations, named_file
from peft import get_peft_model, set_peft_model_state_dict
from PIL import UnidentifiedImageError
from safetensors.torch import load_file
from transformers import TrainingArguments, set_seed
from vision_part import VisionPart

IMAGE = re.compile(r"<image:([^<>]*)>")


def picture_of(prompt, folder, number):
    """The path of the picture that a row names."""
    names = IMAGE.findall(prompt)
    if len(names) != 1:
        raise Refused(f"row {number} names {len(names)} pictures; a row needs one, such as <image:desk.png>")
    return named_file(folder, names[0])


class Rows(torch.utils.data.Dataset):
    """Septet's token ids behind the picture. The pictures are read when they are needed."""

    def __init__(self, run, split, part, images):
        self.part, self.tokens = part, run.rows(split)
        prompts = [prompt for prompt, _ in conversations(run, split)]
        self.pictures = [picture_of(prompt, images, number) for number, prompt in enumerate(prompts, 1)]

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, index):
        tokens, mask = self.tokens[index]
        try:
            pixels = self.part.pixels(self.pictures[index])
        except (UnidentifiedImageError, OSError) as problem:
            raise Refused(f"{self.pictures[index].name} is not a PNG or JPEG picture: {problem}") from problem
        return behind_picture(self.part, pixels, torch.tensor(tokens).long(), torch.tensor(mask))


def behind_picture(part, pixels, tokens, mask):
    """One row of the model's inputs: the places of the patches, then the tokens."""
    places = torch.full((part.patches,), part.image_token)
    return {
        "pixel_values": pixels,
        "input_ids": torch.cat([places, tokens]),
        "labels": torch.cat([torch.full_like(places, -100), torch.where(mask, tokens, -100)]),
    }


def batch(rows, padding):
    """Rows of one length. The padding must not be the token that stands for a patch."""
    pad = torch.nn.utils.rnn.pad_sequence
    ids = [row["input_ids"] for row in rows]
    return {
        "pixel_values": torch.stack([row["pixel_values"] for row in rows]),
        "input_ids": pad(ids, batch_first=True, padding_value=padding),
        "attention_mask": pad([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": pad([row["labels"] for row in rows], batch_first=True, padding_value=-100),
    }


class LanguageTrainer(TokenTrainer):
    """Its checkpoints have the adapter of the language part alone."""

    shifted = True
    adapter = None

    def _save(self, output_dir=None, state_dict=None):
        self.adapter.save_pretrained(output_dir, save_embedding_layers=False)

    def _load_from_checkpoint(self, resume_from_checkpoint, model=None):
        weights = load_file(pathlib.Path(resume_from_checkpoint) / "adapter_model.safetensors")
        set_peft_model_state_dict(self.adapter, weights)


def trainer(run, part, images):
    text = open_model(run)
    if not hasattr(text, "lm_head") or not hasattr(text, "model"):
        raise Refused(f"this trainer cannot join a vision tower to the model type {text.config.model_type}")
    if text.config.vocab_size <= part.image_token:
        raise Refused("the vision part was made for another base model: its image token is not in the vocabulary")
    padding = next(token for token in range(text.config.vocab_size) if token != part.image_token)
    set_seed(run.request["seed"] % 2**32)  # of the adapter's first matrices
    adapter = get_peft_model(text, lora(run, text))
    made = LanguageTrainer(
        contract=ContractCallback(run),
        model=part.joined(text),
        args=TrainingArguments(**training_arguments(run), remove_unused_columns=False),
        train_dataset=Rows(run, "train", part, images),
        eval_dataset=Rows(run, "validation", part, images) if run.request["validationRows"] else None,
        data_collator=lambda rows: batch(rows, padding),
    )
    for name, parameter in made.model.named_parameters():
        parameter.requires_grad = ".lora_" in name
    made.adapter = adapter
    return made


def train(run):
    check(run.request, ("supervised",), ("lora",))
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", required=True, help="folder of the pictures that rows may name")
    parser.add_argument("--vision", required=True, help="folder of the vision part, see vision_part.py")
    options = parser.parse_args()
    made = trainer(run, VisionPart(options.vision), options.images)
    run.begin()
    run.discard()
    if run.resumed_step >= run.request["steps"]:
        made._load_from_checkpoint(run.resume)
    else:
        made.train(resume_from_checkpoint=str(run.resume) if run.resume else None)
        if not made.contract.finished:
            raise Interrupted
    write_result(run, made.adapter)


if __name__ == "__main__":
    run_trainer(train)
