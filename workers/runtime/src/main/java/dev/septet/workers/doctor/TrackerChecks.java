package dev.septet.workers.doctor;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.track.TrackerCheck;
import dev.septet.activities.track.server.DeclaredTrackers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks that the trackers of the operator's file answer. */
record TrackerChecks(Map<String, String> environment) {
    private static final String TRACKER = "tracker";

    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        try {
            for (TrackerCheck one : TrackerCheck.of(DeclaredTrackers.of(environment))) {
                String problem = one.problem();
                findings.add(
                        problem == null
                                ? Finding.ok(TRACKER, "'%s' answers".formatted(one.tracker()))
                                : Finding.warn(
                                        TRACKER,
                                        problem,
                                        "correct its section in the operator's file, or start it; until then runs end without it"));
            }
        } catch (StageProblem unreadable) {
            findings.add(Finding.warn(TRACKER, String.valueOf(unreadable.getMessage()), "correct the operator's file"));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return findings;
    }
}
