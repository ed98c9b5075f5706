"""Renders the templates in styles/ and tagged/ with transformers: conversations with tools and reasoning.

    python make_tools.py     # needs transformers; writes tools_golden.json

`apply_chat_template` gets each conversation with its tools. Templates in tagged/ are those of styles/
with generation tags around what the assistant writes: both give the same text, and the tagged one gives
the reference mask of `return_assistant_tokens_mask`. The tokenizer is the fixture with byte-level pieces.
"""
import datetime
import json
import pathlib
import unittest.mock
import warnings

import jinja2
import transformers.tokenization_utils_base as base
import transformers.utils.chat_template_utils as utils
from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
TOKENIZER = HERE.parent / "tokenizer" / "bytelevel"
FAULTS = (jinja2.exceptions.TemplateError, TypeError, ValueError, KeyError, AttributeError, IndexError)
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}


class Day(datetime.datetime):
    """The day that templates see without a clock of their own."""

    @classmethod
    def now(cls, tz=None):
        return cls(2025, 1, 1)


def call(name, arguments, number="abcdefghi"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def result(content, number="abcdefghi", **more):
    return {"role": "tool", "content": content, "tool_call_id": number, **more}


def user(content):
    return {"role": "user", "content": content}


def answer(content, **more):
    return {"role": "assistant", "content": content, **more}


WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.\nToday's or \"tomorrow's\".",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Where, such as \"Köln\" <or> \\Bonn"},
                "days": {"type": "integer", "minimum": 0, "maximum": 14.0, "default": None},
                "units": {"type": "string", "enum": ["c", "f"]},
                "place": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
                "hours": {"type": "array", "items": {"type": "number"}}},
            "required": ["city"]}}}
CLOCK = {
    "type": "function",
    "function": {"name": "clock", "description": "Tells the time.",
                 "parameters": {"type": "object", "properties": {}, "required": []}}}
SYSTEM = {"role": "system", "content": "Use tools."}

CONVERSATIONS = {
    "offered": {"messages": [user("Rain in Köln?")], "tools": [WEATHER], "add_generation_prompt": True},
    "offered with a system": {"messages": [SYSTEM, user("Rain in Köln?"), answer("I cannot say.")], "tools": [CLOCK, WEATHER]},
    "call": {"messages": [
        SYSTEM, user("Rain in Köln?"), answer(None, tool_calls=[call("weather", {"city": "Köln", "days": 2})])],
        "tools": [WEATHER]},
    "call as text": {"messages": [
        user("Rain?"), answer(None, tool_calls=[call("weather", '{"city": "Köln", "days":2}')])], "tools": [WEATHER]},
    "call and result": {"messages": [
        user("Rain?"), answer("", tool_calls=[call("weather", {"city": "O'Fallon", "hours": [1.5, None, True, 1e-7, 3.0]})]),
        result('{"rain": true}', name="weather")], "tools": [WEATHER], "add_generation_prompt": True},
    "whole": {"messages": [
        SYSTEM, user("Rain in Köln?"), answer(None, tool_calls=[call("weather", {"city": "Köln"})]),
        result('{"rain": true}', name="weather"), answer("Yes, <b>take</b> an umbrella & 'boots'.")], "tools": [WEATHER]},
    "parallel": {"messages": [
        user("Time and rain?"),
        answer("Let me look.", tool_calls=[
            call("clock", {}, "000000001"), call("weather", {"city": "日本", "place": {"lat": -1, "lon": 2.25}}, "000000002")]),
        result("12:00", "000000001", name="clock"), result("dry", "000000002", name="weather"), answer("Noon and dry.")],
        "tools": [WEATHER, CLOCK]},
    "turns": {"messages": [
        user("Time?"), answer(None, tool_calls=[call("clock", {}, "000000001")]), result("12:00", "000000001", name="clock"),
        answer("Noon."), user("And now?"), answer(None, tool_calls=[call("clock", {}, "000000002")]),
        result("12:01", "000000002", name="clock"), answer("A minute later.")], "tools": [CLOCK]},
    "calls after calls": {"messages": [
        user("Rain then?"), answer(None, tool_calls=[call("clock", {}, "000000001")]),
        result("12:00", "000000001", name="clock"),
        answer("So:", tool_calls=[call("weather", {"city": "Köln", "days": 1}, "000000002")]),
        result("wet", "000000002", name="weather"), answer("Wet at noon.")], "tools": [CLOCK, WEATHER]},
    "no tools declared": {"messages": [
        user("Time?"), answer(None, tool_calls=[call("clock", {})]), result("12:00", name="clock"), answer("Noon.")]},
    "reasoning": {"messages": [user("2 + 2?"), answer("4", reasoning_content="Small numbers.")]},
    "reasoning of old name": {"messages": [user("2 + 2?"), answer("4", thinking="Small\nnumbers.\n")]},
    "reasoning of third name": {"messages": [user("2 + 2?"), answer("4", reasoning="Small numbers.", thinking="Other.")]},
    "reasoning twice": {"messages": [
        user("2 + 2?"), answer("4", reasoning_content="Small numbers."), user("Sure?"),
        answer("Yes.", reasoning_content="Again.")]},
    "reasoning and call": {"messages": [
        user("Time?"), answer("", reasoning_content="A clock knows.", tool_calls=[call("clock", {})]),
        result("12:00", name="clock"), answer("Noon.", reasoning_content="It is noon.")], "tools": [CLOCK]},
    "reasoning inside": {"messages": [user("2 + 2?"), answer("<think>\nSmall.\n</think>\n\n4")]},
    "named": {"messages": [{"role": "user", "content": "Hi", "name": "anna"}, answer("Hi Anna.", name="bot")]},
    "developer": {"messages": [{"role": "developer", "content": "Be kind."}, user("Hi"), answer("Hi!")]},
    "empty": {"messages": [user(""), answer("")], "tools": [CLOCK]},
}


def tokenizer(template):
    opened = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"))
    opened.chat_template = template
    return opened


def rendered(opened, case):
    try:
        return {"text": text(opened, case)}
    except FAULTS as e:
        if all(message.get("content") is not None for message in case["messages"]):
            return {"error": f"{type(e).__name__}: {e}"}
    # Before its release 5, transformers handed a missing content to the template as none.
    try:
        with unittest.mock.patch.object(base, "_normalize_chat_messages", list):
            return {"text": text(opened, case), "none": True}
    except FAULTS as e:
        return {"error": f"{type(e).__name__}: {e}"}


def text(opened, case):
    return opened.apply_chat_template(
        case["messages"], tools=case.get("tools"), add_generation_prompt=case.get("add_generation_prompt", False),
        tokenize=False, **SPECIAL)


def mask(opened, case):
    found = opened.apply_chat_template(
        case["messages"], tools=case.get("tools"), return_dict=True, return_assistant_tokens_mask=True,
        **SPECIAL)
    return "".join(str(bit) for bit in found["assistant_masks"])


def main():
    warnings.filterwarnings("ignore")
    utils.datetime = Day
    renders = []
    for path in sorted((HERE / "styles").glob("*.jinja")):
        tagged = HERE / "tagged" / path.name
        plain = tokenizer(path.read_text())
        marked = tokenizer(tagged.read_text()) if tagged.exists() else None
        for name, case in CONVERSATIONS.items():
            found = rendered(plain, case)
            if marked is not None:
                assert rendered(marked, case).get("text") == found.get("text"), (path.stem, name)
                if "text" in found and "none" not in found and not case.get("add_generation_prompt"):
                    found["mask"] = mask(marked, case)
            renders.append({"template": path.stem, "conversation": name, **found})
    golden = {"special": SPECIAL, "conversations": CONVERSATIONS, "renders": renders}
    (HERE / "tools_golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
