package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store promises of checkpoints; each kind of store extends it. */
public abstract class CheckpointStoreContractTest {
    protected static final String RUN = "run-1/train";
    protected static final Fence FENCE = new Fence(RUN, 1);

    @TempDir
    protected Path temp;

    protected ArtifactStore store;
    private CheckpointStore checkpoints;

    /** The store as another worker sees it: the same bytes, nothing remembered. */
    protected abstract ArtifactStore elsewhere() throws IOException;

    /** The file that holds the state, or the manifest, of a step of attempt 1. */
    protected abstract Path bytes(int step, String path) throws IOException;

    /** Whether nothing of any checkpoint is left. */
    protected abstract boolean isEmpty() throws IOException;

    @BeforeEach
    void open() throws IOException {
        store = elsewhere();
        checkpoints = store.checkpoints();
    }

    @Test
    void findsTheNewest() throws IOException {
        assertThat(checkpoints.newestValid(RUN).checkpoint()).isEmpty();
        commit(9);
        commit(10);
        CheckpointStore.Checkpoint newest =
                checkpoints.newestValid(RUN).checkpoint().orElseThrow();
        assertThat(newest.step()).isEqualTo(10);
        assertThat(newest.folder().resolve("state")).hasContent("step 10");
        assertThat(checkpoints.newestValid("run-2/train").checkpoint()).isEmpty();
    }

    @Test
    void aRemovedCheckpointIsNotDamaged() throws IOException {
        commit(5);
        commit(10);
        Files.delete(bytes(5, Manifest.FILE)); // a removal begins with it
        Files.delete(bytes(10, "state"));

        assertThat(store.contents().verifyCheckpoints(RUN).damaged())
                .singleElement()
                .asString()
                .contains("missing");
    }

    @Test
    void fallsBackFromADamagedOneAndSaysSo() throws IOException {
        commit(5);
        commit(10);
        Path state = bytes(10, "state");
        Path manifest = bytes(10, Manifest.FILE);

        Files.writeString(state, "step 1O");
        assertFallsBack(": changed");
        Files.writeString(state, "step 1");
        assertFallsBack(": has 6 bytes instead of 7");
        Files.writeString(state, "");
        assertFallsBack(": has 0 bytes instead of 7");
        Files.delete(state);
        assertFallsBack(": missing");
        Files.writeString(manifest, "{\"files\":[{\"pa");
        assertFallsBack(": is not a manifest");

        commit(10);
        assertThat(checkpoints.newestValid(RUN).damaged()).isEmpty();
        assertThat(checkpoints.at(RUN, 10)).isPresent();
    }

    @Test
    void keepsAsManyAsAskedAndThePinned() throws IOException {
        for (int step = 1; step <= 6; step++) {
            commit(step);
        }
        checkpoints.prune(RUN, 2, Set.of(3), FENCE);
        assertThat(checkpoints.at(RUN, 6)).isPresent();
        assertThat(checkpoints.at(RUN, 5)).isPresent();
        assertThat(checkpoints.at(RUN, 4)).isEmpty();
        assertThat(checkpoints.at(RUN, 3)).isPresent();
        checkpoints.prune(RUN, 0, Set.of(), FENCE);
        assertThat(checkpoints.newestValid(RUN).checkpoint()).isEmpty();
        assertThat(isEmpty()).isTrue();
    }

    /** Attempts of later steps have numbers above 100,000, and trials have scopes of their own. */
    @Test
    void clearsAScopeWhicheverAttemptWroteIt() throws IOException {
        Fence later = new Fence(RUN, FencingToken.ATTEMPTS_OF_A_STEP + 2);
        commit(5);
        checkpoints.commit(RUN, 6, folder -> Files.writeString(folder.resolve("state"), "later"), later);
        Fence trial = new Fence("run-1/trial-2", 1);
        checkpoints.commit(trial.scope(), 1, folder -> Files.writeString(folder.resolve("state"), "trial"), trial);
        assertThat(checkpoints.scopes("run-1/")).containsExactly("run-1/train", "run-1/trial-2");
        assertThat(checkpoints.scopes("run-2/")).isEmpty();

        checkpoints.clear(RUN, new Fence("forget/erase", 1));
        assertThat(checkpoints.scopes("run-1/")).containsExactly("run-1/trial-2");
        assertThat(checkpoints.newestValid(RUN).checkpoint()).isEmpty();
        assertThat(checkpoints.newestValid(trial.scope()).checkpoint()).isPresent();
        checkpoints.clear(trial.scope(), new Fence("forget/erase", 1));
        assertThat(isEmpty()).isTrue();
    }

    @Test
    void refusesAnAttemptThatWasOvertaken() throws IOException {
        commit(5);
        elsewhere().open(new Fence(RUN, 2));
        assertThatThrownBy(() -> commit(6)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> checkpoints.prune(RUN, 0, Set.of(), FENCE)).isInstanceOf(FencedException.class);
        assertThat(checkpoints.newestValid(RUN).checkpoint().orElseThrow().step())
                .isEqualTo(5);
    }

    @Test
    void keepsTheOldOneWhereTheDiskIsFull() throws IOException {
        commit(5);
        assertThatThrownBy(() -> checkpoints.commit(
                        RUN,
                        6,
                        folder -> {
                            Files.writeString(folder.resolve("state"), "half");
                            throw new IOException("No space left on device");
                        },
                        FENCE))
                .isInstanceOf(DiskFullException.class);
        CheckpointStore.Found found = checkpoints.newestValid(RUN);
        assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(5);
        assertThat(found.damaged()).isEmpty();
        commit(6);
        assertThat(checkpoints.newestValid(RUN).checkpoint().orElseThrow().step())
                .isEqualTo(6);
    }

    @Test
    void isFoundByAnotherWorker() throws IOException {
        commit(5);
        CheckpointStore.Checkpoint found =
                elsewhere().checkpoints().newestValid(RUN).checkpoint().orElseThrow();
        assertThat(found.folder().resolve("state")).hasContent("step 5");
        assertThat(found.manifestSha256()).isEqualTo(commit(5).manifestSha256());
    }

    private void assertFallsBack(String note) throws IOException {
        CheckpointStore.Found found = elsewhere().checkpoints().newestValid(RUN);
        assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(5);
        assertThat(found.damaged()).singleElement().asString().contains(note);
    }

    private CheckpointStore.Checkpoint commit(int step) throws IOException {
        return checkpoints.commit(
                RUN, step, folder -> Files.writeString(folder.resolve("state"), "step " + step), FENCE);
    }
}
