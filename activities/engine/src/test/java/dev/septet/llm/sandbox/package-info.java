@NullMarked
package dev.septet.llm.sandbox;

import org.jspecify.annotations.NullMarked;
