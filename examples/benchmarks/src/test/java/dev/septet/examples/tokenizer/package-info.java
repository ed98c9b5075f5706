@NullMarked
package dev.septet.examples.tokenizer;

import org.jspecify.annotations.NullMarked;
