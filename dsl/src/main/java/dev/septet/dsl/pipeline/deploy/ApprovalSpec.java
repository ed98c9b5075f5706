package dev.septet.dsl.pipeline.deploy;

import static dev.septet.dsl.pipeline.Checks.require;

import java.time.Duration;

/**
 * The people who must approve a model before it is published.
 *
 * @param from their role, such as {@code ml-oncall}
 * @param within how long the run waits; after that the model is not published
 * @param quorum how many different people of the role must approve
 */
public record ApprovalSpec(String from, Duration within, int quorum) {
    public static final Duration DEFAULT_WITHIN = Duration.ofHours(24);
    public static final int DEFAULT_QUORUM = 1;

    public ApprovalSpec {
        require(
                from.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
                "from: is a role's name of letters, digits, '.', '_' and '-', got '%s'",
                from);
        require(within.toMillis() >= 1000, "within: must be at least 1.seconds");
        require(quorum >= 1 && quorum <= 20, "quorum: must be from 1 to 20, got %s", quorum);
    }
}
