@NullMarked
package dev.septet.llm.generate;

import org.jspecify.annotations.NullMarked;
