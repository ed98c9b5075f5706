/** How the next token is chosen, how a draft is proposed, and when an answer stops. */
@NullMarked
package dev.septet.llm.generate.sampling;

import org.jspecify.annotations.NullMarked;
