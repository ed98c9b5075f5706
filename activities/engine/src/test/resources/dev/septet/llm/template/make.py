"""Renders the templates in templates/ and the snippets in snippets.json with jinja2.

    python make.py            # needs jinja2; writes golden.json and snippets_golden.json

The environment is the one that chat templates are written for: sandboxed and immutable,
trim_blocks and lstrip_blocks on, loop controls, tojson without escapes, and three more names.
"""
import datetime
import json
import pathlib

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent
DAY = datetime.datetime(2025, 1, 1)
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}
CONVERSATIONS = {
    "one": [("user", "Hi there!")],
    "answered": [("user", "Hi there!"), ("assistant", "Hello.")],
    "system": [("system", "  You route tickets.\n"), ("user", "Printer broken"), ("assistant", '{"queue": "IT"}')],
    "long": [("system", "Be kind."), ("user", "One?"), ("assistant", "1"), ("user", "Two?\n"), ("assistant", "2 "),
             ("user", "Three?"), ("assistant", "3")],
    "odd": [("user", "  é 日本 🎉 {{ x }} {% if %} <b>\"q\"</b> 'a' \\n  "), ("assistant", "<think>\nhm\n</think>\n\nok\n")],
    "empty": [("user", ""), ("assistant", "")],
    "wrong": [("assistant", "first"), ("tool", "second")],
}


class Generation(Extension):
    """Marks the assistant's words; transparent for the text."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = DAY.strftime
    return env


def rendered(env, source, variables):
    try:
        return {"text": env.from_string(source).render(**variables)}
    except (jinja2.exceptions.TemplateError, TypeError, ValueError, AssertionError, ZeroDivisionError, OverflowError) as e:
        return {"error": str(e)}


def main():
    env = environment()
    golden = []
    for path in sorted((HERE / "templates").glob("*.jinja")):
        for name, turns in CONVERSATIONS.items():
            messages = [{"role": role, "content": content} for role, content in turns]
            for prompt in (False, True):
                variables = {"messages": messages, "add_generation_prompt": prompt, **SPECIAL}
                golden.append({
                    "template": path.stem, "conversation": name, "messages": messages, "prompt": prompt,
                    **rendered(env, path.read_text(), variables)})
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")

    snippets = json.loads((HERE / "snippets.json").read_text())
    variables = {
        "none": None, "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}],
        "text": "Hello, Wörld 🎉!", "n": 7, "pi": 3.25, "flag": True, "items": [3, 1, 2],
        "data": {"b": 1, "a": [1, {"x": None}], "items": "shadowed"}}
    results = [{"source": source, **rendered(env, source, variables)} for source in snippets]
    (HERE / "snippets_golden.json").write_text(
        json.dumps({"variables": variables, "results": results}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
