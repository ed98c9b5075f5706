package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.local.RealServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On real servers with and without fairness. */
@Tag("long")
class TeamChecksTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void saysWhetherTeamsTakeTurns() throws IOException {
        try (RealServer server = RealServer.start(folder)) {
            assertThat(look(server, "teams: {a: {pipelines: ['*']}}"))
                    .containsExactly(Finding.ok("teams", "teams whose work has the same priority take turns"));
            assertThat(look(server, "endpoints: {}")).isEmpty();
            assertThat(look(server, "teams: {a: {}}").get(0).found()).contains("pipelines: expected");
        }
    }

    @Test
    void warnsOfAServerThatDoesNotShareFairly() throws IOException {
        try (RealServer server = RealServer.unfair(folder)) {
            Finding finding = look(server, "teams: {a: {pipelines: ['*']}}").get(0);

            assertThat(finding.level()).isEqualTo(Finding.Level.WARN);
            assertThat(finding.found()).contains("does not share workers fairly");
        }
    }

    private List<Finding> look(RealServer server, String teams) throws IOException {
        Path file = folder.resolve("operator.yaml");
        Files.writeString(file, teams + "\n");
        return new TeamChecks(server.connection(), Map.of("SEPTET_TRAINERS", file.toString())).look();
    }
}
