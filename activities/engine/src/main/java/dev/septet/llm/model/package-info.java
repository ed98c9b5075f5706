/** A model's configuration, its weights, and the program that runs on them. */
@NullMarked
package dev.septet.llm.model;

import org.jspecify.annotations.NullMarked;
