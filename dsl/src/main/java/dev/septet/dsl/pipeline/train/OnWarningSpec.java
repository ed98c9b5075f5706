package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a training does after a warning about it. A kind of warning without an entry is only reported.
 *
 * @param reactions by kind of warning, in the order of {@link Kind}; never {@link Reaction#REPORT}, never empty
 */
public record OnWarningSpec(Map<Kind, Reaction> reactions) {
    public OnWarningSpec {
        require(!reactions.isEmpty(), "onWarning needs a reaction");
        reactions.forEach((kind, reaction) -> require(
                reaction != Reaction.REPORT && (reaction == Reaction.STOP || kind.helpedByLowerRate()),
                "onWarning %s: has no reaction %s",
                kind,
                reaction));
        reactions = Collections.unmodifiableMap(new EnumMap<>(reactions));
    }

    /**
     * The reactions of a file.
     *
     * @param every the reaction to the kinds that have no own one; null = they are reported. A kind that a lower
     *     learning rate does not help with is reported instead
     * @param own reactions to single kinds
     * @return empty when every warning is only reported
     */
    public static Optional<OnWarningSpec> of(@Nullable Reaction every, Map<Kind, Reaction> own) {
        Map<Kind, Reaction> reactions = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            boolean useless = every == Reaction.LOWER_RATE && !kind.helpedByLowerRate();
            Reaction reaction = own.getOrDefault(kind, every == null || useless ? Reaction.REPORT : every);
            if (reaction != Reaction.REPORT) {
                reactions.put(kind, reaction);
            }
        }
        return reactions.isEmpty() ? Optional.empty() : Optional.of(new OnWarningSpec(reactions));
    }

    /** The reaction to a kind of warning. */
    public Reaction to(Kind kind) {
        return reactions.getOrDefault(kind, Reaction.REPORT);
    }

    /** Whether a warning may end the training. */
    public boolean stops() {
        return reactions.containsValue(Reaction.STOP);
    }

    /** Kinds of warnings about a training. */
    public enum Kind {
        /** The validation loss rises while the training loss falls. */
        OVERFITTING("overfitting"),
        /** The loss of a step is far above the losses before it. */
        SPIKE("loss spike"),
        /** The loss rises and stays up, or is no finite number. */
        DIVERGENCE("divergence"),
        /** The gradient of a step is nearly all noise. */
        NOISE("noisy gradients"),
        /** The loss does not fall any more. */
        PLATEAU("plateau"),
        /** Adapters do not move, because their layers get no gradient. */
        DEAD_ADAPTERS("dead adapters"),
        /** The loss depends on the order of the rows. */
        DATA_ORDER("data order");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind for people, such as {@code loss spike}. */
        public String words() {
            return words;
        }

        /** Whether a lower learning rate can remove the cause. */
        public boolean helpedByLowerRate() {
            return this != DEAD_ADAPTERS && this != DATA_ORDER;
        }
    }

    /** Reactions to a warning. */
    public enum Reaction {
        /** Reports the warning only. */
        REPORT,
        /** Halves the learning rate from the next step on. */
        LOWER_RATE,
        /** Ends the training and keeps the model with the best validation loss. */
        STOP
    }
}
