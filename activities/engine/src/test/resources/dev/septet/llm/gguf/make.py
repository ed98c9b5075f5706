"""Makes families/NAME (config.json and weights of a tiny random model) and families/NAME.json (what transformers
answers with it, choosing the likeliest of the plain ASCII tokens), with the tokenizer of ../format/tiny/base.

python make.py [NAME...], in its own folder. Written with torch 2.7.1, transformers 5.24.0.

Only prompts whose every choice wins by a clear margin are kept, so that 16 bits cannot turn one. What llama.cpp has in
its own code (which layers have a window, what scores are divided by) stands as llama.cpp has it.
"""

import json
import random
import shutil
import sys
from pathlib import Path

import torch
import transformers as hf
from tokenizers import Tokenizer

HERE = Path(__file__).parent
BASE = HERE.parent / "format" / "tiny" / "base"
TOKENS = 8
MARGIN = 0.05
SHARED = dict(vocab_size=320, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, head_dim=8, max_position_embeddings=256, rms_norm_eps=1e-5, bos_token_id=1,
              eos_token_id=2, pad_token_id=2, initializer_range=0.2)
YARN = dict(rope_type="yarn", rope_theta=1e4, factor=4.0, original_max_position_embeddings=16)
FAMILIES = {
    "llama": (hf.LlamaForCausalLM, hf.LlamaConfig, dict(attention_bias=True, mlp_bias=True, rope_parameters=dict(
        rope_type="llama3", rope_theta=1e4, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=32))),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig, dict(sliding_window=64, rope_parameters=dict(
        rope_type="linear", rope_theta=1e4, factor=2.0))),
    "mixtral": (hf.MixtralForCausalLM, hf.MixtralConfig, dict(num_local_experts=4, num_experts_per_tok=2,
        sliding_window=None)),
    "qwen2": (hf.Qwen2ForCausalLM, hf.Qwen2Config, dict(rope_parameters=YARN)),
    "qwen3": (hf.Qwen3ForCausalLM, hf.Qwen3Config, dict(tie_word_embeddings=True, rope_parameters=dict(
        rope_type="default", rope_theta=1e4))),
    "smollm3": (hf.SmolLM3ForCausalLM, hf.SmolLM3Config, dict(num_hidden_layers=4, rope_parameters=dict(
        rope_type="default", rope_theta=1e4))),
    "gemma2": (hf.Gemma2ForCausalLM, hf.Gemma2Config, dict(num_hidden_layers=3, sliding_window=8,
        query_pre_attn_scalar=8, attn_logit_softcapping=5.0, final_logit_softcapping=20.0)),
    "gemma3": (hf.Gemma3ForCausalLM, hf.Gemma3TextConfig, dict(num_hidden_layers=7, sliding_window=8,
        query_pre_attn_scalar=8, rope_parameters=dict(
            sliding_attention=dict(rope_type="default", rope_theta=1e4),
            full_attention=dict(rope_type="linear", rope_theta=1e5, factor=4.0)))),
}
torch.set_num_threads(1)
tokenizer = Tokenizer.from_file(str(BASE / "tokenizer.json"))
plain = [i for i in range(3, 320) if (t := tokenizer.decode([i])).isascii() and t.isprintable()]
masked = torch.full((320,), -torch.inf)
masked[plain] = 0
words = "printer invoice floor again wrong password third send someone paid shows reset log says twice please 東京 naß été 12".split()


def answers(model):
    rng = random.Random(3)
    cases = []
    while len(cases) < 4:
        prompt = " ".join(rng.sample(words, rng.randint(3, 6))) + rng.choice(["", ".", "!", "\n"])
        ids = tokenizer.encode(prompt, add_special_tokens=False).ids
        row = list(ids)
        margin = float("inf")
        with torch.no_grad():
            for _ in range(TOKENS):
                top = (model(torch.tensor([row])).logits[0, -1] + masked).topk(2)
                margin = min(margin, (top.values[0] - top.values[1]).item())
                if margin < MARGIN:
                    break
                row.append(top.indices[0].item())
        answer = row[len(ids):]
        if margin >= MARGIN and len(set(answer)) > TOKENS / 3:
            cases.append({"prompt": prompt, "promptIds": ids, "answer": tokenizer.decode(answer), "answerIds": answer})
    return cases


for name, (made, config, switches) in FAMILIES.items():
    if sys.argv[1:] and name not in sys.argv[1:]:
        continue
    shutil.rmtree(HERE / "families" / name, ignore_errors=True)
    numbers = dict(SHARED, **switches)
    torch.manual_seed(7)
    model = made(config(**numbers, attn_implementation="eager")).eval()
    with torch.no_grad():
        for key, weight in model.named_parameters():
            weight.add_(torch.randn_like(weight) * (0.3 if weight.dim() == 1 else 0.1))
            weight.copy_(weight.half().float())  # so that the file may be half as long
    folder = HERE / "families" / name
    golden = {"tokens": TOKENS, "allowed": plain, "cases": answers(model)}
    (HERE / "families" / f"{name}.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
    model.half().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
