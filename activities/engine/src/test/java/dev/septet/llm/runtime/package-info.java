@NullMarked
package dev.septet.llm.runtime;

import org.jspecify.annotations.NullMarked;
