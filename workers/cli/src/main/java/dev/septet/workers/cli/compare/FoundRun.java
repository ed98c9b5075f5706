package dev.septet.workers.cli.compare;

import dev.septet.activities.evaluate.comparison.ComparedRun;

/**
 * A run that was found.
 *
 * @param identity equal for two names of the same run
 */
record FoundRun(ComparedRun run, String identity) {}
