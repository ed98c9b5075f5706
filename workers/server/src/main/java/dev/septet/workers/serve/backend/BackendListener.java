package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.sampling.FinishReason;

/**
 * Hears an answer while it is written: pieces of text, then exactly one of {@link #ended} and
 * {@link #failed}.
 */
public interface BackendListener {
    /** The next piece; all pieces together are the answer. Never empty. */
    void wrote(String piece);

    /**
     * It is complete.
     *
     * @param tokens how many the model wrote, one that ended the answer included
     */
    void ended(FinishReason reason, int tokens);

    /** It cannot be completed. */
    void failed(Throwable problem);
}
