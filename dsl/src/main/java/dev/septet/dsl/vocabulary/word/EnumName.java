package dev.septet.dsl.vocabulary.word;

import java.util.Locale;

/** The name of an enum constant in a pipeline file. */
public final class EnumName {
    private EnumName() {}

    /**
     * Returns {@code validationLoss} for {@code VALIDATION_LOSS}. Names of formats begin with a letter and a digit and
     * keep their usual form: {@code q4_k_m} for {@code Q4_K_M}.
     */
    public static String of(Enum<?> constant) {
        if (constant.name().matches("[A-Z][0-9]_.*")) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
        var name = new StringBuilder();
        for (String part : constant.name().split("_")) {
            name.append(
                    name.isEmpty()
                            ? part.toLowerCase(Locale.ROOT)
                            : part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
