package dev.septet.workflows;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The seven stages, in their order. */
public enum Stage {
    PREPARE,
    INITIALIZE,
    SETUP,
    TRAIN,
    EVALUATE,
    DEPLOY,
    MONITOR;

    /** The stage's block in the language. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The stage of a word, null when there is none. */
    public static @Nullable Stage of(@Nullable String word) {
        return Arrays.stream(values())
                .filter(stage -> stage.word().equals(word))
                .findFirst()
                .orElse(null);
    }

    /** All words, for people. */
    public static String words() {
        return Arrays.stream(values()).map(Stage::word).collect(Collectors.joining(", "));
    }
}
