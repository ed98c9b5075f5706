/** What a pipeline file declares for a search: its dimensions, its rungs, its choice and its budget. */
@NullMarked
package dev.septet.dsl.pipeline.search;

import org.jspecify.annotations.NullMarked;
