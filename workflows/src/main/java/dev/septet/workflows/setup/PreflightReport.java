package dev.septet.workflows.setup;

import dev.septet.workflows.artifact.Origin;

/**
 * The result of the preflight: one training step, evaluation, save, resume and export with the longest row, before any
 * long work starts.
 *
 * @param secondsPerStep time of the training's mean optimizer step
 * @param peakMemoryBytes peak memory of the worker's process during the preflight
 */
public record PreflightReport(WorkerProbe worker, double secondsPerStep, long peakMemoryBytes, Origin origin) {}
