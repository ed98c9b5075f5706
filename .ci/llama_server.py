"""Serves a GGUF file with llama.cpp's own HTTP server: python llama_server.py FILE NAME

The model answers under NAME; without one, llama.cpp answers with the path of the file as the model's name.
Prints the server's address on one line, and ends when its standard input ends. .ci/python-env llama-cpp creates the
environment. One slot and one thread: equal requests then give equal answers.
"""

import os
import sys

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.model_alias = {sys.argv[2]}
parameters.n_ctx = 512
parameters.n_parallel = 1
parameters.n_gpu_layers = 0
parameters.warmup = False
parameters.use_jinja = True
parameters.cpuparams.n_threads = 1
output = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # llama.cpp's own output must not mix with the address
server = xllamacpp.Server(parameters)
output.write(server.listening_address + "\n")
output.flush()
sys.stdin.read()
os._exit(0)
