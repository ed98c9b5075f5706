/**
 * GGUF, llama.cpp's file of a model: read as a base model, and written. A stranger's file is
 * hostile until it is checked: nothing is allocated or mapped for what it merely announces.
 */
@NullMarked
package dev.septet.llm.gguf;

import org.jspecify.annotations.NullMarked;
