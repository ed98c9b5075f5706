"""How good an answer is: 1 for the right record, less for each field that is wrong, 0 for what is no record."""

import json


def record(text):
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def reward(completions, answer, **_):
    """Rewards of some answers. `answer` has the dataset's answer to each of them."""
    return [one(completion[0]["content"], right) for completion, right in zip(completions, answer)]


def one(text, right):
    if text.strip() == right.strip():
        return 1.0
    expected, found = record(right), record(text)
    return 0.5 * sum(found.get(name) == value for name, value in expected.items()) / max(1, len(expected))
