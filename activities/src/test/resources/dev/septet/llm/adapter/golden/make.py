"""What peft computes with each kind of adapter on the tiny model ../../model/golden/untied: the gradients of the
loss, the logits, and the losses of a few optimizer steps. Writes beside itself; run with torch 2.7, transformers 5,
peft 0.21, bitsandbytes 0.50, safetensors."""
import json
from pathlib import Path
import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

HERE = Path(__file__).parent
MODELS = HERE / "../../model/golden"
TARGETS = ["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"]
STEPS, RATE = 6, 1e-2
torch.set_num_threads(1)
KINDS = {
    "rslora": dict(use_rslora=True),
    "loraplus": dict(),
    "dora": dict(use_dora=True),
    "qlora": dict(),
}


def rows():
    shared = json.loads((MODELS / "untied.json").read_text())
    return shared["rows"], shared["masks"]


def batch():
    tokens, masks = rows()
    width = max(map(len, tokens))
    ids = torch.zeros(len(tokens), width, dtype=torch.long)
    attention, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
    for i, (row, mask) in enumerate(zip(tokens, masks)):
        ids[i, : len(row)] = torch.tensor(row)
        attention[i, : len(row)] = 1
        labels[i, : len(row)] = torch.tensor([t if m else -100 for t, m in zip(row, mask)])
    return dict(input_ids=ids, attention_mask=attention, labels=labels)


def in_four_bits(base):  # every linear layer of a block as NF4 reads it back
    for module in base.model.layers.modules():
        if isinstance(module, torch.nn.Linear):
            flat = module.weight.data.view(1, -1)  # see ../../model/nf4/make.py
            codes, state = quantize_4bit(flat, blocksize=64, compress_statistics=True, quant_type="nf4")
            module.weight.data = dequantize_4bit(codes, state).view_as(module.weight)


def adapted(kind, options):
    base = LlamaForCausalLM.from_pretrained(MODELS / "untied", dtype=torch.float32)
    if kind == "qlora":
        in_four_bits(base)
    torch.manual_seed(11)
    net = get_peft_model(base, LoraConfig(
        r=4, lora_alpha=8, target_modules=TARGETS, task_type="CAUSAL_LM", **options))
    torch.manual_seed(12)
    with torch.no_grad():  # as after some training, so that every part of the formula shows
        for key, p in net.named_parameters():
            if "lora_B" in key:
                p.copy_(torch.randn_like(p) * 0.1)
            if "magnitude" in key:
                p.mul_(1 + 0.1 * torch.randn_like(p))
    return net


def steps(net, optimizer):
    parameters = [p for p in net.parameters() if p.requires_grad]
    losses, norms = [], []
    for _ in range(STEPS):
        loss = net(**batch()).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, 0.5).item())
        losses.append(loss.item())
        optimizer.step()
        optimizer.zero_grad()
    return dict(losses=losses, norms=norms)


def name(key):  # peft's name of the parameter in adapter_model.safetensors
    return key.replace(".default.weight", "" if "magnitude" in key else ".weight")


for kind, options in KINDS.items():
    net = adapted(kind, options)
    net.save_pretrained(HERE / kind)
    (HERE / kind / "README.md").unlink(missing_ok=True)
    config = HERE / kind / "adapter_config.json"
    said = json.loads(config.read_text())
    config.write_text(json.dumps(dict(said, base_model_name_or_path="untied", target_modules=TARGETS), indent=2) + "\n")
    loss = net(**batch()).loss
    loss.backward()
    tensors = {"gradient." + name(k): p.grad.clone() for k, p in net.named_parameters() if p.grad is not None}
    with torch.no_grad():
        tensors["logits"] = net(input_ids=torch.tensor([rows()[0][0]])).logits[0].clone()
    golden = dict(loss=loss.item())
    net = adapted(kind, options)
    if kind == "loraplus":
        optimizer = create_loraplus_optimizer(net, torch.optim.AdamW, lr=RATE, loraplus_lr_ratio=4)
    else:
        optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=RATE, weight_decay=0)
    golden["steps"] = steps(net, optimizer)
    save_file(tensors, HERE / f"{kind}.safetensors")
    (HERE / f"{kind}.json").write_text(json.dumps(golden) + "\n")
