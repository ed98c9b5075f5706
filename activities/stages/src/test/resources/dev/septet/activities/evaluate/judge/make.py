"""Writes agreement.json by scikit-learn 1.9.1 and krippendorff 0.9.0: Cohen's kappa of two raters, plain and with quadratic
weights, and Krippendorff's alpha of three and more, nominal and ordinal, also with missing verdicts.

    pip install scikit-learn==1.9.1 krippendorff==0.9.0 numpy==2.4.6
    python make.py > agreement.json
"""

import json
import random

import krippendorff
import numpy as np
from sklearn.metrics import cohen_kappa_score

random.seed(5)


def ratings(raters, items, steps, right, missing):
    truth = [random.randrange(steps) for _ in range(items)]
    return [[None if random.random() < missing else t if random.random() < right else random.randrange(steps)
             for t in truth] for _ in range(raters)]


cases = []
for raters, items, steps, right, missing in [(2, 40, 5, 0.7, 0), (2, 9, 2, 0.5, 0), (2, 200, 3, 0.1, 0), (3, 30, 5, 0.6, 0),
                                             (4, 25, 2, 0.8, 0.2), (5, 60, 5, 0.4, 0.3), (3, 50, 3, 0.9, 0.1)]:
    given = ratings(raters, items, steps, right, missing)
    case = {"steps": steps, "ratings": given}
    if raters == 2:
        case["kappa"] = float(cohen_kappa_score(given[0], given[1]))
        case["weighted"] = float(cohen_kappa_score(given[0], given[1], weights="quadratic", labels=list(range(steps))))
    numbers = np.array([[np.nan if r is None else float(r) for r in one] for one in given])
    for level in ("nominal", "ordinal"):
        case[level] = float(krippendorff.alpha(reliability_data=numbers, level_of_measurement=level,
                                               value_domain=[float(s) for s in range(steps)]))
    cases.append(case)
print(json.dumps(cases))
