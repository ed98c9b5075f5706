@NullMarked
package dev.septet.llm.probe;

import org.jspecify.annotations.NullMarked;
