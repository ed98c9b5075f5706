"""Makes a tiny random model of each family with transformers and peft, and what they compute: logits, the loss and
its gradients by all weights and by an adapter's, and greedy answers. Each switch of a family is on, and changes the
result. Run with torch 2.7, transformers 5, peft, safetensors; writes beside itself.

The last token of a row is left out of the input, as nothing follows it; so the router's loss counts the tokens that
something is predicted from."""
import copy, json, shutil, torch
from pathlib import Path
from safetensors.torch import save_file
from peft import LoraConfig, get_peft_model
import transformers as hf

HERE = Path(__file__).parent
torch.set_num_threads(1)
SHARED = dict(vocab_size=64, hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, head_dim=8, max_position_embeddings=64, rms_norm_eps=1e-5, bos_token_id=None,
              eos_token_id=None, pad_token_id=None)
FAMILIES = {
    "llama": (hf.LlamaForCausalLM, hf.LlamaConfig, dict(
        attention_bias=True, mlp_bias=True, rope_parameters=dict(rope_type="linear", rope_theta=1e4, factor=2.0))),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig, dict(sliding_window=4, head_dim=6)),
    "mixtral": (hf.MixtralForCausalLM, hf.MixtralConfig, dict(
        num_local_experts=4, num_experts_per_tok=2, output_router_logits=True, router_aux_loss_coef=0.05)),
    "qwen2": (hf.Qwen2ForCausalLM, hf.Qwen2Config, dict(
        use_sliding_window=True, sliding_window=5, max_window_layers=1,
        # a base so small that a head of 3 pairs has fast, middling and slow ones
        rope_parameters=dict(rope_type="yarn", rope_theta=10.0, factor=4.0, original_max_position_embeddings=16))),
    "qwen3": (hf.Qwen3ForCausalLM, hf.Qwen3Config, dict(attention_bias=True, tie_word_embeddings=True)),
    "smollm3": (hf.SmolLM3ForCausalLM, hf.SmolLM3Config, dict(num_hidden_layers=4, rope_parameters=dict(
        rope_type="default", rope_theta=1e4))),
    "gemma2": (hf.Gemma2ForCausalLM, hf.Gemma2Config, dict(
        sliding_window=4, attn_logit_softcapping=2.0, final_logit_softcapping=3.0, query_pre_attn_scalar=12)),
    "gemma3": (hf.Gemma3ForCausalLM, hf.Gemma3TextConfig, dict(
        num_hidden_layers=3, sliding_window=4, query_pre_attn_scalar=12,
        layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        rope_parameters=dict(sliding_attention=dict(rope_type="default", rope_theta=1e3),
                             full_attention=dict(rope_type="linear", rope_theta=1e5, factor=4.0)))),
}
ROWS = [[5, 17, 3, 38, 41, 41, 9, 60, 2, 27, 31], [12, 7, 40, 33, 1, 62, 28], [50, 51, 52, 53, 3, 3, 8, 45, 0]]
MASKS = [[0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1, 1], [0, 1, 1, 0, 0, 1, 1, 1, 1]]
ANSWER = 12  # tokens


def batch():
    width = max(map(len, ROWS)) - 1
    ids = torch.zeros(len(ROWS), width, dtype=torch.long)
    attention = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for i, (row, mask) in enumerate(zip(ROWS, MASKS)):
        n = len(row) - 1
        ids[i, :n] = torch.tensor(row[:-1])
        attention[i, :n] = 1
        labels[i, :n] = torch.tensor([t if m else -100 for t, m in zip(row[1:], mask[1:])])
    return dict(input_ids=ids, attention_mask=attention, labels=labels, shift_labels=labels)


def model(name):
    made, config, switches = FAMILIES[name]
    numbers = dict(SHARED, **switches)
    if name in ("llama", "qwen2", "smollm3"):
        numbers["head_dim"] = 6  # hidden / heads, which these families take where nothing else is said
    torch.manual_seed(11)
    net = made(config(**numbers, attn_implementation="eager"))
    with torch.no_grad():
        for key, p in net.named_parameters():  # larger than usual, so that mistakes show
            p.add_(torch.randn_like(p) * (0.2 if p.dim() > 1 else 0.3))
            p.copy_(p.bfloat16().float())  # so that the file may be half as long
    return net.eval()


def adapted(name):
    targets = ["q_proj", "v_proj", "o_proj"] + ([] if name == "mixtral" else ["up_proj", "down_proj"])
    torch.manual_seed(12)
    lora = get_peft_model(model(name), LoraConfig(r=2, lora_alpha=4, target_modules=targets, task_type="CAUSAL_LM"))
    with torch.no_grad():
        for key, p in lora.named_parameters():
            if "lora_B" in key:
                p.copy_(torch.randn_like(p) * 0.2)
    return lora.eval()


def gradients(net):
    loss = net(**batch()).loss
    loss.backward()
    return loss.item(), {k: p.grad.clone() for k, p in net.named_parameters() if p.grad is not None}


def as_stored(grads):
    """transformers holds all experts of a layer in two tensors; its files hold three per expert."""
    stored = {}
    for key, grad in grads.items():
        if key.endswith("mlp.experts.gate_up_proj"):
            for e, part in enumerate(grad):
                gate, up = part.chunk(2)
                stored[key.replace("mlp.experts.gate_up_proj", f"block_sparse_moe.experts.{e}.w1.weight")] = gate
                stored[key.replace("mlp.experts.gate_up_proj", f"block_sparse_moe.experts.{e}.w3.weight")] = up
        elif key.endswith("mlp.experts.down_proj"):
            for e, part in enumerate(grad):
                stored[key.replace("mlp.experts.down_proj", f"block_sparse_moe.experts.{e}.w2.weight")] = part
        else:
            stored[key.replace("mlp.gate.weight", "block_sparse_moe.gate.weight")] = grad
    return {k: g.contiguous().clone() for k, g in stored.items()}


def greedy(net, row):
    """Token by token, each by far the most probable of its time, so that rounding cannot choose."""
    ids, answer = list(row), []
    with torch.no_grad():
        for _ in range(ANSWER):
            best, second = net(input_ids=torch.tensor([ids])).logits[0, -1].topk(2).values.tolist()
            assert best - second > 1e-3, (ids, best - second)
            ids.append(int(net(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
    return ids[len(row):]


for name in FAMILIES:
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    net = model(name)
    copy.deepcopy(net).to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "tokenizer.json").write_text("{}\n")
    golden = dict(rows=ROWS, masks=MASKS, answers=[greedy(net, row) for row in ROWS])
    tensors = {}
    with torch.no_grad():
        for i, row in enumerate(ROWS):
            tensors[f"logits.{i}"] = net(input_ids=torch.tensor([row])).logits[0].clone()
    golden["loss"], grads = gradients(net)
    tensors.update({f"gradient.{k}": g for k, g in as_stored(grads).items()})

    lora = adapted(name)
    shutil.rmtree(HERE / f"{name}-adapter", ignore_errors=True)
    lora.save_pretrained(HERE / f"{name}-adapter")
    (HERE / f"{name}-adapter" / "README.md").unlink(missing_ok=True)
    said = HERE / f"{name}-adapter" / "adapter_config.json"
    config = json.loads(said.read_text())
    config["target_modules"] = sorted(config["target_modules"])  # a set: in another order each time
    said.write_text(json.dumps(config, indent=2) + "\n")
    with torch.no_grad():
        tensors["adapted.logits.0"] = lora(input_ids=torch.tensor([ROWS[0]])).logits[0].clone()
    golden["adaptedLoss"], grads = gradients(lora)
    tensors.update({f"adapted.gradient.{k.replace('.default', '')}": g for k, g in grads.items()})
    save_file(tensors, HERE / f"{name}.safetensors")
    (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n")
