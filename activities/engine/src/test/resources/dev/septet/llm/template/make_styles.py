"""Renders the templates in styles/ with jinja2: styles as model families write them, in own words.

    python make_styles.py     # needs jinja2; writes styles_golden.json

The environment is that of make.py. Every template sees every conversation, so most templates also
meet turns that they refuse or stumble over.
"""
import json
import pathlib

import jinja2

from make import environment

HERE = pathlib.Path(__file__).parent
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}


def said(*turns):
    return [{"role": role, "content": content} for role, content in turns]


WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.\nToday's or tomorrow's.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Where, such as \"Köln\""},
                "days": {"type": "integer"},
                "units": {"type": "string", "enum": ["c", "f"]},
                "hours": {"type": "array", "items": {"type": "number"}},
                "extra": {"type": ["string", "boolean"]}},
            "required": ["city"]}}}
CLOCK = {
    "type": "function",
    "function": {"name": "clock", "description": "Tells the time.",
                 "parameters": {"type": "object", "properties": {}, "required": []}}}


def call(name, arguments, number="abcdefghi"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


ASKED = said(("system", "Use tools."), ("user", "Rain in Köln?"))
ONE_CALL = [
    *ASKED, {"role": "assistant", "content": None, "tool_calls": [call("weather", {"city": "Köln", "days": 2})]},
    {"role": "tool", "content": '{"rain": true}', "tool_call_id": "abcdefghi"},
    {"role": "assistant", "content": "Yes, <b>take</b> an umbrella & 'boots'."}, {"role": "user", "content": "Thanks!"}]
TWO_CALLS = [
    {"role": "user", "content": "Time and rain?"},
    {"role": "assistant", "content": "Let me look.",
     "tool_calls": [call("clock", {}, "000000001"), call("weather", {"city": "O'Fallon", "hours": [1.5, None, True]}, "000000002")]},
    {"role": "tool", "content": "12:00", "tool_call_id": "000000001"},
    {"role": "tool", "content": "dry", "tool_call_id": "000000002"}]
THOUGHT = said(
    ("user", "2 + 2?"), ("assistant", "<think>\nSmall numbers.\n</think>\n\n4"), ("user", "Sure?"),
    ("assistant", "<think>\n\n\nAgain: 4.\n</think>\n\n\nYes.\n"))
REASONED = [*said(("user", "hm?")), {"role": "assistant", "content": "\n\nAh.", "reasoning_content": "\nlong\nthought\n"}]
PARTS = [
    {"role": "system", "content": [{"type": "text", "text": " Look closely. "}]},
    {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": " What is it? "}]}]
UNICODE = said(
    ("system", "Antworte höflich – 日本語も"), ("user", " 🎉 \u00a0naïve İstanbul ß {{ x }} {% raw %} \\n \"q\"\t"),
    ("assistant", "e\u0301 ǅ \u2028 ok\r\nzeile\n\nzwei\n"), ("user", "weiter, mit vielen Wörtern in einer langen Zeile, die umbricht"))

CONVERSATIONS = {
    "one": {"messages": said(("user", "Hi there!"))},
    "prompted": {"messages": said(("user", "Hi there!")), "add_generation_prompt": True},
    "system": {"messages": said(("system", "  Be kind.\n"), ("user", "One?\n"), ("assistant", " 1 ")),
               "add_generation_prompt": False},
    "long": {"messages": said(("system", "Be kind. /no_think"), ("user", "One?"), ("assistant", "1"), ("user", "Two?"),
                              ("assistant", "2"), ("user", "Three?")), "add_generation_prompt": True},
    "empty": {"messages": said(("system", ""), ("user", ""), ("assistant", ""), ("user", "")), "add_generation_prompt": True},
    "unicode": {"messages": UNICODE, "add_generation_prompt": True},
    "call": {"messages": ONE_CALL, "tools": [WEATHER], "add_generation_prompt": True},
    "calls": {"messages": TWO_CALLS, "tools": [WEATHER, CLOCK], "xml_tools": ["clock"], "add_generation_prompt": True},
    "thought": {"messages": THOUGHT, "enable_thinking": True, "add_generation_prompt": False},
    "reasoned": {"messages": REASONED, "enable_thinking": False, "add_generation_prompt": True},
    "documents": {"messages": said(("user", "Thinking off. Who won?")), "add_generation_prompt": True, "prefill": "Well,",
                  "controls": {"citations": True, "length": "short"},
                  "documents": [{"title": "A & B", "text": "Anna\nwon.\n", "doc_id": "7"}, {"text": "  Bert lost.  "}]},
    "parts": {"messages": PARTS, "add_generation_prompt": True},
    "wrong order": {"messages": said(("assistant", "first"), ("assistant", "second"))},
    "wrong role": {"messages": said(("user", "q"), ("system", "late"), ("stranger", "who?"))},
    "nothing": {"messages": [], "add_generation_prompt": True},
}


class Refusal(Exception):
    """What a template itself refuses, in its own words."""


def rendered(env, source, variables):
    try:
        return {"text": env.from_string(source).render(**variables)}
    except Refusal as e:
        return {"refusal": str(e)}
    except (jinja2.exceptions.TemplateError, TypeError, ValueError, KeyError, AttributeError) as e:
        return {"error": f"{type(e).__name__}: {e}"}


def main():
    env = environment()

    def refuse(words):
        raise Refusal(words)

    env.globals["raise_exception"] = refuse
    renders = []
    for path in sorted((HERE / "styles").glob("*.jinja")):
        for name, variables in CONVERSATIONS.items():
            renders.append({"template": path.stem, "conversation": name,
                            **rendered(env, path.read_text(), {**SPECIAL, **variables})})
    golden = {"special": SPECIAL, "conversations": CONVERSATIONS, "renders": renders}
    (HERE / "styles_golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
