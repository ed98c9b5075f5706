package dev.septet.workers.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.quota.UsageRecords;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuotaCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void showsUseAndLimits() throws IOException {
        Captured septet = new Captured(folder);
        assertThat(septet.run("quota")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("there is no store in");
        use(septet, "ads", "banner", 0);
        assertThat(septet.run("quota", "search")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("there is no team 'search'; there is ads");

        Path file = folder.resolve("operator.yaml");
        Files.writeString(file, "teams: {search: {pipelines: ['*'], quotas: [{gpuHours: 40, per: day}]}}\n");
        septet.with("SEPTET_TRAINERS", file.toString());
        use(septet, "search", "ranking", Duration.ofMinutes(90).toMillis());

        assertThat(septet.run("quota")).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("search", "gpuHours", "40", "day");
        assertThat(septet.run("quota", "search", "--json")).isEqualTo(ExitCode.OK);
        JsonNode line = SpecJson.mapper().readTree(septet.out()).path(0);
        assertThat(line.path("limit").asDouble()).isEqualTo(40);
        assertThat(line.path("kind").asText()).isEqualTo("gpuHours");
        assertThat(line.path("pipelines").has("ranking")).isTrue();
    }

    @Test
    void namesTheMistakeOfTheOperatorsFile() throws IOException {
        Captured septet = new Captured(folder);
        use(septet, "ads", "banner", 0);
        Path file = folder.resolve("operator.yaml");
        Files.writeString(file, "teams: {search: {pipelines: ['*'], quotas: [{gpuHours: 40}]}}\n");

        assertThat(septet.with("SEPTET_TRAINERS", file.toString()).run("quota")).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("operator.yaml", "per: expected day or week or month");
    }

    private static void use(Captured septet, String team, String pipeline, long millis) throws IOException {
        long[] now = {System.currentTimeMillis() - millis};
        RunRef run = new RunRef(pipeline, "run-1", "/srv", "0dd").withTeam(team);
        TeamUse use = new TeamUse(new UsageRecords(septet.session().store()), run, "Train", pipeline, () -> now[0]);
        use.begin();
        now[0] += millis;
        use.end();
    }
}
