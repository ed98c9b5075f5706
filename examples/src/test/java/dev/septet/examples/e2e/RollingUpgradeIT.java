package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.examples.upgrade.RollingUpgrade;
import java.lang.module.ModuleDescriptor.Version;
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
        Path earlier = Path.of(Shell.installed(600, "earlier-server").get(0));
        RollingUpgrade.Result result =
                new RollingUpgrade(Workspace.CHECKOUT, folder, RUNS, STEPS, earlier, notes::add).drill();

        assertThat(result.different()).as("bytes; %s", notes).isEmpty();
        assertThat(result.wrongVersion()).as("versions; %s", notes).isEmpty();
        assertThat(result.failedTasks()).as("failed replays; %s", notes).isZero();
        assertThat(result.movedFailures()).as("of the run on the wrong version").isPositive();
        assertThat(result.underWay()).isPositive();
        assertThat(Version.parse(result.servers().get(1)))
                .as("Septet's own server, newer than that of .ci/earlier-server")
                .isGreaterThan(Version.parse(result.servers().get(0)));
        assertThat(result.good()).isTrue();
    }
}
