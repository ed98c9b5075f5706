package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.deployment.DeploymentState;
import dev.septet.workers.deployment.VersionState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the doctor finds about versions of workers. */
class VersionChecksTest {
    @Test
    void namesAVersionWhoseWorkersAreGoneWithTheRunsThatNeedIt() {
        List<Finding> found =
                look(version("2", "current", 1, 0L), version("1", "draining", 0, 7L, "desk", "support-bot"));

        assertThat(found)
                .containsExactly(Finding.fail(
                        "versions",
                        "7 runs wait for workers of version septet:1 (desk, support-bot, ...), but none of its workers polls"
                                + " septet and septet-gpu.",
                        "Start workers of that version with `septet worker --build-id 1`, or move the run to another version"
                                + " with `septet workers move desk --to BUILD`."));
    }

    @Test
    void aDrainedVersionNeedsNoWorkers() {
        assertThat(look(version("2", "current", 1, 0L), version("1", "drained", 0, 0L)))
                .containsExactly(Finding.ok("versions", "deployment septet: 2 is current"));
        assertThat(look(version("2", "current", 1, null), version("1", "draining", 0, null)))
                .as("a server without a list")
                .extracting(Finding::level)
                .containsOnly(Finding.Level.OK);
    }

    @Test
    void newRunsNeedACurrentVersionWithWorkers() {
        assertThat(look(version("1", "inactive", 1, 0L)))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.found())
                                .isEqualTo(
                                        "workers of deployment septet poll, but none of its versions is current, so new runs wait"));
        assertThat(VersionChecks.of(new DeploymentState("septet", List.of(version("1", "inactive", 1, 0L))), true))
                .as("workers without a version take them")
                .extracting(Finding::level)
                .containsOnly(Finding.Level.OK);
        assertThat(look(version("2", "current", 0, 0L)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.found())
                        .isEqualTo(
                                "version septet:2 is current, but none of its workers polls septet and septet-gpu, so new"
                                        + " runs wait"));
    }

    private static List<Finding> look(VersionState... versions) {
        return VersionChecks.of(new DeploymentState("septet", List.of(versions)), false);
    }

    private static VersionState version(
            String build, String state, int workers, @Nullable Long pinned, String... runs) {
        return new VersionState(
                "septet", build, state, null, Map.of("septet", workers, "septet-gpu", workers), pinned, List.of(runs));
    }
}
