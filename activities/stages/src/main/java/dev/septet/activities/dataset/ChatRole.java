package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;
import java.util.Locale;
import java.util.Set;

/** The author of a chat message. */
public enum ChatRole {
    SYSTEM,
    USER,
    ASSISTANT;

    /**
     * Roles of other tools. Messages may show these words; any other word may be a row's own text.
     */
    private static final Set<String> OTHERS =
            Set.of("tool", "function", "developer", "human", "gpt", "model", "bot", "ai");

    /** The role's name in datasets and chat templates. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ChatRole of(String word) {
        for (ChatRole role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        throw new RowProblem(PublicText.of(
                "role must be system, user or assistant, got %s",
                OTHERS.contains(word) ? PublicText.of("'%s'", PublicText.field(word)) : PublicText.of("another word")));
    }

    /** The role's name, safe to show outside. */
    public PublicText shown() {
        return PublicText.field(word());
    }
}
