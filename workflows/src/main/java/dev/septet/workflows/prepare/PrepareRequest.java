package dev.septet.workflows.prepare;

import dev.septet.dsl.spec.InitializeSpec;
import dev.septet.dsl.spec.PrepareSpec;
import dev.septet.workflows.RunRef;

/**
 * Input of stage 1.
 *
 * @param model the base model, whose tokenizer and chat template the rows go through
 */
public record PrepareRequest(RunRef run, PrepareSpec spec, InitializeSpec model) {}
