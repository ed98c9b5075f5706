package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.source.DatasetSource;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attempts of a run read the same rows. */
class SourcePinsTest {
    @TempDir
    Path root;

    private LocalStore store;

    @BeforeEach
    void open() {
        store = new LocalStore(root.resolve("store"));
    }

    private SourcePins attempt(String run, int number) throws IOException {
        Fence fence = new Fence(run + "/prepare", number);
        store.open(fence);
        return new SourcePins(store, fence);
    }

    private void read(SourcePins pins, String dataset, String rows) throws IOException {
        Path file = Files.writeString(Files.createTempDirectory(root, "copy").resolve("rows"), rows);
        PrepareSpec spec = SourceRun.spec(dataset);
        SourceSet set = SourceSet.of(
                spec,
                List.of(new DatasetSource(spec.inputs().get(0), List.of(new SourceFile(file, "rows.jsonl")), null)));
        pins.check(set, SourceDigest.of(set));
    }

    @Test
    void aQueryThatGivesOtherRowsIsNamed() throws IOException {
        String query = "dataset jdbc('warehouse', query: 'select a from t order by a')";
        read(attempt("run", 1), query, "{}");
        read(attempt("run", 2), query, "{}");
        SourcePins third = attempt("run", 3);
        assertThatThrownBy(() -> read(third, query, "{ }"))
                .isInstanceOf(StageProblem.class)
                .hasMessageMatching("dataset 'query [0-9a-f]{8} of jdbc:warehouse': its rows are not those that an"
                        + " earlier attempt of this run read; start the run again. If it happens again, select rows.*");
        read(attempt("other-run", 1), query, "{ }");
    }

    @Test
    void aBucketThatGivesOtherRowsIsNamed() throws IOException {
        String files = "dataset s3('warehouse', path: 'rows/')";
        read(attempt("run", 1), files, "{}");
        SourcePins second = attempt("run", 2);
        assertThatThrownBy(() -> read(second, files, "[]"))
                .hasMessageContaining("name a folder that no program writes any more");
    }

    /** A changed file gives another key of the stage, as ever. */
    @Test
    void filesMayChangeBetweenAttempts() throws IOException {
        read(attempt("run", 1), "dataset 'rows.jsonl'", "{}");
        read(attempt("run", 2), "dataset 'rows.jsonl'", "[]");
        assertThat(store.records("sources/")).isEmpty();
    }

    @Test
    void theFirstAttemptPinsTheNumberOfReviewedRows() throws IOException {
        assertThat(attempt("run", 1).reviewed("support", 7)).isEqualTo(7);
        assertThat(attempt("run", 2).reviewed("support", 9)).isEqualTo(7);
        assertThat(attempt("run", 3).reviewed("billing", 2)).isEqualTo(2);
        assertThat(attempt("run", 4).reviewed("billing", 3)).isEqualTo(2);
        assertThat(attempt("other-run", 1).reviewed("support", 9)).isEqualTo(9);
    }
}
