"""Writes golden.json: votes of generated labelling functions, and what two other implementations make of them.

Run: python golden.py > golden.json
Needs numpy 2.4, torch 2.7 and snorkel 0.10.0.

For each scenario:
  labels   the label that each function votes for
  rows     votes as a text of 0 and 1, one digit for each function -> number of rows by true label
  dawid    votes -> probabilities of the labels by the EM of Dawid and Skene (1979), over the matrix of all rows
  snorkel  votes -> probabilities of the labels by snorkel.labeling.model.LabelModel
"""
import json
import numpy as np
from snorkel.labeling.model import LabelModel


def dawid_skene(votes, labels, count):
    """votes: (n, m) of 0 and 1. Returns (n, count)."""
    onehot = np.eye(count)[labels]  # (m, count)
    q = votes @ onehot
    q = q / q.sum(axis=1, keepdims=True)
    share = p = None
    for _ in range(1001):
        weight = q.sum(axis=0)
        new_share = (weight + 0.5) / (len(votes) + 0.5 * count)
        new_p = (votes.T @ q + 0.5) / (weight + 1.0)  # (m, count)
        done = share is not None and max(abs(new_share - share).max(), abs(new_p - p).max()) <= 1e-9
        share, p = new_share, new_p
        if done:
            break
        log = np.log(share) + votes @ np.log(p) + (1 - votes) @ np.log1p(-p)
        q = np.exp(log - log.max(axis=1, keepdims=True))
        q = q / q.sum(axis=1, keepdims=True)
    log = np.log(share) + votes @ np.log(p) + (1 - votes) @ np.log1p(-p)
    q = np.exp(log - log.max(axis=1, keepdims=True))
    return q / q.sum(axis=1, keepdims=True)


def scenario(seed, prior, functions, n):
    """functions: (label, coverage on its own label, share of wrong votes on each other label)."""
    rng = np.random.default_rng(seed)
    count = len(prior)
    truth = rng.choice(count, size=n, p=prior)
    labels = np.array([f[0] for f in functions])
    chance = np.array([[f[1] if y == f[0] else f[2] for f in functions] for y in range(count)])
    votes = (rng.random((n, len(functions))) < chance[truth]).astype(int)
    keep = votes.sum(axis=1) > 0
    kept, kept_truth = votes[keep], truth[keep]
    dawid = dawid_skene(kept, labels, count)
    matrix = np.where(kept == 1, labels, -1)
    model = LabelModel(cardinality=count, verbose=False)
    model.fit(matrix, n_epochs=1000, seed=7, log_freq=1000, progress_bar=False)
    snorkel = model.predict_proba(matrix)
    rows, of_dawid, of_snorkel = {}, {}, {}
    for i, row in enumerate(kept):
        key = "".join(map(str, row))
        rows.setdefault(key, [0] * count)[kept_truth[i]] += 1
        of_dawid[key] = [round(float(v), 9) for v in dawid[i]]
        of_snorkel[key] = [round(float(v), 4) for v in snorkel[i]]
    return {"labels": labels.tolist(), "count": count, "rows": rows, "dawid": of_dawid, "snorkel": of_snorkel}


print(json.dumps({
    "two labels": scenario(1, [0.5, 0.5], [(0, 0.6, 0.1), (0, 0.4, 0.05), (1, 0.6, 0.1), (1, 0.5, 0.15), (0, 0.3, 0.1), (1, 0.3, 0.05)], 2000),
    "four labels": scenario(2, [0.4, 0.3, 0.2, 0.1], [(y, c, w) for y in range(4) for c, w in ((0.6, 0.05), (0.4, 0.02))], 3000),
    "noisy": scenario(3, [0.6, 0.4], [(0, 0.5, 0.25), (0, 0.5, 0.2), (0, 0.3, 0.1), (1, 0.6, 0.2), (1, 0.4, 0.1), (1, 0.5, 0.3)], 2000),
    "one bad function": scenario(4, [0.5, 0.3, 0.2], [(0, 0.6, 0.05), (0, 0.5, 0.05), (1, 0.6, 0.05), (1, 0.4, 0.4), (1, 0.5, 0.05), (2, 0.7, 0.05), (2, 0.5, 0.1)], 2000),
    "rare label": scenario(5, [0.95, 0.05], [(0, 0.5, 0.1), (0, 0.6, 0.2), (1, 0.7, 0.02), (1, 0.6, 0.03), (1, 0.5, 0.01)], 4000),
}, indent=1, sort_keys=True))
