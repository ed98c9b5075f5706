package dev.septet.dsl.pipeline.prepare;

/** Shapes of a dataset's rows; see the pages of chat, alpaca and completion data. */
public enum DatasetFormat {
    /** Look at the first rows and decide. */
    AUTO,
    /** {@code {"messages": [{"role", "content"}]}}. */
    CHAT,
    /** {@code {"instruction", "input", "output"}}. */
    ALPACA,
    /** {@code {"prompt", "completion"}}. */
    COMPLETION,
    /** {@code {"text"}}: unsupervised. */
    TEXT,
    /** {@code {"prompt", "chosen", "rejected"}}: pairs of answers, for {@code objective dpo}. */
    PREFERENCE
}
