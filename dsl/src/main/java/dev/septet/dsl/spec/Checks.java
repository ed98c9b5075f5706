package dev.septet.dsl.spec;

import org.jspecify.annotations.Nullable;

/** Guards that the spec records share; a spec that exists is a spec that holds. */
final class Checks {
    private Checks() {}

    static void require(boolean holds, String message, @Nullable Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(arguments));
        }
    }
}
