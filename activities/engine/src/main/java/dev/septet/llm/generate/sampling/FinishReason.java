package dev.septet.llm.generate.sampling;

/** Why an answer ended. */
public enum FinishReason {
    /** The model wrote a stop token or a stop text. */
    STOP,
    /** The answer reached the maximum number of new tokens, or the end of the model's context. */
    LENGTH,
    /** The listener or the caller cancelled the answer. */
    CANCELLED
}
