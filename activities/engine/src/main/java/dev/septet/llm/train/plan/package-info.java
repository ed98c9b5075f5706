/** What a training is to do, as a record with a digest. */
@NullMarked
package dev.septet.llm.train.plan;

import org.jspecify.annotations.NullMarked;
