"""Writes text-metrics.json: BLEU by sacrebleu 2.6.0, ROUGE by rouge-score 0.1.2.

    python make.py > text-metrics.json
"""

import json

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU

PAIRS = [  # reference, answer
    ("the cat sat on the mat", "the cat sat on the mat"),
    ("the cat sat on the mat", "the cat is on the mat"),
    ("the cat sat on the mat", "on the mat sat the cat"),
    ("the cat sat on the mat", "a dog slept"),
    ("the cat sat on the mat", ""),
    ("", "the cat sat on the mat"),
    ("", ""),
    ("   ", " \t\n"),
    ("one", "one"),
    ("one two three", "one two three"),
    ("one two three four", "one two three four five six"),
    ("the the the the", "the the the the the the the"),
    ("a b c d e f g h", "a c e g b d f h"),
    ('{"queue": "billing", "urgency": 2}', '{"queue": "billing", "urgency": 3}'),
    ('{"queue": "billing", "urgency": 2}', "Sure! Here it is: billing (2)."),
    ("Prices rose 3.5% to $1,234.56 in 2024-25.", "Prices rose 3.5 % to $ 1,234.56 in 2024 - 25 ."),
    ("Mail a.b@example.com, or see https://example.com/x?y=1&z=2.", "Mail a.b@example.com or see example.com/x?y=1"),
    ("AT&amp;T said &quot;no&quot; to &lt;b&gt;", 'AT&T said "no" to <b>'),
    ("well-known state-of-the-art re-\nsult", "well known state-of-the-art result"),
    ("two\nlines of text", "two lines\r\nof text"),
    ("<skipped> words here now ok", "words here now ok"),
    ("it's the user's choice, isn't it?", "its the users choice isnt it"),
    ("Der Fluß überquert die Straße größer", "Der Fluss überquert die Straße größer"),
    ("El niño comió piñas en Málaga", "El nino comió piñas en Málaga"),
    ("Привет, как дела сегодня?", "Привет, как дела?"),
    ("今日は 天気 が いい です。", "今日は 天気 が 悪い です。"),
    ("مرحبا بالعالم الجميل جدا", "مرحبا بالعالم الجميل"),
    ("émigré café naïve résumé", "émigré café naïve résumé"),
    ("no\u00a0break\u2003space here\u3000wide", "no break space here wide"),
    ("emoji 😀 and 👩‍👩‍👧 family here", "emoji 😀 and 👩‍👩‍👧 here"),
    ("İstanbul Kelvin K temperature ﬁne", "istanbul kelvin k temperature fine"),
    ("x=1;y=2;z=[3,4]", "x=1;y=2;z=[3,5]"),
    ("`code` ~tilde~ ^caret^ _under_ |pipe|", "code tilde caret under pipe"),
    ("1.2.3.4 and 5,6,7 and .9 and 8.", "1.2.3.4 and 5,6,7 and 0.9 and 8"),
    ("A.B.C., e.g., i.e., U.S.A.", "A.B.C. e.g. i.e. USA"),
    ("...... ,,,,, !!!!! -----", "... ,, !! --"),
    ("Line one.\nLine two.\nLine three.", "Line one. Line three."),
    ("repeat repeat repeat stop", "repeat stop repeat stop repeat stop"),
    ("The Quick Brown Fox Jumps", "the quick brown fox jumps"),
    ("control\u001ccharacters\u0085between tokens", "control characters between tokens"),
    ("a much longer reference than what the model says, which ends early", "a much longer reference"),
    ("short", "a very long answer that goes on and on about nothing in particular, short"),
]

bleu = BLEU()
rouge = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)


def corpus(pairs):
    references, answers = zip(*pairs)
    return bleu.corpus_score(list(answers), [list(references)]).score


def row(reference, answer):
    f1 = rouge.score(reference, answer)
    return {"reference": reference, "answer": answer, "bleu": corpus([(reference, answer)]),
            **{name: f1[name].fmeasure for name in sorted(f1)}}


corpora = [(0, len(PAIRS)), (0, 4), (3, 7), (10, 20), (20, 32), (32, len(PAIRS))]
print(json.dumps({
    "rows": [row(*pair) for pair in PAIRS],
    "corpora": [{"from": a, "to": b, "bleu": corpus(PAIRS[a:b])} for a, b in corpora],
}, indent=1, ensure_ascii=True))
