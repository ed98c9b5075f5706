"""Writes drift.json: what scipy and numpy say of small samples.

    python make.py > drift.json

Needs numpy and scipy. Texts are made of a few words; the classifier's goldens come from scipy's
L-BFGS on the same objective, the embedding's from numpy's own permutations.
"""

import json
import re

import numpy as np
from scipy import optimize, spatial, stats

rng = np.random.default_rng(7)


def psi(base, window, bins=10, smoothing=0.5):
    inner = np.quantile(base, np.arange(1, bins) / bins, method="inverted_cdf")
    below = [np.nextafter(base.min(), -np.inf)] if inner[0] == base.min() else []
    inner = np.unique(np.concatenate((below, inner)))
    edges = np.concatenate(([-np.inf], inner, [np.inf]))
    count = len(edges) - 1

    def share(values):
        # np.histogram's bins are closed below; ours are closed above
        counts = np.histogram(-values, bins=-edges[::-1])[0][::-1]
        return (counts + smoothing) / (len(values) + smoothing * count)

    p, q = share(base), share(window)
    index = float(np.sum((q - p) * np.log(q / p)))
    chance = float(stats.chi2.sf(index / (1 / len(base) + 1 / len(window)), count - 1))
    return {"score": index, "chance": chance}


def ks(base, window):
    result = stats.ks_2samp(base, window, method="exact")
    return {"score": float(result.statistic), "chance": float(result.pvalue)}


def perplexity(base, window):
    rise = float(np.exp(window.mean() - base.mean()) - 1)
    chance = stats.ttest_ind(window, base, equal_var=False, alternative="greater").pvalue
    return {"score": rise, "chance": float(chance)}


def edges_of(base, bins=10):
    inner = np.quantile(base, np.arange(1, bins) / bins, method="inverted_cdf")
    below = [np.nextafter(base.min(), -np.inf)] if inner[0] == base.min() else []
    return np.concatenate(([-np.inf], np.unique(np.concatenate((below, inner))), [np.inf]))


def table(base, window):
    edges = edges_of(base)
    return [[int(c) for c in np.histogram(-v, bins=-edges[::-1])[0][::-1]] for v in (base, window)]


def pooled(rows):
    bins = sorted(([a, b] for a, b in zip(*rows)), key=sum)
    least, total = min(map(sum, rows)), sum(map(sum, rows))
    while len(bins) > 1 and sum(bins[0]) * least / total < 5:
        one, other, *rest = bins
        bins = sorted(rest + [[one[0] + other[0], one[1] + other[1]]], key=sum)
    return [list(row) for row in zip(*bins)]


def chi_square(rows):
    rows = pooled(rows)
    if len(rows[0]) < 2:
        return {"score": 0.0, "chance": 1.0}
    result = stats.chi2_contingency(rows, correction=False)
    return {"score": float(np.sqrt(result.statistic / np.sum(rows))), "chance": float(result.pvalue)}


def jensen_shannon(rows):
    few = pooled(rows)
    chance = 1.0
    if len(few[0]) > 1:
        chance = float(stats.chi2_contingency(few, correction=False, lambda_="log-likelihood").pvalue)
    p, q = (np.array(r) / np.sum(r) for r in rows)
    return {"score": float(spatial.distance.jensenshannon(p, q, base=2)), "chance": chance}


def psi_of(rows, smoothing=0.5):
    count = len(rows[0])
    p, q = ((np.array(r) + smoothing) / (np.sum(r) + smoothing * count) for r in rows)
    index = float(np.sum((q - p) * np.log(q / p)))
    unit = 1 / np.sum(rows[0]) + 1 / np.sum(rows[1])
    chance = stats.chi2.sf(index / unit, count - 1) if count > 1 else 1.0
    return {"score": index, "chance": float(chance)}


def case(name, base, window):
    base, window = np.round(base, 4), np.round(window, 4)
    rows = table(base, window)
    return {"name": name, "baseline": base.tolist(), "window": window.tolist(),
            "PSI": psi(base, window), "KS": ks(base, window), "PERPLEXITY": perplexity(base, window),
            "CHI_SQUARE": chi_square(rows), "JENSEN_SHANNON": jensen_shannon(rows)}


def categories(name, base, window):
    names = sorted(set(base) | set(window))
    rows = [[counts.get(n, 0) for n in names] for counts in (base, window)]
    return {"name": name, "baseline": base, "window": window, "PSI": psi_of(rows),
            "CHI_SQUARE": chi_square(rows), "JENSEN_SHANNON": jensen_shannon(rows)}


def share(before, now):
    (b, bn), (w, wn) = before, now
    chance = stats.fisher_exact([[w, wn - w], [b, bn - b]], alternative="greater").pvalue
    return {"baseline": before, "window": now, "score": w / wn - b / bn, "chance": float(chance)}


def fnv(gram, bits):
    value = 0x811C9DC5
    for byte in gram.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (value >> bits ^ value) & ((1 << bits) - 1)


def vector(text, bits):
    clean = " " + re.sub(r"\s+", " ", text.lower()).strip() + " "
    grams = clean.split() + [clean[i:i + 3] for i in range(len(clean) - 2)]
    dense = np.zeros(1 << bits)
    for gram in grams:
        dense[fnv(gram, bits)] += 1
    dense[dense > 0] = 1 + np.log(dense[dense > 0])
    return dense / np.linalg.norm(dense)


def held(base, window, side, penalty=1e-3):
    x = np.array(window[side::2] + base[side::2])
    n, m = len(window[side::2]), len(base[side::2])
    y = np.array([1] * n + [-1] * m)
    c = np.array([0.5 / n] * n + [0.5 / m] * m)

    def loss(w):
        margin = y * (x @ w[:-1] + w[-1])
        slope = -c * y / (1 + np.exp(margin))
        gradient = np.append(x.T @ slope, slope.sum()) + penalty * w
        return c @ np.logaddexp(0, -margin) + penalty / 2 * w @ w, gradient

    w = optimize.minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B",
                          options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9}).x
    ours = np.array(window[1 - side::2]) @ w[:-1]
    theirs = np.array(base[1 - side::2]) @ w[:-1]
    result = stats.mannwhitneyu(ours, theirs, alternative="greater", method="asymptotic")
    return result.statistic / len(ours) / len(theirs), result.pvalue


def texts(name, base, window):
    b, w = [vector(t, 13) for t in base], [vector(t, 13) for t in window]
    one, two = held(b, w, 0), held(b, w, 1)
    b, w = np.array([vector(t, 9) for t in base]), np.array([vector(t, 9) for t in window])
    every, distance = np.concatenate((b, w)), np.linalg.norm(w.mean(0) - b.mean(0))
    deals = [rng.permutation(len(every)) for _ in range(4999)]
    dealt = [np.linalg.norm(every[d[len(b):]].mean(0) - every[d[:len(b)]].mean(0)) for d in deals]
    chance = (1 + sum(d >= distance * (1 - 1e-12) for d in dealt)) / 5000
    return {"name": name, "baseline": base, "window": window,
            "CLASSIFIER": {"score": (one[0] + two[0]) / 2, "chance": min(1.0, one[1] + two[1])},
            "EMBEDDING": {"score": float(distance), "chance": chance}}


def holm(chances):
    order = np.argsort(chances, kind="stable")
    scaled = np.minimum(1, np.array(chances)[order] * np.arange(len(chances), 0, -1))
    corrected = np.empty(len(chances))
    corrected[order] = np.maximum.accumulate(scaled)
    return {"chances": chances, "corrected": corrected.tolist()}


WORDS = "my order parcel broken lamp refund late where is please card account help größer thanks".split()


def sentences(words, n, length=9):
    return [" ".join(rng.choice(words, length)) for _ in range(n)]


def normal(mean, n):
    return rng.normal(mean, 1, n)


def counts(rate, n):
    return rng.poisson(rate, n).astype(float)


numbers = [
    case("same continuous", normal(0, 120), normal(0, 60)),
    case("shifted continuous", normal(0, 120), normal(0.8, 60)),
    case("wider continuous", normal(0, 120), 3 * normal(0, 60)),
    case("disjoint", normal(0, 40), normal(20, 30)),
    case("few values", counts(2, 100), counts(2, 50)),
    case("few values, shifted", counts(2, 100), counts(4, 50)),
    case("one value against others", np.full(30, 5.0), np.arange(1.0, 21.0)),
    case("others below one value", np.full(30, 5.0), np.arange(1.0, 5.0)),
    case("two rows each", np.array([1.0, 2.0]), np.array([1.5, 3.0])),
    case("long tail", rng.lognormal(3, 1, 150), rng.lognormal(3.3, 1, 80)),
]
kinds = [
    categories("same", {"eng": 80, "deu": 20}, {"eng": 41, "deu": 9}),
    categories("shifted", {"eng": 80, "deu": 20}, {"eng": 20, "deu": 30}),
    categories("new ones", {"eng": 90, "fra": 3, "deu": 2}, {"eng": 20, "spa": 25, "ita": 1, "por": 2}),
    categories("one only", {"eng": 50}, {"eng": 30}),
    categories("nothing in common", {"eng": 50}, {"deu": 30}),
]
shares = [
    share([2, 100], [3, 90]), share([2, 100], [15, 90]), share([20, 400], [0, 50]),
    share([0, 60], [5, 40]), share([30, 60], [40, 40]),
]
prose = [
    texts("same", sentences(WORDS, 60), sentences(WORDS, 50)),
    texts("a little", sentences(WORDS, 60), sentences(WORDS[2:] + ["charger"], 50)),
    texts("other words", sentences(WORDS, 60), sentences("guten tag wo ist mein paket bitte".split(), 40)),
    texts("longer", sentences(WORDS, 60), sentences(WORDS, 60, 12)),
]
print(json.dumps({
    "numbers": numbers, "categories": kinds, "shares": shares, "texts": prose,
    "holm": [holm([0.01, 0.04, 0.03]), holm([0.5, 0.001, 0.02, 0.9]), holm([0.2]), holm([0.3, 0.3, 0.3])],
}, ensure_ascii=False))
