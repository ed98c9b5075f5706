"""Makes tokenizer.json, whose merges cross words, digits and signs: it shows every difference in how text is cut.

python make.py (tokenizers 0.23.3)
"""

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXT = [
    "I'll say: it's 12345 or 2024-05-17, isn't it?!  They've   gone...\n\n\tif (x[10] == 007) { return y_1; }\r\n",
    "WE'LL PAY $1,234.56 + 20% <= 99^2 | a~b; e.g. https://example.org/a?b=c&d=1#e (c) 2001\n   \n",
    "Où est l'été? Straße №5, 東京は晴れです。 ١٢٣ ½ x² naïve — “quoted” …\u00a0end\u3000wide 😀👍🏽\n",
    "don't 'SAID he'D 3rd 100th a1b2c3 42nd   spaces    and\ttabs\t\tend ",
] * 8

tok = Tokenizer(models.BPE())
tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
tok.decoder = decoders.ByteLevel()
alphabet = pre_tokenizers.ByteLevel.alphabet()
special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
tok.train_from_iterator(
    [piece for text in TEXT for piece in (text, text[3:], text[7:])],
    trainers.BpeTrainer(vocab_size=640, special_tokens=special, initial_alphabet=alphabet, max_token_length=4),
)
tok.save("tokenizer.json")
