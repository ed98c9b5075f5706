"""trl's own DPOTrainer on the pairs of make_preference.py: its losses, reward accuracies and margins over six steps must
be those of preference.json. Run with trl 1.16, transformers, peft, datasets; writes nothing."""
import json
import sys
import tempfile
from pathlib import Path

import torch
from datasets import Dataset
from peft import PeftModel
from tokenizers import Tokenizer, models
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "model" / "golden"
golden = json.loads((HERE / "preference.json").read_text())
torch.set_num_threads(1)


class OfTokens(DPOTrainer):
    def _prepare_dataset(self, dataset, *_):
        return dataset  # tokens already


def base():
    return LlamaForCausalLM.from_pretrained(GOLDEN / "untied", dtype=torch.float32)


def pairs():
    for at in range(0, len(golden["rows"]), 2):
        asked = golden["masks"][at].index(1)
        chosen, rejected = golden["rows"][at: at + 2]
        yield dict(prompt_ids=chosen[:asked], chosen_ids=chosen[asked:], rejected_ids=rejected[asked:])


def words():
    words = {f"t{token}": token for token in range(96)}
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="t0")), pad_token="t0",
                                   eos_token="t1")


merged = PeftModel.from_pretrained(base(), GOLDEN / "untied-adapter").merge_and_unload()
for name, policy, start in [
        ("lora", PeftModel.from_pretrained(base(), GOLDEN / "untied-adapter", is_trainable=True), base()),
        ("full", base(), merged)]:
    with tempfile.TemporaryDirectory() as folder:
        trainer = OfTokens(
            model=policy, ref_model=start, train_dataset=Dataset.from_list(list(pairs())), processing_class=words(),
            args=DPOConfig(output_dir=folder, beta=golden["beta"], per_device_train_batch_size=len(golden["rows"]) // 2,
                           max_steps=6, learning_rate=1e-2, lr_scheduler_type="constant", weight_decay=0.0, adam_beta2=0.999,
                           max_grad_norm=0.5, logging_steps=1, report_to=[], save_strategy="no", use_cpu=True, bf16=False,
                           gradient_checkpointing=False, disable_tqdm=True))
        trainer.train()
        told = [line for line in trainer.state.log_history if "loss" in line]
    for at, line in enumerate(told):
        ours = golden[name + "Steps"]
        for theirs, mine in [("loss", "losses"), ("rewards/accuracies", "accuracies"), ("rewards/margins", "margins")]:
            if abs(float(line[theirs]) - ours[mine][at]) > 1e-3 * max(1, abs(ours[mine][at])):
                sys.exit(f"{name}, step {at}: {theirs} is {line[theirs]}, ours {ours[mine][at]}")
    print(name, [float(line["loss"]) for line in told])
