package dev.septet.workers.serve.keys;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a key may be used for. */
public enum KeyScope {
    /** Chat completions and completions. */
    CHAT,
    /** Feedback on answers that the same key was given. */
    FEEDBACK,
    /** The list of models. */
    MODELS;

    /** As key files write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope that a path of the API needs. */
    public static KeyScope of(String path) {
        if (path.startsWith("/v1/models")) {
            return MODELS;
        }
        return path.startsWith("/v1/feedback") ? FEEDBACK : CHAT;
    }

    static Optional<KeyScope> named(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.word().equals(word))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(KeyScope::word).collect(Collectors.joining(", "));
    }
}
