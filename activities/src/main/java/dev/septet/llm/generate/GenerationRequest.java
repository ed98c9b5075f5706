package dev.septet.llm.generate;

import java.util.Optional;

/**
 * A prompt to answer.
 *
 * @param prompt token ids, at least one
 * @param options how to answer it
 * @param adapter name of the adapter to answer with, as {@link AdapterFolders} knows it; empty =
 *     the model as it was opened
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers, compared by nobody
public record GenerationRequest(int[] prompt, GenerationOptions options, Optional<String> adapter) {

    /** A request to the model as it was opened. */
    public static GenerationRequest of(int[] prompt, GenerationOptions options) {
        return new GenerationRequest(prompt, options, Optional.empty());
    }
}
