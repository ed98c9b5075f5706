"""Asks the model of this example, executes the tools that it calls, and asks again until it answers.

    python agent.py [--url URL] [--model NAME] [--key KEY] QUESTION...

Prints one line of JSON for each question: the calls with their results, and the answer.
"""

import argparse
import json

from openai import OpenAI

ORDERS = {"printer": "sent", "camera": "packed"}
CLOSED = {("Ashby", "Monday"), ("Elmford", "Sunday"), ("Larkfield", "Sunday")}
MOST_ROUNDS = 4


def find_order(product):
    return {"state": ORDERS.get(product, "unknown")}


def is_open(town, day):
    return {"open": (town, day) not in CLOSED}


FUNCTIONS = {"find_order": (find_order, ["product"]), "is_open": (is_open, ["town", "day"])}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {
                "type": "object",
                "properties": {argument: {"type": "string"} for argument in arguments},
                "required": arguments,
            },
        },
    }
    for name, (_, arguments) in FUNCTIONS.items()
]


def execute(call):
    """The result of a call. What the model writes is not trusted: other functions and arguments are refused."""
    function, expected = FUNCTIONS.get(call.function.name, (None, []))
    try:
        arguments = json.loads(call.function.arguments)
    except ValueError:
        arguments = None
    if function is None or not isinstance(arguments, dict) or sorted(arguments) != sorted(expected):
        return {"error": "there is no such call"}
    return function(**{name: str(value) for name, value in arguments.items()})


def ask(client, model, question):
    messages = [{"role": "user", "content": question}]
    calls = []
    for _ in range(MOST_ROUNDS):
        answer = client.chat.completions.create(
            model=model, messages=messages, tools=TOOLS, temperature=0, max_tokens=64
        )
        message = answer.choices[0].message
        if not message.tool_calls:
            return {"calls": calls, "answer": message.content}
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            result = execute(call)
            calls.append({"name": call.function.name, "arguments": call.function.arguments, "result": result})
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result, separators=(",", ":"))})
    return {"calls": calls, "answer": None}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="http://127.0.0.1:8080/v1")
    parser.add_argument("--model", default="agent")
    parser.add_argument("--key", default="unused")
    parser.add_argument("questions", nargs="+", metavar="QUESTION")
    options = parser.parse_args()
    client = OpenAI(base_url=options.url, api_key=options.key, max_retries=0, timeout=60)
    for question in options.questions:
        print(json.dumps(ask(client, options.model, question)))


if __name__ == "__main__":
    main()
