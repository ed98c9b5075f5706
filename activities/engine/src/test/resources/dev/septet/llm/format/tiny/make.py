"""Makes a tiny Llama model with a byte-level BPE tokenizer, adapters of it by peft, and what peft merges them to.

python make.py, in its own folder. Written with torch 2.7.1, transformers 5.24.0, peft 0.21.2, tokenizers 0.23.3.
"""

import json
import os
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

TEXT = [
    "The printer on the third floor is jammed again, please send someone.",
    "My invoice of 2024-05-17 shows 1,250.00 but I paid 1,150.00!",
    "I can't log in: it says \"wrong password\" though I've reset it twice.",
    "Où est la gare? Die Straße ist naß. 東京は晴れです。",
] * 4
TEMPLATE = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"


def tokenizer(folder):
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tok.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tok.train_from_iterator(TEXT, trainers.BpeTrainer(vocab_size=320, special_tokens=special, initial_alphabet=alphabet))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tok, bos_token="<|im_start|>", eos_token="<|im_end|>", unk_token="<|endoftext|>", pad_token="<|im_end|>"
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)


def base(folder):
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=320,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        rope_theta=10000.0,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        initializer_range=0.2,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
    )
    model = LlamaForCausalLM(config)
    for name, weight in model.named_parameters():
        if "norm" in name:
            torch.nn.init.uniform_(weight, 0.5, 1.5)
    model.save_pretrained(folder)
    tokenizer(folder)
    with open(f"{folder}/README.md", "w") as card:
        card.write("---\nlicense: apache-2.0\ntags:\n- tiny\n---\n# Tiny\nMade by make.py.\n")


def adapter(name, targets, **options):
    torch.manual_seed(11)
    model = LlamaForCausalLM.from_pretrained("base")
    peft = get_peft_model(model, LoraConfig(target_modules=targets, task_type="CAUSAL_LM", **options))
    for key, weight in peft.named_parameters():
        if "lora_" in key:
            torch.nn.init.normal_(weight, std=0.3)
            if "magnitude" in key:
                weight.data.abs_().add_(0.5)
    peft.save_pretrained(name)
    os.remove(f"{name}/README.md")
    merged = peft.merge_and_unload()
    changed = {k: v.contiguous() for k, v in merged.state_dict().items() if any(f".{t}.weight" in k for t in targets)}
    save_file(changed, f"{name}-merged.safetensors")


for old in ("base", "lora", "dora", "rslora"):
    shutil.rmtree(old, ignore_errors=True)
base("base")
adapter("lora", ["q_proj", "v_proj", "down_proj"], r=4, lora_alpha=8, alpha_pattern={"v_proj": 3})
adapter("dora", ["k_proj", "o_proj"], r=2, lora_alpha=6, use_dora=True)
adapter("rslora", ["up_proj"], r=3, lora_alpha=5, use_rslora=True)
