"""Writes labels.json by scikit-learn 1.9.1: F1 scores and confusion matrices of labels, and Brier scores and calibration
errors of confidences. The calibration error is the mean of |accuracy - confidence| of calibration_curve, weighted by the
sizes of its bins.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python make.py > labels.json
"""

import json
import random

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, brier_score_loss, confusion_matrix, f1_score, precision_recall_fscore_support

random.seed(11)
NAMES = ["billing", "sales", "日本", "größe", "", "no answer", "Ü", "a b", "😀", "zeta", "über", "11", "2"]


def exam(classes, rows, right, nonsense):
    weights = [1 / (1 + at) for at in range(len(classes))]
    expected = random.choices(classes, weights, k=rows)
    answers = [e if random.random() < right else random.choice(classes) for e in expected]
    answers = [random.choice(["who knows", "ZZZ", "billing."]) if random.random() < nonsense else a for a in answers]
    known = sorted({label.strip().lower() for label in expected}, key=lambda label: label.encode("utf-16-be"))
    e = [label.strip().lower() for label in expected]
    a = [label.strip().lower() for label in answers]
    f1 = {name: float(f1_score(e, a, labels=known, average=name, zero_division=0))
          for name in ("micro", "macro", "weighted")}
    precision, recall, each, support = precision_recall_fscore_support(e, a, labels=known, zero_division=0)
    other = [label if label in known else "\uffff other" for label in a]
    matrix = confusion_matrix(e, other, labels=known + ["\uffff other"])[:-1]
    return {"expected": [random.choice(["", " "]) + x + random.choice(["", "\n"]) for x in expected],
            "answers": [x.upper() if random.random() < 0.3 and "ß" not in x else x for x in answers],
            "accuracy": float(accuracy_score(e, a)), **f1, "classes": known,
            "precision": precision.tolist(), "recall": recall.tolist(), "f1": each.tolist(),
            "support": support.tolist(), "matrix": matrix.tolist()}


def calibration(rows):
    kind = random.randrange(3)
    p = [random.random() if kind == 0 else random.choice([0.0, 1.0, 0.1, 0.3, 0.5, 0.7, 0.99, 0.2000001])
         if kind == 1 else random.random() ** 0.2 for _ in range(rows)]
    y = [1 if random.random() < x ** 1.5 else 0 for x in p]
    accuracy, confidence = calibration_curve(y, p, n_bins=10, strategy="uniform")
    sizes = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], p), minlength=10)
    sizes = sizes[sizes > 0] / rows
    return {"confidence": p, "correct": y, "brier": float(brier_score_loss(y, p, pos_label=1)),
            "calibrationError": float(np.sum(sizes * np.abs(accuracy - confidence)))}


exams = [exam(NAMES[:k], rows, right, nonsense) for k in (1, 2, 5, len(NAMES)) for rows in (1, 20, 200)
         for right, nonsense in ((0.0, 0.0), (0.6, 0.1), (0.95, 0.0), (0.5, 0.9))]
print(json.dumps({"exams": exams, "calibrations": [calibration(rows) for rows in (1, 2, 10, 50, 400) for _ in range(4)]},
                 ensure_ascii=True))
