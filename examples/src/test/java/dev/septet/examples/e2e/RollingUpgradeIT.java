package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.examples.upgrade.RollingUpgrade;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drill of {@code examples/upgrade} with few runs. */
@Tag("nightly")
class RollingUpgradeIT {
    private static final int RUNS = 3;
    private static final int STEPS = 30;

    @TempDir
    Path folder;

    @Test
    void runsEndOnTheirVersionWithTheSameBytesAndMonitorsMove() throws Exception {
        List<String> notes = new CopyOnWriteArrayList<>();
        RollingUpgrade.Result result = new RollingUpgrade(Workspace.CHECKOUT, folder, RUNS, STEPS, notes::add).drill();

        assertThat(result.different()).as("bytes; %s", notes).isEmpty();
        assertThat(result.wrongVersion()).as("versions; %s", notes).isEmpty();
        assertThat(result.failedTasks()).as("failed replays; %s", notes).isZero();
        assertThat(result.movedFailures()).as("of the run on the wrong version").isPositive();
        assertThat(result.underWay()).isPositive();
        assertThat(result.good()).isTrue();
    }
}
