@NullMarked
package dev.septet.llm.cuda;

import org.jspecify.annotations.NullMarked;
