package dev.septet.activities.dataset;

import java.util.Locale;

/** Who speaks in a chat. */
public enum Role {
    SYSTEM,
    USER,
    ASSISTANT;

    /** The role as datasets and chat templates write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Role of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        throw new RowProblem("role must be system, user or assistant, got '" + brief(word) + "'");
    }

    private static String brief(String word) {
        return word.length() <= 24 ? word : word.substring(0, 24) + "...";
    }
}
