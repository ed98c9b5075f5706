"""What peft computes with each kind of adapter on the tiny model ../../model/golden/untied: the gradients of the
loss, the logits, and the losses of a few optimizer steps. Writes beside itself, all kinds or those that are named; run
with torch 2.7, transformers 5, peft 0.21, safetensors, and for qlora bitsandbytes 0.50."""
import json
import sys
from pathlib import Path
import torch
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

HERE = Path(__file__).parent
MODELS = HERE / "../../model/golden"
TARGETS = ["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"]
SITES = [f"self_attn.{n}_proj" for n in "qkvo"] + [f"mlp.{n}_proj" for n in ("gate", "up", "down")]
STEPS, RATE = 6, 1e-2
torch.set_num_threads(1)
KINDS = {
    "rslora": dict(use_rslora=True),
    "loraplus": dict(),
    "dora": dict(use_dora=True),
    "dora-dropout": dict(use_dora=True, lora_dropout=0.3),
    "qlora": dict(),
}


class Dropped(torch.nn.Module):
    """Dropout as our program has it: what survives is a function of a token's key, the layer and the channel, so that
    both sides drop the same elements. AdapterParityTest has the same keys."""

    def __init__(self, p, site):
        super().__init__()
        self.p, self.site = p, site

    def forward(self, x):  # (rows, tokens, channels)
        token = torch.arange(x.shape[0])[:, None] * 1000 + torch.arange(x.shape[1])
        keys = signed(0x9E3779B97F4A7C15) * (token + 1)
        z = (keys + self.site * signed(0xD1B54A32D192ED03))[..., None]
        z = z + torch.arange(x.shape[2]) * signed(0x9E3779B97F4A7C15)
        z = (z ^ ((z >> 30) & ((1 << 34) - 1))) * signed(0xBF58476D1CE4E5B9)
        z = (z ^ ((z >> 27) & ((1 << 37) - 1))) * signed(0x94D049BB133111EB)
        u = (z >> 40) & ((1 << 24) - 1)
        return x * (u >= round(self.p * (1 << 24))) / (1 - self.p)


def signed(bits):
    return torch.tensor(bits - (1 << 64) if bits >> 63 else bits)


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
    from bitsandbytes.functional import dequantize_4bit, quantize_4bit

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
    if "lora_dropout" in options:
        for layer, block in enumerate(base.model.layers):
            for site, name in enumerate(SITES):
                module = block.get_submodule(name)
                if hasattr(module, "lora_dropout"):
                    module.lora_dropout["default"] = Dropped(options["lora_dropout"], 7 * layer + site)
        net.train()
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


for kind in sys.argv[1:] or KINDS:
    options = KINDS[kind]
    net = adapted(kind, options)
    net.save_pretrained(HERE / kind)
    (HERE / kind / "README.md").unlink(missing_ok=True)
    config = HERE / kind / "adapter_config.json"
    said = json.loads(config.read_text())
    config.write_text(json.dumps(dict(said, base_model_name_or_path="untied", target_modules=TARGETS), indent=2) + "\n")
    loss = net(**batch()).loss
    loss.backward()
    tensors = {"gradient." + name(k): p.grad.clone() for k, p in net.named_parameters() if p.grad is not None}
    net.eval()
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
