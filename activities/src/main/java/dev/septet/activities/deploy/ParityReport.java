package dev.septet.activities.deploy;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * The export's {@code parity.json}: each form of the model against the one it was made from, on
 * prompts of the test split.
 *
 * @param prompts how many
 * @param positions tokens compared
 * @param merge base and adapter against the merged model; null when there was no adapter
 * @param adapterEffect base alone against base and adapter: proof that the adapter does something
 * @param f16 merged model against the GGUF in F16, read back
 * @param q8 merged model against the GGUF in Q8_0, read back; null when not quantised
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ParityReport(
        int prompts,
        int positions,
        @Nullable Parity merge,
        @Nullable Parity adapterEffect,
        Parity f16,
        @Nullable Parity q8) {}
