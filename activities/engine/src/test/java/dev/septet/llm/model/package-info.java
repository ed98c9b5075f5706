@NullMarked
package dev.septet.llm.model;

import org.jspecify.annotations.NullMarked;
