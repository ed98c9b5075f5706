package dev.septet.dsl.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that the spec records share. A spec object that exists is valid. */
public final class Checks {
    private Checks() {}

    /** The list, or an empty list when JSON omits it. */
    public static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    public static void require(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(arguments));
        }
    }
}
