"""The part of a vision-language model that Septet does not train: a vision tower and a projector, in a folder.

`python vision_part.py BASE_MODEL FOLDER` makes a tiny one with random weights for a base model of Septet."""

import argparse
import json
import pathlib

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, CLIPVisionConfig, LlavaConfig, LlavaForConditionalGeneration

CONFIG, WEIGHTS = "config.json", "vision.safetensors"
PARTS = ("model.vision_tower.", "model.multi_modal_projector.")


def make(base, folder, seed=7):
    """Random weights. The projector's outputs get the size of the base model's embeddings."""
    torch.manual_seed(seed)
    text = AutoConfig.from_pretrained(base, local_files_only=True)
    tower = CLIPVisionConfig(
        hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, image_size=32, patch_size=8
    )
    config = LlavaConfig(
        vision_config=tower, text_config=text, image_token_index=text.pad_token_id, image_seq_length=16
    )
    made = LlavaForConditionalGeneration(config)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: value for name, value in made.state_dict().items() if name.startswith(PARTS)}
    last = "model.multi_modal_projector.linear_2.weight"
    weights[last] = weights[last] * 3
    save_file({name: value.contiguous() for name, value in weights.items()}, folder / WEIGHTS)
    kept = {
        "vision_config": config.vision_config.to_dict(),
        "image_token_index": config.image_token_index,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    (folder / CONFIG).write_text(json.dumps(kept, indent=1) + "\n")


class VisionPart:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.config = json.loads((self.folder / CONFIG).read_text(encoding="utf-8"))
        self.side = self.config["vision_config"]["image_size"]
        self.patches = (self.side // self.config["vision_config"]["patch_size"]) ** 2
        self.image_token = self.config["image_token_index"]

    def joined(self, text):
        """The vision-language model: this part, frozen, and a causal language model, which it shares."""
        config = LlavaConfig(
            vision_config=CLIPVisionConfig(**self.config["vision_config"]),
            text_config=text.config,
            image_token_index=self.image_token,
            image_seq_length=self.patches,
        )
        model = LlavaForConditionalGeneration(config)
        missing, unknown = model.load_state_dict(load_file(self.folder / WEIGHTS), strict=False)
        if unknown or any(name.startswith(PARTS) for name in missing):
            raise ValueError(f"{self.folder / WEIGHTS} does not fit its {CONFIG}")
        for parameter in model.parameters():
            parameter.requires_grad = False
        model.model.language_model = text.model
        model.lm_head = text.lm_head
        return model

    def pixels(self, path):
        """A picture as a tensor [3, side, side]."""
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            scaled = picture.convert("RGB").resize((self.side, self.side), Image.Resampling.BICUBIC)
        values = numpy.asarray(scaled, dtype=numpy.float32) / 255
        values = (values - self.config["image_mean"]) / self.config["image_std"]
        return torch.tensor(values, dtype=torch.float32).permute(2, 0, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    make(options.base, options.folder)
