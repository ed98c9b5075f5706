/**
 * Model files: safetensors, Hugging Face folders, PEFT adapters and merging. Every reader treats
 * its input as untrusted: sizes and offsets are checked before anything is allocated or mapped, and
 * nothing in a file is ever executed.
 */
@NullMarked
package dev.septet.llm.format;

import org.jspecify.annotations.NullMarked;
