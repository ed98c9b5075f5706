package dev.septet.activities.evaluate.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's records of an exam of forms. */
class StoredFormsTest {
    private static final Fence FENCE = new Fence("run-1/deploy", 1);

    @TempDir
    private Path temp = Path.of("");

    @Test
    void findingsAreFoundByTheExport() throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        String digest = Sha256.of("export");
        ArtifactRef export = new ArtifactRef(ArtifactStore.SCHEME + digest, digest, 1);
        FormScore score = new FormScore(
                "loss", true, 1.0, 1.1, new Interval(1, 1.2), -0.05, 0.05, 0.02, 40, Verdict.GO, "Within.", false);
        FormResult form =
                new FormResult("q8_0", "model-q8_0.gguf", digest, 1000, 8.5, 0.01, null, List.of(score), List.of());
        FormsReport report = FormsReport.of(42, "FLOAT32", List.of("metric judge"), List.of(form));
        report.store(store, export, FENCE);
        assertThat(FormsReport.of(store, export)).contains(report);
    }

    @Test
    void timesOfOtherFormsStay() throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        FormSpeed.Pace slow = new FormSpeed.Pace(40, 800, 20.5);
        FormSpeed.Pace fast = new FormSpeed.Pace(40, 800, 10);
        new FormSpeed("run-1", Map.of("f16", slow, "q8_0", slow)).store(store, "support", FENCE);
        new FormSpeed("run-2", Map.of("q8_0", fast)).store(store, "support", FENCE);
        assertThat(FormSpeed.last(store, "support"))
                .contains(new FormSpeed("run-2", Map.of("f16", slow, "q8_0", fast)));
    }
}
