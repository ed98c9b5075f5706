package dev.septet.activities.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageResultsTest {
    private static final StagePolicy PATIENT = StagePolicy.within(Duration.ofHours(1));
    private static final StagePolicy HASTY = StagePolicy.within(Duration.ofMinutes(1));

    record Words(MethodSpec method, int epochs, StagePolicy policy) {}

    record Made(ArtifactRef artifact, int number, Origin origin) {}

    @TempDir
    Path temp;

    private int made;

    @Test
    void takesOverWhatAnEarlierRunMade() throws Exception {
        Made first = result("run-1", key(1, PATIENT, "data-a"));
        assertThat(first.origin().why()).isEqualTo("first run of this stage of the pipeline");
        assertThat(first.origin().reused()).isFalse();

        Made retried = result("run-1", key(1, PATIENT, "data-a"));
        assertThat(retried).isEqualTo(first);

        Made second = result("run-2", key(1, HASTY, "data-a"));
        assertThat(second.number()).isEqualTo(first.number());
        assertThat(second.origin().reusedFrom()).isEqualTo("run-1");
        assertThat(second.origin().why())
                .isEqualTo("unchanged: same engine revision, training data and words of train as in" + " run run-1");
        assertThat(made).isEqualTo(1);
    }

    @Test
    void saysWhatChanged() throws Exception {
        result("run-1", key(1, PATIENT, "data-a"));
        assertThat(result("run-2", key(1, PATIENT, "data-b")).origin().why())
                .isEqualTo("because training data changed since run run-1");
        assertThat(result("run-3", key(2, PATIENT, "data-b")).origin().why())
                .isEqualTo("because `epochs` in the words of train changed since run run-2");
        StageKey other = StageKey.of(Stage.TRAIN)
                .with("training data", "data-b")
                .words("words of train", new Words(LoraSpec.standard(), 2, PATIENT), Set.of());
        assertThat(result("run-4", other).origin().why())
                .isEqualTo("because `method` in the words of train changed since run run-3");
        assertThat(made).isEqualTo(4);
    }

    @Test
    void makesAgainWhatIsDamaged() throws Exception {
        Made first = result("run-1", key(1, PATIENT, "data-a"));
        Path file = store().fetch(first.artifact()).resolve("number.txt");
        Files.delete(file);

        Made again = result("run-2", key(1, PATIENT, "data-a"));
        assertThat(again.origin().why()).startsWith("made again: the stored result is damaged");
        assertThat(again.origin().reused()).isFalse();
        assertThat(made).isEqualTo(2);
    }

    @Test
    void makesItsOwnWhenItIsToldTo() throws Exception {
        StageKey key = key(1, PATIENT, "data-a");
        Made first = result("run-1", key);
        RunRef resumed = new RunRef("bot", "run-2", "/", "spec", List.of(), "train");

        Made second = result(resumed, key);
        assertThat(second.origin().why()).isEqualTo("made again: the run was resumed from train");
        assertThat(second.origin().reused()).isFalse();
        assertThat(made).isEqualTo(2);
        assertThat(result(resumed, key)).as("what a lost answer left").isEqualTo(second);
        assertThat(first.origin().key()).isEqualTo(second.origin().key());

        RunRef later = new RunRef("bot", "run-3", "/", "spec", List.of(), "evaluate");
        assertThat(result(later, key).origin().reusedFrom()).isEqualTo("run-2");
        assertThat(new StageResults(store()).key(Stage.TRAIN, key.digest())).hasValue(key);
    }

    @Test
    void tellsAPlanWhatIsStored() throws Exception {
        Made made = result("run-1", key(1, PATIENT, "data-a"));
        StageResults results = new StageResults(store());

        assertThat(results.stored(key(1, HASTY, "data-a"), Made.class))
                .hasValue(new StageResults.Stored<>("run-1", made));
        assertThat(results.stored(key(9, PATIENT, "data-a"), Made.class)).isEmpty();
        assertThat(results.why("bot", key(9, PATIENT, "data-a")))
                .isEqualTo("because `epochs` in the words of train changed since run run-1");
        assertThat(results.why("unknown", key(9, PATIENT, "data-a")))
                .isEqualTo("first run of this stage of the pipeline");
    }

    private Made result(String run, StageKey key) throws Exception {
        return result(new RunRef("bot", run, temp.toString(), "spec"), key);
    }

    private Made result(RunRef run, StageKey key) throws Exception {
        Fence fence = new Fence(run.runId() + "/train", 1);
        return new StageResults(store())
                .once(run, key, fence, Made.class, origin -> new Made(store().put(content(), fence), ++made, origin));
    }

    private static StageKey key(int epochs, StagePolicy policy, String data) {
        return StageKey.of(Stage.TRAIN)
                .with("training data", data)
                .words("words of train", new Words(new FullSpec(), epochs, policy), Set.of());
    }

    private Path content() throws IOException {
        Path folder = Files.createTempDirectory(temp, "content");
        Files.writeString(folder.resolve("number.txt"), "1");
        return folder;
    }

    private LocalStore store() {
        return new LocalStore(temp.resolve("store"));
    }

    /** A fold has other rows, so it explains later folds only. */
    @Test
    void aFoldDoesNotExplainTheRunsAfterIt() throws Exception {
        result("run-1", key(1, PATIENT, "data"));
        result("run-1/fold-1", key(1, PATIENT, "data of fold 1"));
        result("run-1/fold-2", key(1, PATIENT, "data of fold 2"));
        assertThat(result("run-2", key(2, PATIENT, "data")).origin().why())
                .isEqualTo("because `epochs` in the words of train changed since run run-1");
        assertThat(result("run-2/fold-1", key(2, PATIENT, "data of fold 1"))
                        .origin()
                        .why())
                .isEqualTo("because `epochs` in the words of train changed since run run-1/fold-1");
    }
}
