package dev.septet.dsl.pipeline.prepare;

/** The format of a dataset's rows. */
public enum DatasetFormat {
    /** Detected from the first rows. */
    AUTO,
    /** {@code {"messages": [{"role", "content"}]}}. */
    CHAT,
    /** {@code {"instruction", "input", "output"}}. */
    ALPACA,
    /** {@code {"prompt", "completion"}}. */
    COMPLETION,
    /** {@code {"text"}}: plain text for unsupervised training. */
    TEXT,
    /** {@code {"prompt", "chosen", "rejected"}}: pairs of answers, for {@code objective dpo}. */
    PREFERENCE
}
