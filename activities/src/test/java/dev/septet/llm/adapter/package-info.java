@NullMarked
package dev.septet.llm.adapter;

import org.jspecify.annotations.NullMarked;
