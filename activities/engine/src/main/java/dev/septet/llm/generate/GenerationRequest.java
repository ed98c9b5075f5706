package dev.septet.llm.generate;

import java.util.Optional;

/**
 * A prompt to answer.
 *
 * @param prompt token ids, at least one
 * @param options how to answer it
 * @param adapter name of the adapter to answer with, as {@link AdapterFolders} knows it; empty =
 *     the model as it was opened
 * @param tenant who asks: what was computed for one tenant is not used for another, so that nobody
 *     can tell by an answer's time what others have asked
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers, compared by nobody
public record GenerationRequest(int[] prompt, GenerationOptions options, Optional<String> adapter, String tenant) {
    /** A request of whoever uses the engine alone. */
    public GenerationRequest(int[] prompt, GenerationOptions options, Optional<String> adapter) {
        this(prompt, options, adapter, "");
    }

    /** A request to the model as it was opened. */
    public static GenerationRequest of(int[] prompt, GenerationOptions options) {
        return new GenerationRequest(prompt, options, Optional.empty());
    }
}
