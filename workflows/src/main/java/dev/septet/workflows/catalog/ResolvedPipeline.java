package dev.septet.workflows.catalog;

import dev.septet.dsl.spec.PipelineSpec;
import dev.septet.workflows.RunRef;

/** A request made definite: from here on the file may change, the run does not. */
public record ResolvedPipeline(RunRef run, PipelineSpec spec) {}
