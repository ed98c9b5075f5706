"""Fine-tunes Whisper by LoRA on recordings and their texts, and measures the word error rate. See README.md."""

import argparse
import json
import os
import pathlib
import sys

os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

from contract import Interrupted, Refused, run_trainer  # isort: skip; it catches SIGTERM during slow imports

import torch
from hugging_face import ContractCallback, TokenTrainer, check, lora, training_arguments, write_result
from media import conversations, named_file
from peft import get_peft_model
from speech_model import SpeechModel, word_error_rate
from transformers import TrainingArguments, set_seed


class Recordings(torch.utils.data.Dataset):
    """Rows of a recording's name and its text."""

    def __init__(self, run, split, speech, folder):
        rows = [(named_file(folder, name), text) for name, text in conversations(run, split)]
        self.texts = [text for _, text in rows]
        try:
            self.features = [speech.features(path) for path, _ in rows]
        except ValueError as problem:
            raise Refused(str(problem)) from problem
        self.labels = [torch.tensor(speech.labels(text)) for text in self.texts]

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, index):
        return {"input_features": self.features[index], "labels": self.labels[index]}


def batch(rows, speech):
    """The decoder reads the beginning and the text so far, and predicts the text and its end."""
    pad, begin = torch.nn.utils.rnn.pad_sequence, torch.tensor(speech.begin)
    read = [torch.cat([begin, row["labels"][:-1]]) for row in rows]
    nothing = torch.full((len(speech.begin) - 1,), -100)
    predicted = [torch.cat([nothing, row["labels"]]) for row in rows]
    return {
        "input_features": torch.stack([row["input_features"] for row in rows]),
        "decoder_input_ids": pad(read, batch_first=True, padding_value=speech.end),
        "labels": pad(predicted, batch_first=True, padding_value=-100),
    }


class SpeechTrainer(TokenTrainer):
    """Also writes the word error rate of the validation rows into wer.jsonl: Septet's metrics have no field for it."""

    speech = None

    def evaluate(self, *_, **__):
        super().evaluate()
        self.model.eval()
        said = self.speech.transcribe(self.eval_dataset.features, model=self.model)
        self.model.train()
        rate = word_error_rate(self.eval_dataset.texts, said)
        with open(self.contract.run.path / "wer.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.state.global_step, "wer": rate}) + "\n")
        return {}


def forget_later_rates(run):
    """As Septet does with metrics.jsonl: lines after the checkpoint are written again."""
    file = run.path / "wer.jsonl"
    if file.exists():
        lines = [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
        file.write_text("".join(line for line in lines if json.loads(line)["step"] <= run.resumed_step))


def train(run):
    check(run.request, ("supervised",), ("lora",), options=("seconds",))
    parser = argparse.ArgumentParser()
    parser.add_argument("--recordings", required=True, help="folder of the WAV files that rows may name")
    folder = parser.parse_args().recordings
    kind = json.loads((run.path / "model" / "config.json").read_text(encoding="utf-8")).get("model_type")
    if kind != "whisper":
        raise Refused(f"the base model is not a Whisper model, but has the model type {kind}")
    speech = SpeechModel(run.path / "model", int(run.request["options"].get("seconds", 30)))
    set_seed(run.request["seed"] % 2**32)  # of the adapter's first matrices
    made = SpeechTrainer(
        contract=ContractCallback(run),
        model=get_peft_model(speech.model, lora(run, speech.model, task_type=None)),
        args=TrainingArguments(**training_arguments(run), remove_unused_columns=False),
        train_dataset=Recordings(run, "train", speech, folder),
        eval_dataset=Recordings(run, "validation", speech, folder) if run.request["validationRows"] else None,
        data_collator=lambda rows: batch(rows, speech),
    )
    made.speech = speech
    run.begin()
    run.discard()
    forget_later_rates(run)
    if run.resumed_step >= run.request["steps"]:
        made._load_from_checkpoint(str(run.resume))
    else:
        made.train(resume_from_checkpoint=str(run.resume) if run.resume else None)
        if not made.contract.finished:
            raise Interrupted
    write_result(run, made.model)


if __name__ == "__main__":
    run_trainer(train)
