package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

class CheckpointStoreTest {
    private static final String RUN = "run-1/train";
    private static final Fence FENCE = new Fence(RUN, 1);

    @TempDir Path temp;
    private CheckpointStore checkpoints;

    @BeforeEach
    void open() {
        checkpoints = new LocalStore(temp).checkpoints();
    }

    @Test
    void findsTheNewest() throws IOException {
        assertThat(checkpoints.newestValid(RUN).checkpoint()).isEmpty();
        commit(9);
        commit(10);
        CheckpointStore.Checkpoint newest = checkpoints.newestValid(RUN).checkpoint().orElseThrow();
        assertThat(newest.step()).isEqualTo(10);
        assertThat(newest.folder().resolve("state")).hasContent("step 10");
        assertThat(checkpoints.newestValid("run-2/train").checkpoint()).isEmpty();
    }

    @Test
    void fallsBackFromADamagedOneAndSaysSo() throws IOException {
        commit(5);
        Path newest = commit(10).folder();

        Files.writeString(newest.resolve("state"), "step 1O");
        assertFallsBack(newest.resolve("state") + ": changed");
        Files.writeString(newest.resolve("state"), "step 1");
        assertFallsBack(newest.resolve("state") + ": has 6 bytes instead of 7");
        Files.writeString(newest.resolve("state"), "");
        assertFallsBack(newest.resolve("state") + ": has 0 bytes instead of 7");
        Files.delete(newest.resolve("state"));
        assertFallsBack(newest.resolve("state") + ": missing");
        Files.writeString(newest.resolve("manifest.json"), "{\"files\":[{\"pa");
        assertFallsBack(newest.resolve("manifest.json") + ": is no manifest");
        Files.delete(newest.resolve("manifest.json"));
        assertFallsBack(newest.resolve("manifest.json") + ": missing");

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
        assertThat(temp.resolve("checkpoints")).isEmptyDirectory();
    }

    @Test
    void refusesAnAttemptThatWasOvertaken() throws IOException {
        commit(5);
        new LocalStore(temp).open(new Fence(RUN, 2));
        assertThatThrownBy(() -> commit(6)).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> checkpoints.prune(RUN, 0, Set.of(), FENCE))
                .isInstanceOf(FencedException.class);
        assertThat(checkpoints.newestValid(RUN).checkpoint().orElseThrow().step()).isEqualTo(5);
    }

    @Test
    void keepsTheOldOneWhereTheDiskIsFull() throws IOException {
        commit(5);
        assertThatThrownBy(
                        () ->
                                checkpoints.commit(
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
        assertThat(checkpoints.newestValid(RUN).checkpoint().orElseThrow().step()).isEqualTo(6);
    }

    private void assertFallsBack(String note) throws IOException {
        CheckpointStore.Found found = checkpoints.newestValid(RUN);
        assertThat(found.checkpoint().orElseThrow().step()).isEqualTo(5);
        assertThat(found.damaged()).singleElement().asString().startsWith(note);
    }

    private CheckpointStore.Checkpoint commit(int step) throws IOException {
        return checkpoints.commit(
                RUN,
                step,
                folder -> Files.writeString(folder.resolve("state"), "step " + step),
                FENCE);
    }
}
