package dev.septet.workers.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a small store, without a server and workers. */
@Tag("long")
class ExplainCommandTest {
    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);
    private ExplainedStore explained = new ExplainedStore(new LocalStore(home));

    @BeforeEach
    void run() throws IOException {
        septet = new Captured(home);
        explained = new ExplainedStore(new LocalStore(home.resolve("state/store")));
        explained.run("tickets", "run-1", home);
    }

    @Test
    void explainsARowOfTheReportAndAPrompt() throws IOException {
        Map<String, Long> before = files();
        JsonNode row = json("tickets", "--row", 1, "--top", 3);

        assertThat(row.at("/run").asText()).isEqualTo("run-1");
        assertThat(row.at("/question/source").asText()).isEqualTo("rows.jsonl:9");
        assertThat(row.at("/question/answerFrom").asText()).isEqualTo("the report");
        assertThat(row.at("/question/answer").asText()).isEqualTo("{\"team\":\"stars\"}");
        assertThat(row.at("/trainingRows").asInt()).isEqualTo(7);
        JsonNode first = row.at("/supporting/0");
        assertThat(first.path("source").asText()).isEqualTo("rows.jsonl:6");
        assertThat(first.path("row").asInt()).isEqualTo(6);
        assertThat(first.path("copies").asInt()).as("copies are one row").isEqualTo(2);
        assertThat(first.at("/origins/0/place/line").asInt()).isEqualTo(6);
        assertThat(first.path("similarity").asDouble()).isBetween(0.3, 1.0);
        assertThat(row.at("/words").findValuesAsText("text"))
                .containsExactly("Route", ":", "a", "telescope", "of", "mine", "is", "broken");
        assertThat(json("tickets", "--row", 1, "--top", 3))
                .as("every number is repeated")
                .isEqualTo(row);
        assertThat(json("run-1", "--row", 1, "--reference").at("/supporting/0/similarity"))
                .as("the run's id names the same model, and the reference is the same answer")
                .isEqualTo(first.path("similarity"));

        assertThat(septet.run("explain", "tickets", "--prompt", "Route: my telescope is loud"))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Prompt   Route: my telescope is loud")
                .contains("from the model, log p")
                .contains("rows.jsonl:6")
                .contains("Words of the prompt that mattered");
        assertThat(septet.run("explain", "tickets", "--prompt", "Route: my telescope is loud", "--answer", "stars"))
                .isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("from the user");
        assertThat(files()).as("it writes nothing").isEqualTo(before);
    }

    /** The training is repeated from its file, and compared with its ledger. */
    @Test
    void comparesGradientsAtSeveralStepsOfTheRepeatedTraining() throws IOException {
        Path file = ExplainedStore.file(home);
        JsonNode row = json(file, "--row", 1, "--checkpoints", 3);

        assertThat(row.path("states").findValuesAsText("step")).containsExactly("1", "3", "6");
        assertThat(row.path("differingSteps").asInt(-1))
                .as("the repeated steps have the same bits")
                .isZero();
        double rates = 0;
        for (JsonNode state : row.path("states")) {
            rates += state.path("weight").asDouble();
        }
        assertThat(rates).as("each step's learning rate is in one weight").isCloseTo(0.0225, within(1e-9));
        assertThat(row.at("/supporting/0/source").asText()).isEqualTo("rows.jsonl:6");
        assertThat(septet.run("explain", file, "--row", 1, "--checkpoints", 2)).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains(
                        "Steps    gradients compared at 2, 6; the repeated training has the same losses, bit for bit");

        refused(ExitCode.USAGE, "--checkpoints is from 1 to 50, not 0", file, "--row", 1, "--checkpoints", 0);
        refused(ExitCode.USAGE, "it needs the pipeline's file", "tickets", "--row", 1, "--checkpoints", 3);
        Files.writeString(file, Files.readString(file).replace("steps 8", "steps 9"));
        refused(
                ExitCode.RUN_FAILED,
                "the file of tickets has changed since run run-1 trained: `steps` in words of train",
                file,
                "--row",
                1,
                "--checkpoints",
                3);
        assertThat(septet.run("explain", file, "--row", 1))
                .as("the trained adapter is explained")
                .isZero();
    }

    @Test
    void saysWhatItCannotExplain() throws IOException {
        refused(ExitCode.USAGE, "name a row of the test split with --row N, or a text with --prompt", "tickets");
        refused(ExitCode.USAGE, "--top is from 1 to 1000, not 0", "tickets", "--row", 1, "--top", 0);
        refused(ExitCode.USAGE, "--row is from 1, not 0", "tickets", "--row", 0);
        refused(ExitCode.USAGE, "--system belongs to --prompt", "tickets", "--row", 1, "--system", "x");
        refused(ExitCode.USAGE, "--reference belongs to --row", "tickets", "--prompt", "x", "--reference");
        refused(ExitCode.USAGE, "the prompt is empty", "tickets", "--prompt", " ");
        refused(ExitCode.USAGE, "the answer is empty", "tickets", "--prompt", "x", "--answer", "");
        refused(ExitCode.USAGE, "prompt:1: has", "tickets", "--prompt", "word ".repeat(600), "--answer", "x");
        refused(ExitCode.NOT_FOUND, "which has rows 1 to 1", "tickets", "--row", 2);
        refused(ExitCode.NOT_FOUND, "no training of a pipeline or run 'others' is in the store", "others", "--row", 1);
        refused(ExitCode.NOT_FOUND, "no training of a pipeline or run '../x//y'", "../x//y", "--row", 1);
        refused(ExitCode.NOT_FOUND, "none.groovy does not exist", "none.groovy", "--row", 1);

        ArtifactRef base = explained.store.put(
                Map.of("config.json", home.resolve("adapter/adapter_config.json")), ExplainedStore.FENCE);
        explained.train("full", "run-2", base, explained.adapter, false);
        refused(ExitCode.RUN_FAILED, "run-2 trained whole weights (method full or partial)", "full", "--row", 1);
        explained.train("erased", "run-3", base, explained.adapter, true);
        refused(ExitCode.NOT_FOUND, "the store no longer has the base model of run run-3", "erased", "--row", 1);

        ArtifactRef rows = explained.dataset;
        explained.prepareWithoutTokens(home.resolve("dataset/train.jsonl"));
        explained.train("damaged", "run-4", explained.base, explained.adapter, true);
        refused(ExitCode.RUN_FAILED, "the stored files cannot be explained", "damaged", "--row", 1);
        explained.train("hosted", "run-5", explained.base, explained.dataset, true);
        refused(ExitCode.RUN_FAILED, "run-5 left no adapter in the store, because a service", "hosted", "--row", 1);

        explained.store.remove(rows, ExplainedStore.FENCE);
        refused(ExitCode.NOT_FOUND, "the store no longer has the training rows of run run-1", "tickets", "--row", 1);
        Captured fresh = new Captured(home.resolve("fresh"));
        assertThat(fresh.run("explain", "tickets", "--row", 1)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(fresh.err()).contains("run a pipeline first, or set SEPTET_STORE");
    }

    @Test
    void namesTheKeyThatAnEncryptedStoreNeeds() throws IOException {
        Path file = Files.writeString(
                home.resolve("store.keys"), "current: one%none: %s%n".formatted("A".repeat(43) + "="));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path folder = Files.createDirectories(home.resolve("encrypted"));
        Captured withKey = new Captured(folder).with(Setting.STORE_KEYS.variable(), file.toString());
        new ExplainedStore(withKey.session().store()).run("tickets", "run-1", folder);
        assertThat(withKey.run("explain", "tickets", "--row", 1, "--top", 1))
                .as(withKey.err())
                .isZero();
        septet = new Captured(folder);
        refused(ExitCode.RUN_FAILED, "'one'", "tickets", "--row", 1);
    }

    private void refused(int code, String message, Object... words) {
        Object[] all = Stream.concat(Stream.of("explain"), Stream.of(words)).toArray();
        assertThat(septet.run(all)).as(septet.err() + septet.out()).isEqualTo(code);
        assertThat(septet.err()).contains(message).doesNotContain("unexpected error");
    }

    private JsonNode json(Object... words) throws IOException {
        Object[] all =
                Stream.concat(Stream.of("explain", "--json"), Stream.of(words)).toArray();
        assertThat(septet.run(all)).as(septet.err()).isEqualTo(ExitCode.OK);
        return SpecJson.mapper().readTree(septet.out());
    }

    /** The store's files and their lengths. */
    private Map<String, Long> files() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home.resolve("state/store"))) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                files.put(file.toString(), Files.size(file));
            }
        }
        return files;
    }
}
