"""Lets a recent llama.cpp read GGUF files: reads one JSON object per line, writes one per line.

{"open": PATH, "context": 512}        -> {"vocabulary": 320}; the file that all later requests use
{"tokens": TEXT, "ends": false}       -> {"ids": [...]}; ends: with the tokens that the file adds around a text
{"logits": [IDS...], "into": PATH}    -> {"rows": n}; writes float32 (n, vocabulary), little-endian
{"answer": [IDS...], "most": 8, "allowed": [IDS...] or null} -> {"ids": [...]}; greedy: always the likeliest token
{"render": [{"role": ..., "content": ...}]} -> {"text": ...}; rendered by the file's chat template

The answer to a request that fails is {"error": TEXT}. The server of the package xllamacpp returns no logits, so this
program uses llama.cpp's C interface. The structures of the C interface differ by version, so the program compares their
first fields with the known defaults of this version. Attention and its cache are computed in float32, because the tests
compare files and not the precision of the computation.

.ci/python-env llama-cpp creates the environment (xllamacpp 2026.10.11549).
"""

import ctypes
import json
import os
import sys
import urllib.request
from ctypes import POINTER, Structure, c_bool, c_char, c_char_p, c_float, c_int8, c_int32, c_uint32, c_void_p

import xllamacpp

library = ctypes.CDLL(xllamacpp.xllamacpp.__file__)
FLOAT32 = 0
HALF = 1
ROOM = 512  # bytes; larger than any of the structures


class ModelParameters(Structure):
    _fields_ = [("all", c_char * ROOM)]


class ContextParameters(Structure):
    _fields_ = [(name, c_uint32) for name in (
        "n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq", "n_outputs_max", "n_outputs_max_per_seq")]
    _fields_ += [(name, c_int32) for name in (
        "n_threads", "n_threads_batch", "ctx_type", "rope_scaling_type", "pooling_type", "attention_type",
        "flash_attn_type")]
    _fields_ += [("frequencies", c_float * 8), ("callback", c_void_p * 2), ("type_k", c_int32), ("type_v", c_int32),
                 ("rest", c_char * ROOM)]


class Batch(Structure):
    _fields_ = [("n_tokens", c_int32), ("token", POINTER(c_int32)), ("embd", POINTER(c_float)),
                ("pos", POINTER(c_int32)), ("n_seq_id", POINTER(c_int32)), ("seq_id", POINTER(POINTER(c_int32))),
                ("logits", POINTER(c_int8))]


def function(name, result, *arguments):
    found = getattr(library, "llama_" + name)
    found.restype = result
    found.argtypes = arguments
    return found


model_defaults = function("model_default_params", ModelParameters)
context_defaults = function("context_default_params", ContextParameters)
load = function("model_load_from_file", c_void_p, c_char_p, ModelParameters)
free_model = function("model_free", None, c_void_p)
new_context = function("init_from_model", c_void_p, c_void_p, ContextParameters)
free_context = function("free", None, c_void_p)
vocabulary_of = function("model_get_vocab", c_void_p, c_void_p)
vocabulary_size = function("vocab_n_tokens", c_int32, c_void_p)
tokenize = function(
    "tokenize", c_int32, c_void_p, c_char_p, c_int32, POINTER(c_int32), c_int32, c_bool, c_bool)
memory_of = function("get_memory", c_void_p, c_void_p)
clear = function("memory_clear", None, c_void_p, c_bool)
decode = function("decode", c_int32, c_void_p, Batch)
logits_at = function("get_logits_ith", POINTER(c_float), c_void_p, c_int32)
Logger = ctypes.CFUNCTYPE(None, c_int32, c_char_p, c_void_p)
WARNING, ERROR = 3, 4
log = Logger(
    lambda level, text, data: sys.stderr.write(text.decode(errors="replace")) if level in (WARNING, ERROR) else None)
function("log_set", None, Logger, c_void_p)(log, None)
function("backend_init", None)()


def context_parameters(context):
    parameters = context_defaults()
    known = dict(n_ctx=512, n_batch=2048, n_ubatch=512, n_seq_max=1, n_outputs_max_per_seq=1, n_threads=4,
                 rope_scaling_type=-1, pooling_type=-1, attention_type=-1, flash_attn_type=-1, type_k=HALF, type_v=HALF)
    found = {name: getattr(parameters, name) for name in known}
    if found != known:
        raise RuntimeError(f"this llama.cpp's context parameters are not laid out as known here: {found}")
    for name in ("n_ctx", "n_batch", "n_ubatch", "n_outputs_max", "n_outputs_max_per_seq"):
        setattr(parameters, name, context)
    parameters.n_threads = parameters.n_threads_batch = 1
    parameters.flash_attn_type = 0  # flash attention computes in 16 bits
    parameters.type_k = parameters.type_v = FLOAT32
    return parameters


class Model:
    def __init__(self, path, context):
        self.path = path
        self.size = context
        self.model = load(os.fsencode(path), model_defaults())
        if not self.model:
            raise RuntimeError(f"llama.cpp does not load {path}")
        self.context = new_context(self.model, context_parameters(context))
        if not self.context:
            raise RuntimeError(f"llama.cpp has no context for {path}")
        self.vocabulary = vocabulary_of(self.model)
        self.tokens = vocabulary_size(self.vocabulary)
        self.server = None

    def close(self):
        free_context(self.context)
        free_model(self.model)

    def ids(self, text, ends):
        raw = text.encode()
        room = (c_int32 * (len(raw) + 8))()
        found = tokenize(self.vocabulary, raw, len(raw), room, len(room), ends, True)
        if found < 0:
            raise RuntimeError(f"llama.cpp wants room for {-found} tokens of {len(raw)} bytes")
        return room[:found]

    def feed(self, ids, start):
        """Scores after each of these tokens, which stand from place start on."""
        if start + len(ids) > self.size:
            raise RuntimeError(f"{start + len(ids)} tokens do not fit into {self.size}")
        n = len(ids)
        zero = c_int32(0)
        batch = Batch(
            n, (c_int32 * n)(*ids), None, (c_int32 * n)(*range(start, start + n)), (c_int32 * n)(*[1] * n),
            (POINTER(c_int32) * n)(*[ctypes.pointer(zero)] * n), (c_int8 * n)(*[1] * n))
        if decode(self.context, batch) != 0:
            raise RuntimeError("llama.cpp cannot compute these tokens")
        return [logits_at(self.context, row) for row in range(n)]

    def restart(self):
        clear(memory_of(self.context), True)

    def logits(self, ids, into):
        self.restart()
        with open(into, "wb") as file:
            for row in self.feed(ids, 0):
                file.write(ctypes.string_at(row, 4 * self.tokens))
        return len(ids)

    def answer(self, ids, most, allowed):
        self.restart()
        choices = range(self.tokens) if allowed is None else allowed
        answer = []
        fed = list(ids)
        while len(answer) < most:
            scores = self.feed(fed, len(ids) + len(answer) - len(fed))[-1][:self.tokens]
            fed = [max(choices, key=scores.__getitem__)]
            answer += fed
        return answer

    def render(self, messages):
        if self.server is None:  # the server supports Jinja, the C interface does not
            parameters = xllamacpp.CommonParams()
            parameters.model.path = self.path
            parameters.n_ctx = 64
            parameters.n_parallel = 1
            parameters.n_gpu_layers = 0
            parameters.warmup = False
            parameters.use_jinja = True
            parameters.cpuparams.n_threads = 1
            self.server = xllamacpp.Server(parameters)
        asked = urllib.request.Request(
            self.server.listening_address + "/apply-template", json.dumps({"messages": messages}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked) as said:
            return json.load(said)["prompt"]


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # llama.cpp's own output must not mix with the answers
    model = None
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "open" in asked:
                if model:
                    model.close()
                model = None
                model = Model(asked["open"], asked["context"])
                said = {"vocabulary": model.tokens}
            elif "tokens" in asked:
                said = {"ids": model.ids(asked["tokens"], asked["ends"])}
            elif "logits" in asked:
                said = {"rows": model.logits(asked["logits"], asked["into"])}
            elif "answer" in asked:
                said = {"ids": model.answer(asked["answer"], asked["most"], asked["allowed"])}
            else:
                said = {"text": model.render(asked["render"])}
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(said) + "\n")
        answers.flush()
    answers.flush()
    os._exit(0)  # otherwise the server of a rendered template would continue


main()
