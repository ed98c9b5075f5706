package dev.septet.llm.generate.sampling;

/** Why an answer ended. */
public enum FinishReason {
    /** The model wrote a stop token or a stop text. */
    STOP,
    /** It reached the most new tokens, or the end of its context. */
    LENGTH,
    /** The listener wanted no more. */
    CANCELLED
}
