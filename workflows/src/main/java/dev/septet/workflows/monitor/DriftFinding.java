package dev.septet.workflows.monitor;

import dev.septet.dsl.spec.DriftSpec;

/** One detector's score on one window, and whether it is above its bound. */
public record DriftFinding(DriftSpec drift, double score, boolean drifted) {}
