package dev.septet.dsl.vocabulary;

import java.util.Locale;

/** How a value with a name is written in a pipeline file. */
public final class Noun {
    private Noun() {}

    /** {@code VALIDATION_LOSS} as {@code validationLoss}. */
    public static String of(Enum<?> constant) {
        var noun = new StringBuilder();
        for (String part : constant.name().split("_")) {
            noun.append(
                    noun.isEmpty()
                            ? part.toLowerCase(Locale.ROOT)
                            : part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT));
        }
        return noun.toString();
    }
}
