"""Trains with TRL's GRPO: the model answers the rows' questions, and a reward script judges. See README.md."""

import importlib.util
import json
import os
import pathlib
import sys

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # TRL trains on several only under a launcher
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import Interrupted, Refused, run_trainer  # isort: skip; it catches SIGTERM during slow imports

from datasets import Dataset
from hugging_face import ContractCallback, check, lora, open_model, optimizer, training_arguments, write_result
from transformers import AutoTokenizer
from trl import GRPOConfig, GRPOTrainer


def reward_function(script):
    """The function `reward` of a Python file, which the operator names in the trainer's command."""
    spec = importlib.util.spec_from_file_location("reward", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.reward


def questions(run):
    """Conversations without their last answer, which the reward function gets as `answer`."""
    if run.request["rows"] != "chat":
        raise Refused(f"this trainer has rows of chat, not {run.request['rows']}")
    with open(run.path / "data" / "train.jsonl", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    if any("tools" in record or record["messages"][-1]["content"] is None for record in records):
        raise Refused("this trainer compares texts, so it has no rows with tools; leave them out with `filter`")
    rows = [record["messages"] for record in records]
    return Dataset.from_list([{"prompt": row[:-1], "answer": row[-1]["content"]} for row in rows])


class WithoutValidation(ContractCallback):
    """GRPO's loss of other rows says nothing about the model."""

    def on_step_end(self, args, state, control, **rest):
        control = super().on_step_end(args, state, control, **rest)
        control.should_evaluate = False
        return control


class RewardTrainer(GRPOTrainer):
    contract = None

    def create_model_card(self, *_, **__):
        pass

    def create_optimizer(self, model=None):
        self.optimizer = optimizer(self.contract.run.request, self.model)
        return self.optimizer


def train(run):
    check(run.request, ("supervised",), options=("answers", "answerTokens", "temperature", "beta"))
    options, arguments = run.request["options"], training_arguments(run)
    answers = int(options.get("answers", 4))
    arguments["per_device_train_batch_size"] *= answers
    model, contract = open_model(run), WithoutValidation(run)
    trainer = RewardTrainer(
        model=model,
        reward_funcs=[reward_function(sys.argv[1])],
        args=GRPOConfig(
            **arguments,
            num_generations=answers,
            max_completion_length=int(options.get("answerTokens", 64)),
            temperature=options.get("temperature", 1.0),
            beta=options.get("beta", 0.0),
            gradient_checkpointing=False,
        ),
        train_dataset=questions(run),
        processing_class=AutoTokenizer.from_pretrained(run.path / "model", local_files_only=True),
        peft_config=lora(run, model),
        callbacks=[contract],
    )
    trainer.contract = contract
    run.begin()
    run.discard()
    if run.resumed_step >= run.request["steps"]:
        trainer._load_from_checkpoint(str(run.resume))
    else:
        trainer.train(resume_from_checkpoint=str(run.resume) if run.resume else None)
        if not contract.finished:
            raise Interrupted
    write_result(run, trainer.model)


if __name__ == "__main__":
    run_trainer(train)
