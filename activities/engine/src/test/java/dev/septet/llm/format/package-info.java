@NullMarked
package dev.septet.llm.format;

import org.jspecify.annotations.NullMarked;
