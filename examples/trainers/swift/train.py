"""Trains with ms-swift what Septet's request says: SFT of a LoRA adapter or of the whole model. See README.md."""

import json
import os
import pathlib
import sys

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import Interrupted, Refused, run_trainer  # isort: skip; it catches SIGTERM during slow imports

import numpy
from hugging_face import ContractCallback, check, lora, open_model, optimizer, training_arguments, write_result
from peft import PeftModel
from swift.arguments import SftArguments
from swift.callbacks import callbacks_map
from swift.model.model_meta import get_matched_model_types
from swift.optimizers import OptimizerCallback, optimizers_map
from swift.pipelines.train.sft import SwiftSft
from swift.trainers import Seq2SeqTrainer


class SeptetOptimizer(OptimizerCallback):
    """The request's optimizer, under a name that ms-swift's arguments can give."""

    run = None

    def create_optimizer(self, model=None):
        return optimizer(self.run.request, self.trainer.model if model is None else model)


class StepRate(ContractCallback):
    """ms-swift logs the learning rate of the next step."""

    rate = None

    def on_step_begin(self, args, state, control, lr_scheduler=None, **_):
        super().on_step_begin(args, state, control)
        self.rate = lr_scheduler.get_last_lr()[0]

    def on_log(self, args, state, control, logs, **_):
        super().on_log(args, state, control, {**logs, "learning_rate": self.rate})


class TokensAsDataset(SwiftSft):
    """ms-swift's training on Septet's token ids: without its templates and its tokenization."""

    septet = None  # the run folder

    def _prepare_dataset(self):
        splits = ("train", "validation") if self.septet.request["validationRows"] else ("train",)
        train, *validation = [self.rows(split) for split in splits]
        return train, validation[0] if validation else None

    def rows(self, split):
        return [
            {"input_ids": tokens.tolist(), "labels": numpy.where(mask, tokens, -100).tolist()}
            for tokens, mask in self.septet.rows(split)
        ]


def check_model(folder):
    """ms-swift runs a model's own Python code without a question, so a model with any is refused. Returns its type."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    code = [path.name for path in folder.rglob("*.py")]
    for path in folder.rglob("*.json"):  # a tokenizer's files can name code, too
        if '"auto_map"' in path.read_text(encoding="utf-8"):
            code.append(f"auto_map in {path.name}")
    if code:
        raise Refused(f"this trainer runs no code of a model, and the model has {', '.join(sorted(code))}")
    types = get_matched_model_types(config.get("architectures"))
    if not types:
        raise Refused(f"ms-swift has no model type for {', '.join(config.get('architectures') or ['no architecture'])}")
    return types[0]  # those of one architecture differ in their templates, which nothing uses here


def arguments(run):
    request, method = run.request, run.request["method"]
    low = request["precision"] == "BF16" and method["type"] == "lora"
    chosen = dict(
        training_arguments(run),
        model=str(run.path / "model"),
        model_type=check_model(run.path / "model"),
        torch_dtype="bfloat16" if low else "float32",
        fp16=False,
        template="dummy",  # not used: the data set has tokens
        dataset=["septet"],  # not used either, but required
        tuner_type=method["type"],
        optimizer="septet",
        callbacks=["septet"],
        neftune_noise_alpha=request["options"].get("neftune") or None,
        gradient_checkpointing=request["options"].get("recompute", False),
        resume_from_checkpoint=str(run.resume) if run.resume else None,
        data_seed=request["seed"] % 2**32,
        dataloader_num_workers=0,
        dataloader_persistent_workers=False,
        add_version=False,
        check_model=False,  # it asks a server
        use_hf=True,
    )
    if method["type"] == "lora":
        chosen.update(
            lora_rank=method["rank"],
            lora_alpha=method["alpha"],
            lora_dropout=method["dropout"],
            target_modules=method.get("targets") or ["all-linear"],
            use_rslora=method.get("scaling") == "RANK_STABILIZED",
        )
    return chosen


def train(run):
    check(run.request, options=("neftune", "recompute"))
    chosen = arguments(run)
    if run.resumed_step >= run.request["steps"]:
        run.discard()
        write_result(run, finished_model(run))
        return
    contract = StepRate(run)
    callbacks_map["septet"] = lambda *_: contract
    optimizers_map["septet"], SeptetOptimizer.run = SeptetOptimizer, run
    Seq2SeqTrainer._update_last_checkpoint_symlink = lambda *_, **__: None  # the folder has checkpoints, and no links
    training = TokensAsDataset(SftArguments(**chosen))
    training.septet = run
    lora(run, training.model)  # refuses layers that the model lacks
    run.begin()
    run.discard()
    training.run()
    if not contract.finished:
        raise Interrupted
    write_result(run, training.model)
    (run.path / "output" / "adapter" / "additional_config.json").unlink(missing_ok=True)  # ms-swift's own


def finished_model(run):
    if run.request["expects"] == "adapter":
        return PeftModel.from_pretrained(open_model(run), run.resume)
    return open_model(run, run.resume)


if __name__ == "__main__":
    run_trainer(train)
