"""Trains with transformers, peft or TRL, one step whenever a line comes in; tells of each in a line of JSON.

argv[1] is JSON: kind (peft, full, trl), model (folder), data, threads, bf16, device (cpu if missing), and
  peft        adapter: folder of the adapter to begin from, if any, so that both sides begin alike
  peft, full  compile: whether torch.compile is used
  trl         packing: whether rows are packed; length: tokens of a pack, or the longest row; tokenizer: its folder,
              if it is not the model's
data is, for trl, safetensors as below or JSONL with prompt and completion messages; else safetensors with tokens, mask and offsets,
all rows of which are one batch.
"""
import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import torch

setup = json.loads(sys.argv[1])
torch.set_num_threads(setup["threads"])
torch.manual_seed(7)
device = setup.get("device", "cpu")


def card_memory():
    """Bytes in use on the card, as Septet measures them; 0 on the CPU."""
    if device == "cpu":
        return 0
    torch.cuda.synchronize()
    free, total = torch.cuda.mem_get_info()
    return total - free


before = card_memory()


def answer(**fields):
    print(json.dumps(fields), flush=True)


def wait():
    if not sys.stdin.readline():
        os._exit(0)


def model():
    from transformers import AutoModelForCausalLM

    # What the peer is fastest with: frozen weights in bfloat16, trained ones in float32 under autocast.
    frozen = setup["kind"] != "full"
    dtype = torch.bfloat16 if setup["bf16"] and frozen else torch.float32
    return AutoModelForCausalLM.from_pretrained(setup["model"], dtype=dtype, attn_implementation="sdpa").to(device)


def lora(base):
    from peft import PeftModel, get_peft_model

    if "adapter" in setup:
        return PeftModel.from_pretrained(base, setup["adapter"], is_trainable=True)
    return get_peft_model(base, every_layer())


def every_layer():
    from peft import LoraConfig

    return LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM")


def rows():
    from safetensors.torch import load_file

    data = load_file(setup["data"])
    offsets = data["offsets"].tolist()
    cut = [slice(a, b) for a, b in zip(offsets, offsets[1:])]
    ids = torch.stack([data["tokens"][c] for c in cut]).long()
    mask = torch.stack([data["mask"][c] for c in cut]).bool()
    return ids.to(device), torch.where(mask, ids, -100).to(device)


def plain():
    """The loop that every tutorial writes, with the fused optimizer."""
    net = model()
    if setup["kind"] != "full":
        net = lora(net)
    net.train()
    net.config.use_cache = False
    ids, labels = rows()
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=setup["rate"], weight_decay=0.0, fused=True)
    forward = torch.compile(net) if setup.get("compile") else net
    answer(ready=True, trained=sum(p.numel() for p in trained))
    while True:
        wait()
        begun = time.perf_counter()
        with torch.autocast(device, dtype=torch.bfloat16, enabled=setup["bf16"]):
            loss = forward(input_ids=ids, labels=labels, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss = loss.item()  # on a card, waits for the step
        answer(seconds=time.perf_counter() - begun, tokens=ids.numel(), loss=loss, cardMemory=card_memory() - before)


def trl():
    """SFTTrainer as its users call it: conversations, loss on answers only."""
    from datasets import Dataset
    from transformers import AutoTokenizer, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    conversations = not setup["data"].endswith(".safetensors")
    if conversations:
        with open(setup["data"], encoding="utf-8") as lines:
            data = Dataset.from_list([json.loads(line) for line in lines])
    else:
        data = Dataset.from_dict({"input_ids": rows()[0].tolist()})
    config = SFTConfig(
        output_dir=setup["out"], use_cpu=device == "cpu", bf16=setup["bf16"], max_steps=100_000, save_strategy="no",
        logging_strategy="no", report_to="none", disable_tqdm=True, gradient_checkpointing=False,
        per_device_train_batch_size=setup["rows"], packing=setup["packing"], max_length=setup["length"],
        train_sampling_strategy="random" if setup["packing"] else "group_by_length",
        optim="adamw_torch_fused", learning_rate=setup["rate"], lr_scheduler_type="constant", weight_decay=0.0,
        completion_only_loss=conversations, seed=7, dataloader_num_workers=0,
    )
    tokens = {"read": 0}

    class Turns(TrainerCallback):
        def on_step_begin(self, args, state, control, **rest):
            wait()
            tokens["read"] = 0
            self.begun = time.perf_counter()

        def on_step_end(self, args, state, control, **rest):
            used = card_memory() - before  # on a card, waits for the step
            answer(
                seconds=time.perf_counter() - self.begun, tokens=tokens["last"], loss=tokens["loss"], cardMemory=used
            )

    class Counted(SFTTrainer):
        def training_step(self, network, inputs, *rest, **more):
            mask = inputs.get("attention_mask")
            ids = inputs["input_ids"]
            pad = self.processing_class.pad_token_id
            real = mask.sum() if mask is not None and mask.dim() == 2 else (ids != pad).sum()
            loss = super().training_step(network, inputs, *rest, **more)
            tokens.update(last=int(real), loss=float(loss))
            return loss

    trainer = Counted(
        model=model(), args=config, train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(setup.get("tokenizer", setup["model"])),
        peft_config=every_layer(),
        callbacks=[Turns()],
    )
    answer(ready=True, trained=sum(p.numel() for p in trainer.model.parameters() if p.requires_grad))
    trainer.train()


try:
    trl() if setup["kind"] == "trl" else plain()
except RuntimeError as e:  # torch.OutOfMemoryError is one
    if "out of memory" not in str(e).lower() and "_ALLOC_FAILED" not in str(e):
        raise
    answer(outOfMemory=True)
