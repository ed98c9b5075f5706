package dev.septet.examples.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short form of the fuzzing: few inputs of each kind, the same in each build. */
@Tag("long")
class AttacksTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final SeedCorpus CORPUS = new SeedCorpus(HOME);
    private static final long SEED = 20_261_127;

    /** So many that a kind takes about two seconds. */
    private static final Map<String, Integer> INPUTS = Map.ofEntries(
            Map.entry("pipeline", 1000),
            Map.entry("dataset", 150),
            Map.entry("files", 120),
            Map.entry("config", 40),
            Map.entry("template", 100),
            Map.entry("gguf", 100),
            Map.entry("safetensors", 40),
            Map.entry("adapter", 100),
            Map.entry("requests", 30),
            Map.entry("tickets", 200),
            Map.entry("keys", 300));

    @TempDir
    Path folder;

    /** Tokenizers are left to the whole form: some end any process but the sandbox's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pipeline",
                "dataset",
                "files",
                "config",
                "template",
                "gguf",
                "safetensors",
                "adapter",
                "requests",
                "tickets",
                "keys"
            })
    void everyInputIsAcceptedOrRefusedInPlainWords(String kind) throws Exception {
        Path findings = folder.resolve("findings");
        AttackTally tally;
        try (AttackTarget target = AttackTargets.open(kind, CORPUS, folder.resolve("own"))) {
            tally = new Fuzzing(target, SEED, findings, folder.resolve("scratch")).inside(INPUTS.getOrDefault(kind, 0));
        }
        assertThat(reports(findings)).as("findings").isEmpty();
        assertThat(tally.inputs())
                .isEqualTo(INPUTS.getOrDefault(kind, 0).longValue())
                .isPositive();
        assertThat(tally.refused()).as("hostile ones").isPositive();
        assertThat(tally.accepted()).as("some are harmless").isPositive();
    }

    @Test
    void theSameSeedMakesTheSameInputs() throws Exception {
        for (String kind : List.of("pipeline", "tokenizer", "gguf", "adapter", "keys")) {
            try (AttackTarget target = AttackTargets.open(kind, CORPUS, folder.resolve("own"));
                    AttackTarget again = AttackTargets.open(kind, CORPUS, folder.resolve("again"))) {
                for (int index = 0; index < 20; index++) {
                    Input input = new Fuzzing(target, 5, folder, folder).input(index);
                    Input same = new Fuzzing(again, 5, folder, folder).input(index);
                    assertThat(same.name()).isEqualTo(input.name());
                    assertThat(same.bytes()).isEqualTo(input.bytes());
                }
            }
        }
    }

    @Test
    void whatIsThrownAndWhatEndsAProcessIsWrittenDown() throws Exception {
        FuzzProcess process = new FuzzProcess(DeadlyTarget.class.getName(), HOME, 3, folder);
        AttackTally tally = process.run(Duration.ofMinutes(4), 12);
        assertThat(tally.inputs()).isEqualTo(12);
        assertThat(tally.accepted()).isPositive();
        assertThat(tally.refused()).isPositive();
        assertThat(process.entry()).isEqualTo("nothing");
        List<String> reports = reports(folder.resolve("findings"));
        assertThat(reports).hasSize((int) tally.findings());
        assertThat(reports).anyMatch(report -> report.contains("undeclared"));
        assertThat(reports).anyMatch(report -> report.contains("died: it ended with status 134"));
    }

    @Test
    void theTableHasALineForEachKind() {
        assertThat(ResultTable.text(
                        Instant.parse("2026-11-27T21:00:00Z"),
                        7,
                        Duration.ofMinutes(10),
                        List.of(new ResultTable.Line(
                                "keys",
                                "a door",
                                AttackTally.NONE.accepted(1).refused(2500).found(3)))))
                .isEqualTo("""
                    2026-11-27, seed 7, 10 minutes for each kind, a heap of 256 MB.

                    | kind | opened by | inputs | accepted | refused | slowest | findings |
                    | --- | --- | --- | --- | --- | --- | --- |
                    | keys | a door | 3 | 1 | 1 | 2.5 s | 1 |
                    """);
    }

    /** The names in the script's list are those of tests. */
    @Test
    void theScriptNamesTestsThatExist() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String line : Files.readAllLines(HOME.resolve("examples/attacks/tests.txt"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            named++;
            String[] words = line.split(" ");
            assertThat(words[0]).as(line).isIn("unit", "whole");
            assertThat(words[1].endsWith("IT")).as(line).isEqualTo(words[0].equals("whole"));
            if (!isTest(words[1])) {
                missing.add(words[1]);
            }
        }
        assertThat(named).isGreaterThan(30);
        assertThat(missing).isEmpty();
    }

    private static boolean isTest(String name) throws IOException {
        for (String module : List.of(
                "dsl",
                "workflows",
                "activities/engine",
                "activities/stages",
                "workers/runtime",
                "workers/server",
                "workers/cli",
                "examples")) {
            try (Stream<Path> files = Files.walk(HOME.resolve(module).resolve("src/test/java"))) {
                if (files.anyMatch(file -> file.endsWith(name + ".java"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<String> reports(Path findings) throws IOException {
        List<String> reports = new ArrayList<>();
        if (Files.exists(findings)) {
            try (Stream<Path> files = Files.list(findings)) {
                for (Path file : files.sorted().toList()) {
                    if (file.toString().endsWith(".finding")) {
                        reports.add(file.getFileName() + ": " + Files.readString(file));
                    }
                }
            }
        }
        return reports;
    }
}
