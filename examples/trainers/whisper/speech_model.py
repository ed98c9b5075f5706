"""Whisper with what surrounds it: recordings in, text out, and the word error rate."""

import json
import pathlib
import re
import wave

import numpy
import tokenizers
import torch
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration

RATE = 16000
TOKENS_PER_SECOND = 7  # more than anybody says


class SpeechModel:
    """Whisper hears windows of 30 seconds. Shorter ones take less time.

    Their positions are the first ones of the encoder."""

    def __init__(self, folder, seconds=30):
        folder = pathlib.Path(folder)
        self.model = WhisperForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        ).eval()
        encoder, frames = self.model.model.encoder, 50 * seconds
        encoder.embed_positions = torch.nn.Embedding.from_pretrained(encoder.embed_positions.weight[:frames].clone())
        self.model.config.max_source_positions = encoder.config.max_source_positions = frames
        self.seconds = seconds
        self.extractor = WhisperFeatureExtractor(feature_size=self.model.config.num_mel_bins, chunk_length=seconds)
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        token = self.tokenizer.token_to_id
        self.begin, self.end = [token("<|startoftranscript|>"), token("<|notimestamps|>")], token("<|endoftext|>")
        settings = self.model.generation_config
        self.never, self.never_first = settings.suppress_tokens or [], settings.begin_suppress_tokens or []

    def features(self, path):
        """The log-mel spectrogram of a WAV file: [bands, 100 * seconds]. Raises ValueError."""
        heard = samples(path)
        if len(heard) > RATE * self.seconds:
            raise ValueError(f"{pathlib.Path(path).name} has {len(heard) / RATE:.1f} seconds, more than {self.seconds}")
        return torch.tensor(self.extractor(heard, sampling_rate=RATE).input_features[0])

    def labels(self, text):
        """Tokens of a transcript and its end. Whisper's texts begin with a space."""
        return [*self.tokenizer.encode(" " + text, add_special_tokens=False).ids, self.end]

    @torch.no_grad()
    def transcribe(self, features, batch=16, model=None):
        """The likeliest token at each place, for each of the recordings."""
        batches = [features[start : start + batch] for start in range(0, len(features), batch)]
        return [text for each in batches for text in self._greedy(torch.stack(each), model or self.model)]

    def _greedy(self, features, model):
        device = self.model.device
        heard, cache = model.get_encoder()(features.to(device)), None
        said = read = torch.tensor([self.begin] * len(features), device=device)
        ended = torch.zeros(len(features), dtype=torch.bool, device=device)
        for place in range(TOKENS_PER_SECOND * self.seconds):
            out = model(encoder_outputs=heard, decoder_input_ids=read, cache=cache, use_cache=True)
            logits, cache = out.logits[:, -1], out.past_key_values
            logits[:, self.never] = -torch.inf
            if place == 0:
                logits[:, self.never_first] = -torch.inf
            token = torch.where(ended, self.end, logits.argmax(-1))
            ended |= token == self.end
            read = token[:, None]
            said = torch.cat([said, read], 1)
            if ended.all():
                break
        return [self.tokenizer.decode(row).strip() for row in said.tolist()]


def samples(path):
    """A WAV file of 16 bits as numbers from -1 to 1, at 16 kHz. Frequencies above 8 kHz are cut off."""
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            read = file.readframes(file.getnframes())
    except (EOFError, wave.Error) as problem:
        raise ValueError(f"{pathlib.Path(path).name} is not a WAV file: {problem}") from problem
    if width != 2:
        raise ValueError(f"{pathlib.Path(path).name} has samples of {8 * width} bits, not 16")
    heard = numpy.frombuffer(read, "<i2").reshape(-1, channels).mean(1) / 2**15
    size = round(len(heard) * RATE / rate)
    spectrum = numpy.fft.rfft(heard)[: size // 2 + 1]
    return (numpy.fft.irfft(spectrum, size) * size / max(1, len(heard))).astype(numpy.float32)


def words(text):
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()


def word_errors(reference, hypothesis):
    """The smallest number of words to replace, insert and delete."""
    row = list(range(len(hypothesis) + 1))
    for count, word in enumerate(reference, 1):
        before, row[0] = row[0], count
        for place, other in enumerate(hypothesis, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def word_error_rate(references, hypotheses):
    """Errors divided by the words of the references. Case and punctuation do not count."""
    pairs = [
        (words(reference), words(hypothesis)) for reference, hypothesis in zip(references, hypotheses, strict=True)
    ]
    return sum(word_errors(*pair) for pair in pairs) / sum(len(reference) for reference, _ in pairs)


def named_rows(file):
    """Name of the recording and its text, for each line of a file of rows."""
    with open(file, encoding="utf-8") as lines:
        return [(row["prompt"], row["completion"]) for row in map(json.loads, lines)]
