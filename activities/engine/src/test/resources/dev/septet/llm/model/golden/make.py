"""Makes tiny random Llama models with transformers and peft, and what they compute: logits, losses, gradients,
and the losses of a few optimizer steps. Run with torch 2.7, transformers, peft, safetensors; writes beside itself."""
import json, os, torch
from pathlib import Path
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.optimization import get_cosine_schedule_with_warmup
from peft import LoraConfig, get_peft_model

HERE = Path(__file__).parent
torch.set_num_threads(1)
SHARED = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2, max_position_embeddings=64,
              rms_norm_eps=1e-5, attention_bias=False)
MODELS = {
    # two query heads share a key/value head; output tied to the embedding
    "tied": dict(SHARED, num_attention_heads=4, num_key_value_heads=2, rope_theta=10000.0, tie_word_embeddings=True),
    # head size unlike hidden / heads; own output matrix; Llama 3's stretched positions
    "untied": dict(SHARED, num_attention_heads=2, num_key_value_heads=1, head_dim=24, rope_theta=500000.0,
                   tie_word_embeddings=False,
                   rope_scaling=dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                     original_max_position_embeddings=16)),
}
ROWS = [[5, 17, 3, 88, 41, 41, 9, 60, 2, 77, 31], [12, 7, 90, 33, 1, 64, 28], [50, 51, 52, 53, 3, 3, 8, 95, 0]]
MASKS = [[0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1, 1], [0, 1, 1, 0, 0, 1, 1, 1, 1]]


def batch():
    width = max(map(len, ROWS))
    ids = torch.zeros(len(ROWS), width, dtype=torch.long)
    attention = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for i, (row, mask) in enumerate(zip(ROWS, MASKS)):
        ids[i, : len(row)] = torch.tensor(row)
        attention[i, : len(row)] = 1
        labels[i, : len(row)] = torch.tensor([t if m else -100 for t, m in zip(row, mask)])
    return dict(input_ids=ids, attention_mask=attention, labels=labels)


def model(name):
    torch.manual_seed(11)
    made = LlamaForCausalLM(LlamaConfig(**MODELS[name]))
    with torch.no_grad():
        for key, p in made.named_parameters():  # larger than usual, so that mistakes show
            p.add_(torch.randn_like(p) * (0.1 if p.dim() > 1 else 0.2))
    return made


def adapted(name):
    lora = get_peft_model(model(name), LoraConfig(
        r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"], task_type="CAUSAL_LM"))
    torch.manual_seed(12)
    with torch.no_grad():
        for key, p in lora.named_parameters():
            if "lora_B" in key:
                p.copy_(torch.randn_like(p) * 0.1)
    return lora


def steps(net, optimizer, schedule, count):
    parameters = [p for p in net.parameters() if p.requires_grad]
    losses, norms = [], []
    for _ in range(count):
        loss = net(**batch()).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 0.5).item())
        losses.append(loss.item())
        optimizer.step()
        if schedule:
            schedule.step()
        optimizer.zero_grad()
    return dict(losses=losses, norms=norms)


def groups(net, decay):
    ps = [p for p in net.parameters() if p.requires_grad]
    return [dict(params=[p for p in ps if p.dim() > 1], weight_decay=decay),
            dict(params=[p for p in ps if p.dim() <= 1], weight_decay=0.0)]


def gradients(net, rename):
    loss = net(**batch()).loss
    loss.backward()
    return loss.item(), {rename(k): p.grad.clone() for k, p in net.named_parameters() if p.grad is not None}


for name in MODELS:
    folder = HERE / name
    net = model(name)
    net.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "tokenizer.json").write_text("{}\n")
    golden = dict(rows=ROWS, masks=MASKS)
    tensors = {}
    with torch.no_grad():
        for i, row in enumerate(ROWS):
            tensors[f"logits.{i}"] = net(input_ids=torch.tensor([row])).logits[0].clone()
    golden["loss"], grads = gradients(net, lambda k: k)
    tensors.update({f"gradient.{k}": g for k, g in grads.items()})
    half = model(name).to(torch.bfloat16)
    golden["lossBf16"] = half(**batch()).loss.item()

    lora = adapted(name)
    lora.save_pretrained(HERE / f"{name}-adapter")
    (HERE / f"{name}-adapter" / "README.md").unlink(missing_ok=True)
    with torch.no_grad():
        tensors["adapted.logits.0"] = lora(input_ids=torch.tensor([ROWS[0]])).logits[0].clone()
    golden["adaptedLoss"], grads = gradients(lora, lambda k: k.replace(".default", ""))
    tensors.update({f"adapted.gradient.{k}": g for k, g in grads.items()})

    net = model(name)
    golden["adamw"] = steps(net, torch.optim.AdamW(groups(net, 0.1), lr=1e-2, betas=(0.9, 0.99), eps=1e-8), None, 6)
    net = model(name)
    golden["sgd"] = steps(net, torch.optim.SGD(groups(net, 0.1), lr=5e-2, momentum=0.9), None, 6)
    lora = adapted(name)
    optimizer = torch.optim.AdamW(groups(lora, 0.0), lr=1e-2)
    golden["lora"] = steps(lora, optimizer, get_cosine_schedule_with_warmup(optimizer, 2, 8), 8)
    save_file(tensors, HERE / f"{name}.safetensors")
    (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n")
