"""Writes drift.json: KS by scipy, Welch's t by scipy, PSI by numpy, on small samples.

    python make.py > drift.json
"""

import json

import numpy as np
from scipy import stats

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


def case(name, base, window):
    base, window = np.round(base, 4), np.round(window, 4)
    return {"name": name, "baseline": base.tolist(), "window": window.tolist(),
            "PSI": psi(base, window), "KS": ks(base, window), "PERPLEXITY": perplexity(base, window)}


def normal(mean, n):
    return rng.normal(mean, 1, n)


def counts(rate, n):
    return rng.poisson(rate, n).astype(float)


print(json.dumps([
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
], indent=None))
