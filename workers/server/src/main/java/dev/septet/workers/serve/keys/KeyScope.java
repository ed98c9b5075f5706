package dev.septet.workers.serve.keys;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A permission of an API key. */
public enum KeyScope {
    /** Chat completions and completions. */
    CHAT,
    /** Feedback on answers that the same key got. */
    FEEDBACK,
    /** The list of models. */
    MODELS,
    /** The pages of {@code septet ui}. */
    UI_READ,
    /** The buttons of {@code septet ui}: approvals, and training that pauses and resumes. */
    UI_ACT,
    /** The texts of feedback in {@code septet ui}, and the decisions on them. */
    UI_REVIEW;

    /** The scopes of a key whose line names none: all of the model server, and none of {@code septet ui}. */
    public static final Set<KeyScope> MODEL_SERVER = Collections.unmodifiableSet(EnumSet.of(CHAT, FEEDBACK, MODELS));

    /** The scope's name in key files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The scope that a path of the API requires. */
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
