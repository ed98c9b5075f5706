package dev.septet.workers.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.cluster.DataRequest;
import dev.septet.activities.evaluate.cluster.ErrorClusters;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code septet data request} on a store with one evaluation. */
class DataRequestTest {
    private static final Fence FENCE = new Fence("run", 1);

    @TempDir
    private Path home = Path.of("");

    private Captured septet = new Captured(home);

    @BeforeEach
    void open() {
        septet = new Captured(home);
    }

    @Test
    void showsWhatIsWantedAndSavesTheClusters() throws IOException {
        evaluated("run-1", request(), "{\"clusters\":[]}\n");
        assertThat(septet.run("data", "request", "tickets")).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out())
                .contains("Failed   40 of 200 test rows: exactMatch of the row is below 0.5")
                .contains("refund, invoice, card")
                .containsPattern("75.0 % \\| +\\+150 \\| +\\+157")
                .contains("rows.jsonl:4")
                .contains("Add to `prepare`: dataset 'data/more-rows.jsonl'");

        Path file = home.resolve("data/error-clusters.json");
        assertThat(septet.run("data", "request", "tickets/run-1", "--json", "--save", file))
                .as(septet.err())
                .isEqualTo(ExitCode.OK);
        JsonNode json = SpecJson.mapper().readTree(septet.out());
        assertThat(json.at("/clusters/0/trainingRows").asInt()).isEqualTo(150);
        assertThat(file).hasContent("{\"clusters\":[]}");
        assertThat(septet.run("data", "request", "run-1", "--save", file)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).contains("exists already");
    }

    /** The lines of a request belong to the language. */
    @Test
    void theLinesOfTheRequestLint() throws IOException {
        Map<String, String> lines = new TreeMap<>();
        request().add().forEach(line -> lines.put(line.block(), line.line()));
        Files.createDirectories(home.resolve("data"));
        Files.createDirectories(home.resolve("models/tiny"));
        for (String name : List.of("rows.jsonl", "more-rows.jsonl", "error-clusters.json")) {
            Files.writeString(home.resolve("data").resolve(name), "{}\n");
        }
        Path file = Files.writeString(
                home.resolve("pipeline.groovy"), """
                    pipeline('tickets') {
                        prepare {
                            dataset 'data/rows.jsonl'
                            %s
                        }
                        initialize { model 'models/tiny' }
                        train { method lora() }
                        evaluate {
                            metric exactMatch, above: 0.8
                            errorClusters max: 8
                            %s
                        }
                    }
                    """.formatted(lines.get("prepare"), lines.get("evaluate")));
        assertThat(septet.run("lint", file)).as(septet.out() + septet.err()).isEqualTo(ExitCode.OK);
    }

    @Test
    void saysWhyNothingIsRequested() throws IOException {
        assertThat(septet.run("data", "request", "tickets")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("run a pipeline first");
        ErrorClusters few = new ErrorClusters(
                "loss",
                "loss of the row is above 2",
                3,
                50,
                null,
                4,
                0,
                "too few failures to cluster: 4",
                null,
                List.of(),
                4);
        evaluated("run-1", DataRequest.of("tickets", few, 1000), null);
        assertThat(septet.run("data", "request", "run-1")).as(septet.err()).isEqualTo(ExitCode.OK);
        assertThat(septet.out()).contains("Request  none: too few failures to cluster: 4");
        assertThat(septet.run("data", "request", "run-1", "--save", home.resolve("c.json")))
                .isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("found no clusters to save");
        evaluated("run-2", null, null);
        assertThat(septet.run("data", "request", "run-2")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("searched no clusters of failed rows", "add `errorClusters max: 8`");
        assertThat(septet.run("data", "request", "other")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(septet.err()).contains("no evaluation of a run or a pipeline 'other' is in the store");
    }

    private static DataRequest request() {
        ErrorClusters.Cluster cluster = new ErrorClusters.Cluster(
                "refund, invoice, card",
                List.of(new ErrorClusters.NamedWord("refund", 28)),
                40,
                30,
                0.75,
                new Interval(0.6, 0.86),
                0.75,
                List.of("rows.jsonl:4"),
                List.of(3));
        ErrorClusters found = new ErrorClusters(
                "exactMatch",
                "exactMatch of the row is below 0.5",
                6,
                200,
                null,
                40,
                0,
                null,
                null,
                List.of(cluster),
                10);
        return DataRequest.of("tickets", found, 1000);
    }

    private void evaluated(String run, @Nullable DataRequest request, @Nullable String clusters) throws IOException {
        LocalStore store = new LocalStore(home.resolve("state/store"));
        Path report = Files.createDirectories(home.resolve("report-" + run));
        Files.writeString(report.resolve("results.json"), "{}");
        if (request != null) {
            Files.writeString(report.resolve(DataRequest.NAME), request.json());
        }
        if (clusters != null) {
            Files.writeString(report.resolve("error-clusters.json"), clusters);
        }
        new StageResults(store)
                .commit(
                        new RunRef("tickets", run, "", ""),
                        StageKey.of(Stage.EVALUATE).with("run", run),
                        "",
                        FENCE,
                        new EvaluationReport(
                                Verdict.GO, List.of(), store.put(report, FENCE), new Origin("", null, "")));
    }
}
