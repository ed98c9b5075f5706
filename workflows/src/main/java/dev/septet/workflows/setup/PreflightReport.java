package dev.septet.workflows.setup;

import dev.septet.workflows.artifact.Origin;

/**
 * One train step, one evaluation, one save, one resume, one export at the longest row: done before
 * anything long starts.
 *
 * @param secondsPerStep of the training's mean optimizer step
 * @param peakMemoryBytes of the worker's process while it did this
 */
public record PreflightReport(WorkerProbe worker, double secondsPerStep, long peakMemoryBytes, Origin origin) {}
