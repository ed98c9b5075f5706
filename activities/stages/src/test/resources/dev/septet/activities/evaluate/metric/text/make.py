"""Writes pairs.json: scores of pairs of texts by sacrebleu 2.6.0 (chrF, chrF++), nltk 3.10.4 (METEOR with exact words and
Porter stems), transformers 4.57.3 (SQuAD) and jiwer 4.0.0 (word and character error rate).

    pip install sacrebleu==2.6.0 nltk==3.10.4 transformers==4.57.3 jiwer==4.0.0
    python make.py > pairs.json
"""

import json
import random
import re

import jiwer
from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import single_meteor_score
from sacrebleu.metrics import CHRF
from transformers.data.metrics.squad_metrics import compute_exact, compute_f1

random.seed(7)

SENTENCES = [
    "The quick brown foxes were jumping over the lazy dogs.",
    "An answer to a question about the running costs of relational databases",
    "Refunds are possible within 30 days; after that, please contact sales@example.com!",
    "\"It's the user's choice,\" she said, \"isn't it?\"",
    "Der Fluß überquert die größeren Straßen in Zürich.",
    "El niño comió piñas maduras en Málaga, ¿verdad?",
    "Привет, как дела сегодня вечером в городе?",
    "今日は天気がとてもいいです。散歩しましょう。",
    "人工智能正在改变我们的生活方式。",
    "안녕하세요, 오늘 날씨가 좋네요.",
    "مرحبا بالعالم الجميل جدا في هذا اليوم",
    "नमस्ते दुनिया, आज का दिन अच्छा है",
    "emoji 😀 and 👩‍👩‍👧 family, 𝒻𝒶𝓃𝒸𝓎 letters",
    "x_1 = 3.14159; y² + ½ = Ⅷ (approx.)",
    "generalizations happily conflated hopefulness with relational adjustments, oscillators and vietnamization",
    "a an the A An THE, another theory: Athe a-the the_a",
    "{\"queue\": \"billing\", \"urgency\": 2}",
    "no\u00a0break\u2003space here\u3000wide",
    "émigré café naïve résumé İstanbul ΟΔΥΣΣΕΥΣ ﬁne",
    "one two  three   four\tfive",
]
PAIRS = [("", ""), ("", "words"), ("words", ""), (" ", "\u00a0"), ("the", "a"), ("the cat", "cat"), ("...", "!"),
         ("a", "a"), ("😀", "😀"), ("(hi)", "hi"), ("-", "- -"), ("ab", "ba")]


def changed(text):
    kind = random.randrange(7)
    words = text.split(" ")
    at = random.randrange(len(words))
    if kind == 0:
        words.pop(at)
    elif kind == 1:
        words.insert(at, random.choice(SENTENCES).split(" ")[0])
    elif kind == 2:
        words[at] = words[at][::-1]
    elif kind == 3:
        random.shuffle(words)
    elif kind == 4:
        words[at] = words[at] + random.choice(["s", "ing", "ed", ".", "!", "ly"])
    elif kind == 5:
        return text.upper() if random.random() < 0.5 else text.lower()
    else:
        at = random.randrange(len(text) + 1)
        return text[:at] + random.choice(["", " ", "x", "ß", "日", "😀", ","]) + text[at + 1:]
    return " ".join(words)


for sentence in SENTENCES:
    PAIRS.append((sentence, sentence))
    for count in range(14):
        answer = sentence
        for _ in range(1 + count // 3):
            answer = changed(answer) or "empty"
        PAIRS.append((sentence, answer))
    PAIRS.append((sentence, random.choice(SENTENCES)))


class NoSynonyms:
    """In place of WordNet."""

    def synsets(self, word):
        return []


STEMMER = PorterStemmer(mode="MARTIN_EXTENSIONS")


def meteor(reference, answer):
    # Lower case before the words are found: the dot of a lower-case İ is no letter.
    words = [re.findall(r"\w+", text.lower()) for text in (reference, answer)]
    return single_meteor_score(words[0], words[1], stemmer=STEMMER, wordnet=NoSynonyms())


def spaced(text):
    return " ".join(text.split())


def rate(function, pairs, form):
    return function([form(reference) for reference, _ in pairs], [form(answer) for _, answer in pairs])


CORPUS = {"chrF": CHRF(), "chrFPlusPlus": CHRF(word_order=2)}


def corpus(pairs):
    references, answers = zip(*pairs)
    scores = {name: chrf.corpus_score(list(answers), [list(references)]).score for name, chrf in CORPUS.items()}
    scores["wordErrorRate"] = rate(jiwer.wer, pairs, spaced)
    scores["charErrorRate"] = rate(jiwer.cer, pairs, str.strip)
    scores["meteor"] = sum(meteor(*pair) for pair in pairs) / len(pairs)
    scores["squadExactMatch"] = sum(compute_exact(*pair) for pair in pairs) / len(pairs)
    scores["squadF1"] = sum(compute_f1(*pair) for pair in pairs) / len(pairs)
    return scores


print(json.dumps({
    "rows": [{"reference": r, "answer": a, "scores": corpus([(r, a)])} for r, a in PAIRS],
    "corpora": [{"from": a, "to": b, "scores": corpus(PAIRS[a:b])}
                for a, b in [(0, len(PAIRS)), (0, 12), (12, 60), (60, 200), (200, len(PAIRS))]],
}, indent=1, ensure_ascii=True))
