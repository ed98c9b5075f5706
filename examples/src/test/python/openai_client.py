"""Asks a server through OpenAI's own client; prints what came back as one JSON object.

Usage: openai_client.py BASE_URL API_KEY MODEL PROMPT
"""

import json
import sys

import openai

base_url, api_key, model, prompt = sys.argv[1:5]
client = openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0, timeout=60)
messages = [{"role": "user", "content": prompt}]
said = {}


def refused(call):
    """What the client makes of an error, by its class, status and code."""
    try:
        call()
    except openai.APIStatusError as error:
        return {
            "class": type(error).__name__,
            "status": error.status_code,
            "code": error.code,
            "param": error.param,
            "message": str(error.message),
        }
    return {"class": "none"}


listed = client.models.list().data
said["models"] = [entry.id for entry in listed]
said["retrieved"] = client.models.retrieve(model).id

whole = client.chat.completions.create(
    model=model, messages=messages, temperature=0, max_tokens=48
)
said["chat"] = {
    "text": whole.choices[0].message.content,
    "role": whole.choices[0].message.role,
    "finish": whole.choices[0].finish_reason,
    "fingerprint": whole.system_fingerprint,
    "id": whole.id,
    "usage": whole.usage.model_dump(
        include={"prompt_tokens", "completion_tokens", "total_tokens"}
    ),
}

pieces, finish, usage = [], None, None
for chunk in client.chat.completions.create(
    model=model,
    messages=messages,
    temperature=0,
    max_tokens=48,
    stream=True,
    stream_options={"include_usage": True},
):
    for choice in chunk.choices:
        pieces.append(choice.delta.content or "")
        finish = choice.finish_reason or finish
    usage = chunk.usage or usage
said["stream"] = {
    "text": "".join(pieces),
    "pieces": len(pieces),
    "finish": finish,
    "completion_tokens": usage.completion_tokens,
}

text = said["chat"]["text"]
stop = text[len(text) // 2 :][:4]
stopped = client.chat.completions.create(
    model=model, messages=messages, temperature=0, max_tokens=48, stop=[stop]
)
said["stopped"] = {
    "stop": stop,
    "text": stopped.choices[0].message.content,
    "finish": stopped.choices[0].finish_reason,
}

short = client.chat.completions.create(
    model=model, messages=messages, temperature=0, max_tokens=2
)
said["short"] = short.choices[0].finish_reason

plain = client.completions.create(
    model=model, prompt="The customer", temperature=0, max_tokens=8
)
said["completion"] = {
    "text": plain.choices[0].text,
    "stream": "".join(
        chunk.choices[0].text
        for chunk in client.completions.create(
            model=model,
            prompt="The customer",
            temperature=0,
            max_tokens=8,
            stream=True,
        )
    ),
}

sampled = [
    client.chat.completions.create(
        model=model, messages=messages, temperature=1, seed=seed, max_tokens=24, n=2
    )
    for seed in (7, 7, 8)
]
said["sampled"] = [[choice.message.content for choice in one.choices] for one in sampled]

said["errors"] = {
    "model": refused(
        lambda: client.chat.completions.create(model="nobody", messages=messages)
    ),
    "empty": refused(lambda: client.chat.completions.create(model=model, messages=[])),
    "tokens": refused(
        lambda: client.chat.completions.create(
            model=model, messages=messages, max_tokens=10**9
        )
    ),
    "key": refused(
        lambda: client.with_options(api_key="a-wrong-key-of-some-length").models.list()
    ),
}

print(json.dumps(said))
