package dev.septet.activities.recover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.deploy.AliasHistory;
import dev.septet.activities.deploy.Aliases;
import dev.septet.activities.report.PipelineVersion;
import dev.septet.activities.report.PipelineVersions;
import dev.septet.activities.result.DamagedRecord;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.StoredResult;
import dev.septet.activities.retention.StoreScrub;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.EarlierVersions;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.Stage;
import dev.septet.workflows.graph.StageGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The records of a run of {@code examples/quickstart} that earlier versions wrote. Each reader finds them, and nothing in them is
 * unknown to it or lost. The version in the name of a folder wrote its records, which never change afterwards. A release adds a folder:
 * the folder {@code records} of the store of a checkout after the quickstart, with other paths of files.
 */
class EarlierRecordsTest {
    private static final String PIPELINE = "quickstart";

    /** What each version wrote; {@code .ci/record-records} writes all but the store and the artifacts of a run. */
    private static final List<String> PARTS = List.of(
            "store",
            "audit",
            "backup",
            "reviewed",
            "votes",
            "records/store",
            "encrypted/store",
            "encrypted/audit",
            "encrypted/backup",
            "run/store",
            "run/artifacts");

    private static LocalStore store(Path version) {
        return new LocalStore(version.resolve("run/store"));
    }

    @Test
    void eachReleaseHasItsFormats() throws IOException {
        for (String release : EarlierVersions.releases()) {
            assertThat(EarlierVersions.FOLDER.resolve(release))
                    .as("written with release %s", release)
                    .isDirectory();
        }
        for (Path version : EarlierVersions.all()) {
            for (String part : PARTS) {
                assertThat(version.resolve(part)).isDirectory();
            }
        }
    }

    @Test
    void resultsOfAllStagesAreFoundWithoutLoss() throws IOException {
        for (Path version : EarlierVersions.all()) {
            StageResults results = new StageResults(store(version));
            for (Stage stage : Stage.values()) {
                if (StageGraph.of(stage).dependencies().isEmpty()) {
                    continue;
                }
                StoredResult last = results.last(PIPELINE, stage).orElseThrow();
                assertThat(results.key(stage, last.key().digest()))
                        .as("%s", stage)
                        .hasValue(last.key());
                Object result = SpecJson.mapper()
                        .treeToValue(last.result(), StageGraph.of(stage).stored());
                assertThat(tree(result)).as("%s of %s", stage, version).isEqualTo(last.result());
            }
            assertThat(StoredResult.all(store(version))).hasSize(6);
        }
    }

    @Test
    void runsMonitorsRoutesAndVersionsAreFoundWithoutLoss() throws IOException {
        for (Path version : EarlierVersions.all()) {
            LocalStore store = store(version);
            RunRecords records = new RunRecords(store);
            List<DamagedRecord> damaged = new ArrayList<>();
            RunRecords.Run run = records.runs(damaged::add).get(0);
            same(store, "runs/" + run.runId(), run);
            same(store, "monitors/" + PIPELINE, records.monitors(damaged::add).get(0));
            assertThat(damaged).isEmpty();

            Route route = new Routes(store).route(PIPELINE).orElseThrow();
            same(store, "routes/" + PIPELINE, route);
            String champion = route.champion().artifact().sha256();
            same(store, "variants/%s/%s".formatted(PIPELINE, champion), new Routes(store).known(PIPELINE, champion));

            List<PipelineVersion> versions = new PipelineVersions(store, PIPELINE).newest(10);
            assertThat(versions).hasSize(1);
            same(store, store.records("versions/").get(0), versions.get(0));
            assertThat(versions.get(0).published()).isEqualTo(champion);

            AliasHistory aliases = new Aliases(store, Map.of()).history(PIPELINE);
            assertThat(aliases.moves()).hasSize(1);
            assertThat(aliases.places()).hasSize(2);
            same(store, "aliases/" + PIPELINE, aliases);
        }
    }

    /** The fixture has the records of a run without its artifacts. */
    @Test
    void theCheckOfAStoreFindsNoContradictionInThem() throws IOException {
        for (Path version : EarlierVersions.all()) {
            StoreScrub scrub = StoreScrub.of(store(version), bytes -> {});
            assertThat(scrub.records()).isGreaterThan(10);
            assertThat(scrub.findings())
                    .extracting(StoreScrub.Finding::found)
                    .allMatch(found -> found.startsWith("the record routes/" + PIPELINE + ": needs the artifact"));
        }
    }

    /** Through text, because a number in a record has no type. */
    private static JsonNode tree(Object read) throws IOException {
        return SpecJson.mapper().readTree(SpecJson.mapper().writeValueAsString(read));
    }

    /** Without loss: what a reader leaves out, the next writer would remove. */
    private static void same(LocalStore store, String name, Object read) throws IOException {
        assertThat(tree(read))
                .as(name)
                .isEqualTo(SpecJson.mapper().readTree(store.record(name).orElseThrow()));
    }
}
