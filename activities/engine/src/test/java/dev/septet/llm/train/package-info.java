@NullMarked
package dev.septet.llm.train;

import org.jspecify.annotations.NullMarked;
