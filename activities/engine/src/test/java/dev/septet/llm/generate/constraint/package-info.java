/** Tests of constrained decoding. */
@NullMarked
package dev.septet.llm.generate.constraint;

import org.jspecify.annotations.NullMarked;
