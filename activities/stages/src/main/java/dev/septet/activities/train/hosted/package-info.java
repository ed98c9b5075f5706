/** Training at services with OpenAI's fine-tuning API. */
@NullMarked
package dev.septet.activities.train.hosted;

import org.jspecify.annotations.NullMarked;
