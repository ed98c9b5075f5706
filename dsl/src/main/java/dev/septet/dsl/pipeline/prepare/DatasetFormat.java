package dev.septet.dsl.pipeline.prepare;

import java.util.Set;
import java.util.TreeSet;

/** The format of a dataset's rows. */
public enum DatasetFormat {
    /** Detected from the first rows. */
    AUTO(""),
    /** {@code {"messages": [{"role", "content"}], "tools"}}. */
    CHAT("messages tools"),
    /** {@code {"instruction", "input", "output", "system", "history"}}. */
    ALPACA("instruction input output system history"),
    /** {@code {"prompt", "completion"}}: texts, or lists of messages. */
    COMPLETION("prompt completion tools"),
    /** {@code {"text"}}: plain text for unsupervised training. */
    TEXT("text"),
    /** {@code {"prompt", "chosen", "rejected"}}: pairs of answers, for {@code objective dpo}. */
    PREFERENCE("prompt chosen rejected conversations tools system"),
    /** {@code {"conversations": [{"from", "value"}], "system", "tools"}}. */
    SHAREGPT("conversations system tools"),
    /**
     * {@code {"prompt", "responses"}}: answers in order, the best first, for {@code objective dpo}. Each row becomes
     * one pair: the best and the worst answer.
     */
    RANKED("prompt responses tools"),
    /** {@code {"text", "label"}}: a text, and the label that the model answers. */
    CLASSIFICATION("text label"),
    /**
     * {@code {"prompt", "completion", "label"}}: answers that are good or bad. Only good answers are learned; rows with
     * a bad one are left out.
     */
    KTO("prompt completion label tools");

    private final String fields;

    DatasetFormat(String fields) {
        this.fields = fields;
    }

    /** Names of the fields that are read; of every format for {@code AUTO}. */
    public Set<String> fields() {
        Set<String> all = new TreeSet<>();
        for (DatasetFormat format : values()) {
            if (format != AUTO && (this == AUTO || this == format)) {
                all.addAll(Set.of(format.fields.split(" ")));
            }
        }
        return all;
    }

    /** Whether each row has two answers to compare. */
    public boolean pairs() {
        return this == PREFERENCE || this == RANKED;
    }
}
