package dev.septet.llm.generate;

import java.util.Optional;

/**
 * A prompt to answer.
 *
 * @param prompt token ids, at least one
 * @param options how to answer it
 * @param adapter name of the adapter in {@link AdapterFolders}; empty for the model as it was
 *     opened
 * @param tenant who sends the request. Prefixes computed for one tenant are not reused for another,
 *     so response times reveal nothing about other tenants' prompts
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers; records are never compared
public record GenerationRequest(int[] prompt, GenerationOptions options, Optional<String> adapter, String tenant) {
    /** A request to an engine with a single tenant. */
    public GenerationRequest(int[] prompt, GenerationOptions options, Optional<String> adapter) {
        this(prompt, options, adapter, "");
    }

    /** A request to the model as it was opened, without another adapter. */
    public static GenerationRequest of(int[] prompt, GenerationOptions options) {
        return new GenerationRequest(prompt, options, Optional.empty());
    }
}
