"""Runs train.py as Septet does, on a tiny Whisper with random weights. Run: $(.ci/python-env media) test_train.py"""

import json
import pathlib
import sys
import tempfile
import unittest
import wave

import numpy
import tokenizers
import torch
from transformers import WhisperConfig, WhisperForConditionalGeneration

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from speech_model import SpeechModel, samples, word_error_rate
from trainer_contract import ROWS, TrainerContract

WORDS = ("red", "green", "blue", "black")


def write_wav(path, heard, rate=16000):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((numpy.asarray(heard) * 2**14).astype("<i2").tobytes())


def tone(word):
    return numpy.sin(numpy.arange(3200) * (0.1 + 0.1 * WORDS.index(word)))


def write_model(folder):
    """Random weights. Its tokenizer knows single bytes."""
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"]
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate(special + alphabet)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, []))
    tokenizer.add_special_tokens(special)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    torch.manual_seed(1)
    config = WhisperConfig(
        vocab_size=len(vocabulary),
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        decoder_start_token_id=1,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    WhisperForConditionalGeneration(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))


class WhisperTrainer(TrainerContract, unittest.TestCase):
    requests = {
        "rows": "completion",
        "options": {"seconds": 2},
        "learningRate": {"shape": "COSINE", "peak": 2e-2, "warmup": 2},
    }

    def setUp(self):
        super().setUp()
        self.recordings = self.run_folder / "recordings"
        self.command = (sys.executable, HERE / "train.py", "--recordings", self.recordings)

    def lay(self):
        self.recordings.mkdir()
        write_model(self.run_folder / "model")
        self.texts = []
        for split, count in (("train", ROWS), ("validation", 10)):
            with open(self.run_folder / "data" / f"{split}.jsonl", "w") as file:
                for number in range(count):
                    said = [WORDS[number % 4], WORDS[number // 4 % 4]]
                    name = f"{split}-{number}.wav"
                    write_wav(self.recordings / name, numpy.concatenate([tone(word) for word in said]))
                    file.write(json.dumps({"prompt": name, "completion": " ".join(said)}) + "\n")
                    self.texts.append(" ".join(said))

    def loss_tokens(self, rows):
        return sum(len(self.texts[row]) + 2 for row in rows)  # a space before, and the end after it

    def test_the_word_error_rate_is_measured_once_for_each_validation(self):
        self.prepare(steps=6, checkpointEvery=4, validateEvery=2)
        trainer = self.start()
        self.wait_for_step(trainer, 5)
        trainer.kill()
        trainer.wait()
        self.resume(steps=6, checkpointEvery=4, validateEvery=2)
        self.finish()
        lines = [json.loads(line) for line in (self.run_folder / "wer.jsonl").read_text().splitlines()]
        self.assertEqual([line["step"] for line in lines], [2, 4, 6])

    def test_what_is_no_recording_is_refused_in_one_line(self):
        for name, heard, message in [
            ("text.wav", b"not a recording", "text.wav is not a WAV file"),
            ("long.wav", numpy.zeros(40000), "long.wav has 2.5 seconds, more than 2"),
            ("../request.json", None, "the folder of this trainer has no file '../request.json'"),
        ]:
            with self.subTest(name):
                self.prepare()
                if isinstance(heard, bytes):
                    (self.recordings / name).write_bytes(heard)
                elif heard is not None:
                    write_wav(self.recordings / name, heard)
                with open(self.run_folder / "data" / "train.jsonl", "r+") as file:
                    rows = file.read().splitlines()
                    rows[0] = json.dumps({"prompt": name, "completion": "red"})
                    file.seek(0)
                    file.write("\n".join(rows) + "\n")
                    file.truncate()
                self.finish(78)
                self.assertIn(message, self.said().splitlines()[-1])

    def test_another_model_is_refused(self):
        self.prepare()
        config = self.run_folder / "model" / "config.json"
        config.write_text(json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}))
        self.finish(78)
        self.assertIn("the base model is not a Whisper model", self.said().splitlines()[-1])


class Measures(unittest.TestCase):
    def test_the_word_error_rate_counts_replaced_inserted_and_deleted_words(self):
        self.assertEqual(word_error_rate(["restart the dock"], ["Restart the dock."]), 0)
        self.assertEqual(word_error_rate(["restart the dock"], ["restart a dock"]), 1 / 3)
        self.assertEqual(word_error_rate(["restart the dock"], ["please restart the dock"]), 1 / 3)
        self.assertEqual(word_error_rate(["restart the dock", "a"], ["dock", "a"]), 2 / 4)
        self.assertEqual(word_error_rate(["a b"], [""]), 1)

    def test_a_recording_of_another_rate_keeps_its_frequencies(self):
        file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()), "tone.wav")
        write_wav(file, numpy.sin(2 * numpy.pi * 1000 * numpy.arange(44100) / 44100), 44100)
        heard = samples(file)
        self.assertEqual(len(heard), 16000)
        self.assertEqual(int(numpy.abs(numpy.fft.rfft(heard)).argmax()), 1000)


if __name__ == "__main__":
    unittest.main()
