"""Writes values.json: numbers of GSM8K answers by the published expression of its authors, JSON validity by Python's
json, and schemas by jsonschema 4.26.0 (draft 2020-12).

    pip install jsonschema==4.26.0
    python make.py > values.json
"""

import json
import random
import re

from jsonschema import Draft202012Validator

random.seed(13)
ANSWER = re.compile(r"#### (\-?[0-9\.\,]+)")  # grade-school-math, dataset.py: extract_answer


def gsm8k(text):
    found = ANSWER.search(text)
    return found.group(1).strip().replace(",", "") if found else None


numbers = []
for _ in range(150):
    value = random.choice([random.randrange(-50, 5_000_000), round(random.uniform(-9, 900), random.randrange(1, 4)), 0])
    shown = f"{value:,}" if random.random() < 0.5 else str(value)
    text = random.choice(["", "She has 3 + 4 = 7 apples.\n", "今日は12個。\n", "10% of 50 is 5, so "]) + "#### " + shown
    numbers.append({"text": text, "number": gsm8k(text)})

SCHEMAS = [
    {"type": "object", "properties": {"queue": {"enum": ["billing", "sales"]}, "urgency": {"type": "integer",
     "minimum": 1, "maximum": 5}}, "required": ["queue"], "additionalProperties": False},
    {"type": ["string", "null"], "minLength": 2, "maxLength": 3, "pattern": "^[a-z日😀]+$"},
    {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3, "uniqueItems": True},
    {"prefixItems": [{"type": "string"}, {"const": 1}], "items": False},
    {"anyOf": [{"type": "string"}, {"type": "number", "multipleOf": 0.5}], "not": {"const": "no"}},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"allOf": [{"required": ["a"]}, {"minProperties": 2}, {"maxProperties": 2}]},
    {"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"required": ["b"]},
     "else": {"type": "object"}},
    {"$defs": {"tree": {"type": "object", "properties": {"value": {"type": "integer"}, "children": {"type": "array",
     "items": {"$ref": "#/$defs/tree"}}}, "required": ["value"]}}, "$ref": "#/$defs/tree"},
    {"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": {"type": "string"},
     "propertyNames": {"maxLength": 3}},
    {"contains": {"type": "integer"}, "minContains": 2, "maxContains": 3},
    {"dependentRequired": {"a": ["b"]}, "type": "object", "format": "date"},
    {"exclusiveMinimum": 0, "exclusiveMaximum": 10, "const": 5},
    {"enum": [1, "1", [1, {"a": 1.0}], None, False]},
    {"$ref": "#/definitions/a~1b", "definitions": {"a/b": {"type": "boolean"}}},
    True, False, {},
]
SCALARS = [0, 1, 1.0, 1.5, 2, 2.5, 5, 10, -1, 1e3, 123456789012345678901234567890, "", "a", "ab", "abc", "日本", "😀😀",
           "😀😀😀😀", "no", "1", None, True, False]
KEYS = ["queue", "urgency", "a", "b", "c", "x1", "xyz9", "value", "children"]


def value(depth):
    kind = random.random()
    if depth == 0 or kind < 0.4:
        return random.choice(SCALARS)
    if kind < 0.65:
        return [value(depth - 1) for _ in range(random.randrange(4))]
    return {random.choice(KEYS): value(depth - 1) for _ in range(random.randrange(4))}


VALUES = SCALARS + [[], {}, [1, 2], [1, 1.0], ["a", 1], ["a", 1, 2], {"queue": "billing", "urgency": 3}, {"queue": "x"},
                    {"a": 1}, {"a": 1, "b": 2}, {"value": 1, "children": [{"value": 2}]}, [1, {"a": 1}],
                    {"value": 1, "children": [{"value": "2"}]}, {"x1": 1, "b": "c"}, {"x1": "1"}] \
    + [value(3) for _ in range(60)]
schemas = [{"schema": schema, "valid": [Draft202012Validator(schema).is_valid(v) for v in VALUES]} for schema in SCHEMAS]

TEXTS = ["{}", "[]", "1", "-0", "01", "1.", ".5", "1e5", "\"a\"", "'a'", "{'a': 1}", "{\"a\": 1,}", "[1,]", "[1 2]", "nul",
         "null", "true", "True", "{\"a\":}", "{\"a\": 1} {\"b\": 2}", "1 2", "[1], \"x\": [2]", "// c\n1", "\"\\u12\"",
         "\"\\ud83d\\ude00\"", "\"\t\"", "{a: 1}", " \n[1]\t", "[[[[]]]]", "+1", "--1", "1e", "\"日本\"", "{\"a\": [}", "["]


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


print(json.dumps({"numbers": numbers, "values": VALUES, "schemas": schemas,
                  "texts": [{"text": text, "json": is_json(text)} for text in TEXTS]}, indent=0, ensure_ascii=True))
