"""Asks a server with OpenAI's own client: a tool loop, streamed calls, parsed formats, log-probabilities.

    python openai_tools.py BASE_URL KEY MODEL

Prints what it got, as JSON.
"""

import json
import sys

from openai import BadRequestError, OpenAI

base, key, model = sys.argv[1:4]
client = OpenAI(base_url=base, api_key=key, max_retries=0, timeout=120)
tools = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Tells the weather.",
            "strict": True,
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "maxLength": 8}, "days": {"enum": [1, 2, 3]}},
                "required": ["city", "days"],
                "additionalProperties": False,
            },
        },
    }
]
messages = [{"role": "user", "content": "Rain in Bonn?"}]
common = {"model": model, "temperature": 0, "max_tokens": 120}
said = {}

first = client.chat.completions.create(
    messages=messages, tools=tools, tool_choice="required", parallel_tool_calls=False, **common
)
message = first.choices[0].message
calls = message.tool_calls
said["finish"] = first.choices[0].finish_reason
said["calls"] = [{"name": call.function.name, "arguments": json.loads(call.function.arguments)} for call in calls]
messages.append(message.model_dump(exclude_none=True))
messages += [{"role": "tool", "tool_call_id": call.id, "content": "rain"} for call in calls]
second = client.chat.completions.create(messages=messages, tools=tools, tool_choice="none", **common)
said["answer"] = {"finish": second.choices[0].finish_reason, "text": second.choices[0].message.content}

with client.chat.completions.stream(
    messages=messages[:1], tools=tools, tool_choice="required", parallel_tool_calls=False, **common
) as stream:
    final = stream.get_final_completion().choices[0]
said["streamed"] = [
    {"name": call.function.name, "arguments": json.loads(call.function.arguments)} for call in final.message.tool_calls
]

schema = {
    "type": "object",
    "properties": {"rain": {"type": "boolean"}, "place": {"enum": ["Bonn", "Köln"]}},
    "required": ["rain", "place"],
    "additionalProperties": False,
}
form = {"type": "json_schema", "json_schema": {"name": "weather", "strict": True, "schema": schema}}
formatted = client.chat.completions.create(messages=messages[:1], response_format=form, **common)
said["formatted"] = json.loads(formatted.choices[0].message.content)

logs = client.chat.completions.create(messages=messages[:1], logprobs=True, top_logprobs=2, **common)
content = logs.choices[0].logprobs.content
said["logs"] = {
    "text": b"".join(bytes(token.bytes) for token in content).decode(),
    "answer": logs.choices[0].message.content,
    "tops": sorted({len(token.top_logprobs) for token in content}),
}
try:
    form["json_schema"]["schema"] = {"not": {}}
    client.chat.completions.create(messages=messages[:1], response_format=form, **common)
except BadRequestError as refused:
    said["refused"] = {"param": refused.param, "code": refused.code}
print(json.dumps(said))
