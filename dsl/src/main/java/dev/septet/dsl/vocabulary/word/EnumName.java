package dev.septet.dsl.vocabulary.word;

import java.util.Locale;

/** How a value with a name is written in a pipeline file. */
public final class EnumName {
    private EnumName() {}

    /**
     * {@code VALIDATION_LOSS} as {@code validationLoss}; names of formats, which begin with a
     * letter and a digit, as everyone writes them: {@code Q4_K_M} as {@code q4_k_m}.
     */
    public static String of(Enum<?> constant) {
        if (constant.name().matches("[A-Z][0-9]_.*")) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
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
