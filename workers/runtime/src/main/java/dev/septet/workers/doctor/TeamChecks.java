package dev.septet.workers.doctor;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.quota.Teams;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.ServerRef;
import java.util.List;
import java.util.Map;

/** Checks the teams that the operator declares, and whether the server shares its workers fairly between them. */
record TeamChecks(Connection connection, Map<String, String> environment) {
    List<Finding> look() {
        Teams teams = Teams.of(environment);
        try {
            if (teams.all().isEmpty()) {
                return List.of();
            }
        } catch (StageProblem wrong) {
            return List.of(Finding.fail("teams", String.valueOf(wrong.getMessage()), "correct the operator's file"));
        }
        return switch (new FairnessProbe(connection).ask()) {
            case FAIR -> List.of(Finding.ok("teams", "teams whose work has the same priority take turns"));
            case IN_ORDER ->
                List.of(Finding.warn(
                        "teams",
                        "the server does not share workers fairly: work of one priority starts in the order in which it was queued, so that a team with many runs delays the others",
                        connection.server().kind() == ServerRef.Kind.CONFIGURED
                                ? "the server's operator sets matching.enableFairness to true in its dynamic configuration; in Temporal Cloud, turn fairness on for the namespace"
                                : "update the Temporal CLI, and start `septet dev` again"));
            case UNKNOWN ->
                List.of(Finding.warn(
                        "teams",
                        "it is unknown whether the server shares workers fairly, because a test of its order had no answer",
                        "run `septet doctor` again; it needs the right to start and end workflows"));
        };
    }
}
