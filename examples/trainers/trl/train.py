"""Trains with TRL what Septet's request says: SFT and DPO, of a LoRA adapter or of the whole model. See README.md."""

import os
import pathlib
import sys

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # TRL trains on several only under a launcher
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import Interrupted, Refused, run_trainer  # isort: skip; it catches SIGTERM during slow imports

import numpy
from datasets import Dataset
from hugging_face import ContractCallback, Trained, check, lora, open_model, training_arguments, write_result
from transformers import AutoTokenizer
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer


def dataset(run, split):
    """The rows as TRL's trainers read them after tokenization."""
    rows = run.rows(split)
    if run.request["objective"]["type"] != "dpo":
        labels = [numpy.where(mask, tokens, -100) for tokens, mask in rows]
        return Dataset.from_dict({"input_ids": [tokens for tokens, _ in rows], "labels": labels})
    begins = [int(mask.argmax()) for _, mask in rows[::2]]  # of the chosen answer
    return Dataset.from_dict({
        "prompt_ids": [tokens[:begin] for (tokens, _), begin in zip(rows[::2], begins)],
        "chosen_ids": [tokens[begin:] for (tokens, _), begin in zip(rows[::2], begins)],
        "rejected_ids": [tokens[begin:] for (tokens, _), begin in zip(rows[1::2], begins)],
    })


class TrlTrained(Trained):
    """What both of TRL's trainers do as Septet's request says."""

    def _prepare_dataset(self, dataset, *_):
        return dataset  # token ids already

    def create_model_card(self, *_, **__):
        pass

    def evaluate(self, *_, **__):
        super().evaluate()
        self._metrics["eval"].clear()
        return {}


class SupervisedTrainer(TrlTrained, SFTTrainer):
    def training_step(self, model, inputs, num_items_in_batch=None):
        if num_items_in_batch is not None:
            self.contract.tokens = int(num_items_in_batch)  # of all micro-batches of the step
        return super().training_step(model, inputs, num_items_in_batch)

    def summed_loss(self, inputs):
        weight = (inputs["labels"][:, 1:] != -100).sum()
        return self.compute_loss(self.model, inputs, num_items_in_batch=1), weight


class PreferenceTrainer(TrlTrained, DPOTrainer):
    def training_step(self, model, inputs, num_items_in_batch=None):
        self.contract.tokens = (self.contract.tokens or 0) + int(inputs["completion_mask"].sum())
        return super().training_step(model, inputs, num_items_in_batch)

    def summed_loss(self, inputs):
        weight = len(inputs["input_ids"]) // 2
        return self.compute_loss(self.model, inputs) * weight, weight


def trainer(run):
    request, model = run.request, open_model(run)
    options = request["options"]
    arguments = dict(
        **training_arguments(run),
        max_length=None,  # Septet has applied maxTokens
        gradient_checkpointing=options.get("recompute", False),
        neftune_noise_alpha=options.get("neftune") or None,
    )
    if request["objective"]["type"] == "dpo":
        kind = PreferenceTrainer
        config = DPOConfig(**arguments, beta=request["objective"]["beta"], disable_dropout=False)
    else:
        kind = SupervisedTrainer
        skip = {"skip_prepare_dataset": True}
        config = SFTConfig(**arguments, loss_type=options.get("loss", "nll"), dataset_kwargs=skip)
    contract = ContractCallback(run)
    made = kind(
        model=model,
        args=config,
        train_dataset=dataset(run, "train"),
        eval_dataset=dataset(run, "validation") if request["validationRows"] else None,
        processing_class=AutoTokenizer.from_pretrained(run.path / "model", local_files_only=True),
        peft_config=lora(run, model),
        callbacks=[contract],
    )
    made.contract = contract
    return made


def train(run):
    check(run.request, ("supervised", "unsupervised", "dpo"), options=("loss", "neftune", "recompute"))
    if run.request["objective"]["type"] == "dpo" and run.request["options"].get("loss", "nll") != "nll":
        raise Refused("the option loss is for the objectives supervised and unsupervised")
    made = trainer(run)
    run.begin()
    run.discard()
    if run.resumed_step >= run.request["steps"]:
        made._load_from_checkpoint(str(run.resume))
    else:
        made.train(resume_from_checkpoint=str(run.resume) if run.resume else None)
        if not made.contract.finished:
            raise Interrupted
    write_result(run, made.model)


if __name__ == "__main__":
    run_trainer(train)
