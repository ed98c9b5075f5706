@NullMarked
package dev.septet.llm.template;

import org.jspecify.annotations.NullMarked;
