package dev.septet.dsl.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Guards that the spec records share; a spec that exists is a spec that holds. */
public final class Checks {
    private Checks() {}

    /** A list that JSON may leave out. */
    public static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    public static void require(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(arguments));
        }
    }
}
