package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer does, with a server and workers that {@code ./septet run} starts and ends. */
@Tag("nightly")
class RunIT {
    private static final String SEPTET = Workspace.CHECKOUT.resolve("septet").toString();
    private static final int SECONDS = 300;
    private static final int ROWS = 200;

    @TempDir
    private Path root = Path.of("");

    private final Map<String, String> environment = new HashMap<>(Map.of("NO_COLOR", "1"));

    @Test
    void runsReusesPlansAndTalks() throws Exception {
        try (Bell bell = new Bell(root.resolve("commands"))) {
            environment.putAll(bell.environment());
            runsReusesPlansAndTalks(bell);
        }
    }

    private void runsReusesPlansAndTalks(Bell bell) throws Exception {
        Workspace workspace = Workspace.in(root, "newcomer", ROWS, expressed(Pipelines.small(10), bell));
        readsElsewhere(workspace);

        Shell.Said before = septet("plan", workspace.file());
        assertThat(before.status()).as(before.all()).isZero();
        assertThat(before.out())
                .contains("prepare     run      first run of this stage", "Memory   about ", " more during a save");
        assertThat(root.resolve("state/server.json")).doesNotExist();

        Shell.Said first = septet("run", "--port", "0", workspace.file());
        assertThat(first.status()).as(first.all()).isZero();
        assertThat(first.err()).contains("train       done     10 steps");
        assertThat(first.out()).contains("exactMatch", "before", "Model    ", "septet dev shows this run", "chat ");
        assertThat(first.err()).contains("Web UI while this command runs: http://");
        assertThat(first.out()).as("no page of a server that has ended").doesNotContain("http://");
        assertThat(Files.readString(path(first, "Report   "))).contains("urgency", "relabelled");
        assertThat(path(first, "Model    ").resolve("model/config.json")).isRegularFile();

        JsonNode plan = SpecJson.mapper()
                .readTree(septet("plan", workspace.file(), "--json").out());
        assertThat(plan.get("stages").findValuesAsText("action"))
                .containsExactly("REUSE", "REUSE", "REUSE", "REUSE", "REUSE", "REUSE", "SKIP");
        assertThat(plan.get("snapshotBytes").asLong())
                .isPositive()
                .isLessThan(plan.get("memoryBytes").asLong());
        assertThat(plan.get("trainSeconds").asDouble()).isPositive();

        workspace.write(workspace.text().replace("limit 24", "limit 20"));
        Shell.Said second = septet("run", "--port", "0", workspace.file(), "--json");
        assertThat(second.status()).as(second.all()).isZero();
        assertThat(second.err())
                .contains("train       reused", "unchanged: same ")
                .contains("evaluate    done");
        JsonNode told = SpecJson.mapper().readTree(second.out());
        assertThat(told.get("remarks")).as("none in this file").isEmpty();
        JsonNode made = told.get("report");
        filtered(workspace, made.get("dataset"));
        assertThat(made.at("/evaluation/scores")).anySatisfy(score -> {
            assertThat(score.get("metric").asText()).isEqualTo("relabelled");
            assertThat(score.get("after").asDouble()).isEqualTo(1.0);
        });
        told(bell, made.at("/run/runId").asText());
        assertThat(made.at("/evaluation/origin/why"))
                .hasToString("\"because `limit` in the words of evaluate changed since run %s\""
                        .formatted(plan.get("stages").get(0).get("why").asText().substring(20)));

        Shell.Said answer = septet("chat", "newcomer", "--prompt", "Route the ticket: My laptop is broken.");
        assertThat(answer.status()).as(answer.all()).isZero();
        assertThat(answer.out()).isNotBlank();

        forTheOwnerAlone(root.resolve("state"));
        nothingLeft(root.resolve("state/store"));
        forTheOwnerAlone(path(first, "Model    ").resolve("../versions").normalize());

        Shell.Said back = septet("rollback", "nobody");
        assertThat(back.status()).isEqualTo(5);
        assertThat(back.err()).contains("published are: newcomer");
    }

    /** The base model moves out of the pipeline's folder: from here on it is read where it is. */
    private void readsElsewhere(Workspace workspace) throws Exception {
        Path shared = Files.createDirectories(root.resolve("shared"));
        Files.move(workspace.folder().resolve("base-model"), shared.resolve("base-model"));
        workspace.write(workspace.text().replace("model 'base-model'", "model '../shared/base-model'"));

        Shell.Said lint = septet("lint", workspace.file());
        assertThat(lint.status()).as(lint.all()).isZero();
        assertThat(lint.out()).contains("remark: '../shared/base-model' is outside", "--data", "SEPTET_DATA");
        Shell.Said refused = septet("run", "--port", "0", workspace.file());
        assertThat(refused.status()).as(refused.all()).isEqualTo(3);
        assertThat(refused.err()).contains("nothing was started", "'../shared/base-model' is outside");
        assertThat(root.resolve("state/server.json")).doesNotExist();
        Shell.Said allowed = septet("lint", "--data", shared, workspace.file());
        assertThat(allowed.all()).contains("no problems").doesNotContain("remark");
        environment.put("SEPTET_DATA", shared.toString());
    }

    /** The same with expressions of each kind, and two ways to tell people. */
    private static String expressed(String pipeline, Bell bell) {
        return pipeline.replace("method lora {", "method qlora {")
                .replace("pipeline('NAME') {\n", """
                    pipeline('NAME') {
                        notify command('ring'), on: [finished]
                        notify webhook('%s', key: secret('HOOK_KEY')), on: [finished, failed]
                    """.formatted(bell.url()))
                .replace("format: chat\n", """
                    format: chat
                            filter { !row.prompt.contains('laptop') }
                            map answer: { row.answer.replace('"priority"', '"urgency"') }
                    """)
                .replace("metric exactMatch\n", """
                    metric exactMatch
                            score('relabelled', above: 0.99) {
                                row.expected.contains('"urgency"') && !row.expected.contains('priority') ? 1 : 0
                            }
                    """);
    }

    /** All rows are there but those that the filter's words leave out. */
    private static void filtered(Workspace workspace, JsonNode dataset) throws IOException {
        long kept = 0;
        for (String row : Files.readAllLines(workspace.folder().resolve("data/tickets.jsonl"))) {
            String asked = "";
            for (JsonNode message : SpecJson.mapper().readTree(row).get("messages")) {
                if (message.get("role").asText().equals("user")) {
                    asked = message.get("content").asText();
                }
            }
            kept += asked.contains("laptop") ? 0 : 1;
        }
        assertThat(kept).isBetween(1L, ROWS - 1L);
        assertThat(dataset.get("trainRows").asLong()
                        + dataset.get("validationRows").asLong()
                        + dataset.get("testRows").asLong())
                .isEqualTo(kept);
    }

    /** Both runs told both; the web address got what the program got, signed. */
    private static void told(Bell bell, String runId) throws IOException {
        List<JsonNode> rung = bell.rung();
        assertThat(rung).hasSize(2).allSatisfy(notice -> {
            assertThat(notice.get("event").asText()).isEqualTo("finished");
            assertThat(notice.get("pipeline").asText()).isEqualTo("newcomer");
        });
        assertThat(rung.get(1).get("runId").asText()).isEqualTo(runId);
        assertThat(bell.posted()).isEqualTo(rung);
        assertThat(bell.signatures()).hasSize(2).allMatch(text -> text.startsWith("sha256="));
    }

    /** Two runs of seven stages each have ended, and so have their processes. */
    private static void nothingLeft(Path store) throws IOException {
        try (Stream<Path> fences = Files.list(store.resolve("fences"))) {
            assertThat(fences.filter(file -> !file.endsWith(".locks"))).isEmpty();
        }
        LocalStore after = new LocalStore(store);
        after.removeLeftovers();
        assertThat(store.resolve("scratch")).isEmptyDirectory();
    }

    /** Under the usual umask: databases, logs, reports, artifacts and published models. */
    private static void forTheOwnerAlone(Path folder) throws IOException {
        assertThat(folder).isNotEmptyDirectory();
        assertThat(FileModes.openToOthers(folder, 100_000))
                .as(folder.toString())
                .isEmpty();
    }

    private static Path path(Shell.Said said, String label) {
        String line = said.out()
                .lines()
                .filter(text -> text.startsWith(label))
                .findFirst()
                .orElseThrow();
        return Path.of(line.substring(label.length()).replaceFirst(" \\(.*", ""));
    }

    private Shell.Said septet(Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(SEPTET));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path state = root.resolve("state"); // the command makes it
        environment.put("SEPTET_STATE", state.toString());
        return Shell.run(root, environment, command, SECONDS);
    }
}
