package dev.septet.activities.quota;

import dev.septet.workflows.Stage;
import java.util.Set;

/** What a quota limits. */
@SuppressWarnings("ImmutableEnumChecker") // its sets are immutable
public enum UsedKind {
    /** Hours of one slot of a training worker, or of one GPU of a cluster's job. A slot is a card, or a CPU slot without cards. */
    GPU_HOURS("gpuHours", "GPU hours", Set.of(Stage.PREPARE, Stage.INITIALIZE)),
    /** What requests to services cost, in the currency of the operator's prices. */
    MONEY("money", "of money", Set.of()),
    /** Tokens of requests to services, and of their answers. */
    TOKENS("tokens", "tokens", Set.of());

    private final String word;
    private final String noun;
    private final Set<Stage> free;

    UsedKind(String word, String noun, Set<Stage> free) {
        this.word = word;
        this.noun = noun;
        this.free = free;
    }

    /** The name in the operator's file. */
    public String word() {
        return word;
    }

    /** The words after a number. */
    public String noun() {
        return noun;
    }

    /** Whether a stage waits when this is used up. */
    boolean holds(Stage stage) {
        return !free.contains(stage);
    }
}
