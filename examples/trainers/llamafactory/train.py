"""Trains with LLaMA-Factory what Septet's request says: SFT of a LoRA adapter or of the whole model. See README.md."""

import os
import pathlib
import sys

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import Interrupted, Refused, run_trainer  # isort: skip; it catches SIGTERM during slow imports

import numpy
import yaml
from datasets import Dataset, DatasetDict
from hugging_face import ContractCallback, check, open_model, training_arguments, write_result
from llamafactory.train.tuner import run_exp
from peft import PeftModel


class KeepsModel(ContractCallback):
    """Also keeps the trained model, of which LLaMA-Factory returns nothing."""

    model = None

    def on_train_end(self, args, state, control, model=None, **_):
        self.model = model


def write_tokens(run, folder):
    """Septet's token ids as the data set that LLaMA-Factory reads after its own tokenization."""
    splits = {}
    for split in ["train", "validation"] if run.request["validationRows"] else ["train"]:
        rows = run.rows(split)
        splits[split] = Dataset.from_dict({
            "input_ids": [tokens for tokens, _ in rows],
            "attention_mask": [numpy.ones(len(tokens), dtype=numpy.int8) for tokens, _ in rows],
            "labels": [numpy.where(mask, tokens, -100) for tokens, mask in rows],
        })
    DatasetDict(splits).save_to_disk(str(folder))


def arguments(run, tokens):
    request, method, optimizer = run.request, run.request["method"], run.request["optimizer"]
    chosen = dict(
        training_arguments(run),
        stage="sft",
        do_train=True,
        model_name_or_path=str(run.path / "model"),
        template="empty",  # not used: the data set has tokens
        dataset="septet",  # not used either, but required
        tokenized_path=str(tokens),
        finetuning_type=method["type"],
        optim="adamw_torch",
        adam_beta1=optimizer["beta1"],
        adam_beta2=optimizer["beta2"],
        adam_epsilon=optimizer["epsilon"],
        weight_decay=optimizer["weightDecay"],
        neftune_noise_alpha=request["options"].get("neftune") or None,
        disable_gradient_checkpointing=not request["options"].get("recompute", False),
        resume_from_checkpoint=str(run.resume) if run.resume else None,
        overwrite_output_dir=True,
    )
    if method["type"] == "lora":
        if method["alpha"] != int(method["alpha"]):
            raise Refused(f"LLaMA-Factory needs a whole number as alpha, not {method['alpha']}")
        ratio = method.get("rateRatio", 1)
        chosen.update(
            lora_rank=method["rank"],
            lora_alpha=int(method["alpha"]),
            lora_dropout=method["dropout"],
            lora_target=",".join(method.get("targets") or ["all"]),
            use_rslora=method.get("scaling") == "RANK_STABILIZED",
            loraplus_lr_ratio=ratio if ratio != 1 else None,
        )
    return {name: value for name, value in chosen.items() if value is not None}


def train(run):
    check(run.request, optimizers=("adamw",), options=("neftune", "recompute"))
    own = run.path / "llamafactory"
    chosen = arguments(run, own / "tokens")
    if run.resumed_step >= run.request["steps"]:
        run.discard()
        write_result(run, finished_model(run))
        return
    if not (own / "tokens").exists():
        write_tokens(run, own / "tokens.new")
        (own / "tokens.new").rename(own / "tokens")
    (own / "train.yaml").write_text(yaml.safe_dump(chosen))  # for a look; llamafactory-cli train reads it too
    run.begin()
    run.discard()
    contract = KeepsModel(run)
    run_exp(chosen, [contract])
    if not contract.finished:
        raise Interrupted
    write_result(run, contract.model)


def finished_model(run):
    if run.request["expects"] == "adapter":
        return PeftModel.from_pretrained(open_model(run), run.resume)
    return open_model(run, run.resume)


if __name__ == "__main__":
    run_trainer(train)
