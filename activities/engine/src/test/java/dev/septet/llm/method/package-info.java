@NullMarked
package dev.septet.llm.method;

import org.jspecify.annotations.NullMarked;
