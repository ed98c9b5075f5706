"""Makes the tokenizer fixtures and their goldens with the reference library.

    python make.py        # needs tokenizers; writes beside itself

bytelevel: byte-level BPE with ChatML's control tokens, as Qwen, Llama 3 and SmolLM have it.
metaspace: BPE with byte fallback and a word-start mark, as Llama 2 and Mistral have it.
unigram:   a unigram model whose control tokens are also pieces of the model's own vocabulary.
"""
import json
import pathlib
import random

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
TEXTS = [
    "", " ", "\n", "a", "hello world", " leading", "trailing ", "two  spaces", "tabs\tand\nlines\r\n",
    "The printer on floor 3 is out of toner.", "Ümläute, naïve café", "日本語のテキスト", "👩‍👩‍👧‍👦 family 🎉",
    "e\u0301 combining", "1234567890", "x = {'a': [1, 2.5e-3]}", "don't we'll I'VE", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "\u0000nul", "\ufeffbom",
    "<|im_start|>user\nhi<|im_end|>\n", "<|im_end|", "<|im_<|im_end|>end|>", "<s>[INST] hi [/INST]</s>",
    "a<|im_end|>b", "x<end_of_turn>\n<start_of_turn>", "<eos>",
    "<|endoftext|><|endoftext|>", "<think>plan</think>", "ﷺ ﬁ ½", "مرحبا بالعالم", "a" * 300,
]


def corpus():
    """Sentences of a small help desk, enough for merges to form."""
    draw = random.Random(7)
    who = ["The printer", "My laptop", "Her phone", "The projector", "Our server", "This keyboard"]
    what = ["is broken", "will not start", "lost the network", "shows an error", "needs toner", "is too slow"]
    when = ["since Monday", "today", "after the update", "again", "on floor 3", "in room 12"]
    for _ in range(400):
        yield f"{draw.choice(who)} {draw.choice(what)} {draw.choice(when)}."
    yield "café naïve über 日本語 hello world <|im_end|> im_start im_end end user assistant system"


def bytelevel():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=480, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_tokens([AddedToken("<think>", special=False), AddedToken("</think>", special=False)])
    return tokenizer, {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": {"content": "<|endoftext|>"}}


def metaspace():
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    trainer = trainers.BpeTrainer(
        vocab_size=600, show_progress=False, limit_alphabet=60,
        special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)])
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    described = json.loads(tokenizer.to_str())
    # Byte pieces belong to the model and are no control tokens.
    described["added_tokens"] = [t for t in described["added_tokens"] if not t["content"].startswith("<0x")]
    return Tokenizer.from_str(json.dumps(described)), {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="never")
    trainer = trainers.UnigramTrainer(
        vocab_size=200, show_progress=False, unk_token="<unk>",
        special_tokens=["<unk>", "<eos>", "<start_of_turn>", "<end_of_turn>"])
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer, {"eos_token": "<eos>", "unk_token": "<unk>"}


def main():
    for make in (bytelevel, metaspace, unigram):
        tokenizer, config = make()
        folder = HERE / make.__name__
        folder.mkdir(exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
        golden = []
        for text in TEXTS:
            plain = tokenizer.encode(text, add_special_tokens=False)
            tokenizer.encode_special_tokens = True
            content = tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = False
            golden.append({
                "text": text, "template": plain.ids, "content": content,
                "special": tokenizer.encode(text).ids, "offsets": plain.offsets,
                "decoded": tokenizer.decode(plain.ids, skip_special_tokens=False),
                "skipped": tokenizer.decode(plain.ids, skip_special_tokens=True)})
        (folder / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
