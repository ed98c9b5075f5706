package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import dev.septet.dsl.spec.SpecJson;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a newcomer does, with a server and workers that {@code ./septet run} starts and ends. */
class RunIT {
    private static final String SEPTET = Workspace.CHECKOUT.resolve("septet").toString();
    private static final int SECONDS = 300;

    @TempDir private Path root = Path.of("");

    @Test
    void runsReusesPlansAndTalks() throws Exception {
        Workspace workspace = Workspace.in(root, "newcomer", 200, Pipelines.small(10));

        Shell.Said before = septet("plan", workspace.file());
        assertThat(before.status()).as(before.all()).isZero();
        assertThat(before.out())
                .contains("prepare     run      first run of this stage", "Memory   about ");
        assertThat(root.resolve("state/server.json")).doesNotExist();

        Shell.Said first = septet("run", "--port", "0", workspace.file());
        assertThat(first.status()).as(first.all()).isZero();
        assertThat(first.err()).contains("train       done     10 steps");
        assertThat(first.out())
                .contains("exactMatch", "before", "Model    ", "Web UI   http://", "chat ");
        assertThat(path(first, "Report   ")).isRegularFile();
        assertThat(path(first, "Model    ").resolve("model/config.json")).isRegularFile();

        JsonNode plan =
                SpecJson.mapper().readTree(septet("plan", workspace.file(), "--json").out());
        assertThat(plan.get("stages").findValuesAsText("action"))
                .containsExactly("REUSE", "REUSE", "REUSE", "REUSE", "REUSE", "REUSE", "SKIP");
        assertThat(plan.get("trainSeconds").asDouble()).isPositive();

        workspace.write(workspace.text().replace("limit 24", "limit 20"));
        Shell.Said second = septet("run", "--port", "0", workspace.file(), "--json");
        assertThat(second.status()).as(second.all()).isZero();
        assertThat(second.err())
                .contains("train       reused", "unchanged: same ")
                .contains("evaluate    done");
        assertThat(SpecJson.mapper().readTree(second.out()).at("/report/evaluation/origin/why"))
                .hasToString(
                        "\"because `limit` in the words of evaluate changed since run %s\""
                                .formatted(
                                        plan.get("stages")
                                                .get(0)
                                                .get("why")
                                                .asText()
                                                .substring(20)));

        Shell.Said answer =
                septet("chat", "newcomer", "--prompt", "Route the ticket: My laptop is broken.");
        assertThat(answer.status()).as(answer.all()).isZero();
        assertThat(answer.out()).isNotBlank();

        Shell.Said back = septet("rollback", "nobody");
        assertThat(back.status()).isEqualTo(5);
        assertThat(back.err()).contains("published are: newcomer");
    }

    private static Path path(Shell.Said said, String label) {
        String line =
                said.out().lines().filter(text -> text.startsWith(label)).findFirst().orElseThrow();
        return Path.of(line.substring(label.length()).replaceFirst(" \\(.*", ""));
    }

    private Shell.Said septet(Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SEPTET));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path state = Files.createDirectories(root.resolve("state"));
        return Shell.run(
                root, Map.of("SEPTET_STATE", state.toString(), "NO_COLOR", "1"), command, SECONDS);
    }
}
