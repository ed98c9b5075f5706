/** Which training rows and which prompt tokens moved an answer. */
@NullMarked
package dev.septet.llm.explain;

import org.jspecify.annotations.NullMarked;
