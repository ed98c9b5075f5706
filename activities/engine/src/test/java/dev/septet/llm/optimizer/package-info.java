@NullMarked
package dev.septet.llm.optimizer;

import org.jspecify.annotations.NullMarked;
