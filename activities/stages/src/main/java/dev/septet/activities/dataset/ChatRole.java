package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;
import java.util.Locale;
import java.util.Set;

/** The author of a chat message. */
public enum ChatRole {
    SYSTEM,
    /** Instructions of the application; some models have this role instead of system. */
    DEVELOPER,
    USER,
    ASSISTANT,
    /** The result of a tool call. */
    TOOL;

    /**
     * Roles of other tools. Messages may show these words; any other word may be a row's own text.
     */
    private static final Set<String> OTHERS = Set.of("human", "gpt", "model", "bot", "ai", "observation", "ipython");

    /** The role's name in datasets and chat templates. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the message is an instruction before the conversation. */
    boolean instructs() {
        return this == SYSTEM || this == DEVELOPER;
    }

    /** The role with this name; {@code function} is the older name of {@code tool}. */
    public static ChatRole of(String word) {
        for (ChatRole role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        if (word.equals("function")) {
            return TOOL;
        }
        throw new RowProblem(PublicText.of(
                "role must be system, developer, user, assistant or tool, got %s",
                OTHERS.contains(word) ? PublicText.of("'%s'", PublicText.field(word)) : PublicText.of("another word")));
    }

    /** The role's name, safe to show outside. */
    public PublicText shown() {
        return PublicText.field(word());
    }
}
