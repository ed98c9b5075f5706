package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attempts that ended, were killed, or wake too late leave in a store: nothing. */
class LeftoversTest {
    private static final int RUNS = 15;
    private static final int STAGES = 7;

    @TempDir
    private Path temp = Path.of("");

    @Tag("long")
    @Test
    void hundredsOfAttemptsLeaveNothing() throws IOException {
        LocalStore store = new LocalStore(root());
        for (int run = 0; run < RUNS; run++) {
            for (int stage = 0; stage < STAGES; stage++) {
                LeftoverRun.attempt(store, new Fence("run-" + run + "/" + stage, 1), run % 3 == 0);
            }
        }

        assertThat(left()).isEmpty();
        assertThat(store.leftovers().isEmpty()).isTrue();
        assertThat(store.records("results/")).hasSize(RUNS * STAGES);
    }

    @Test
    void whatKilledProcessesLeftGoesAndWhatLivesStays() throws Exception {
        LocalStore store = new LocalStore(root());
        Fence living = new Fence("living/train", 1);
        store.open(living);
        Path scratch = store.scratch(living);
        assertThat(LeftoverRun.killed(root(), "killed")).isEqualTo(LeftoverRun.KILLED);
        assertThat(store.leftovers().fences()).containsExactly("killed/train");
        assertThat(store.leftovers().scratch()).hasSize(1);

        store.removeLeftovers();

        assertThat(store.leftovers().isEmpty()).isTrue();
        assertThat(scratch).isDirectory();
        store.putRecord("results/living", "done", living);
        store.release(living);
        assertThat(left()).isEmpty();
    }

    /** A cleaning that is killed anywhere is ended by the next. */
    @Test
    void aCleaningThatIsKilledLosesNothing() throws Exception {
        for (int action = 1; ; action++) {
            assertThat(LeftoverRun.killed(root(), "killed")).isEqualTo(LeftoverRun.KILLED);
            int status = LeftoverRun.cleaned(root(), action);
            LocalStore store = new LocalStore(root());
            store.removeLeftovers();
            assertThat(left()).as("killed at action %d", action).isEmpty();
            if (status == 0) {
                return;
            }
            assertThat(action).isLessThan(20);
        }
    }

    @Test
    void anAttemptThatWakesAfterItsFenceIsGoneMayNotWrite() throws IOException {
        LocalStore sleeper = new LocalStore(root());
        Fence first = new Fence("run/train", 1);
        sleeper.open(first);
        LocalStore successor = new LocalStore(root());
        Fence second = new Fence("run/train", 2);
        successor.open(second);
        successor.putRecord("latest/run", "second", second);
        successor.release(second);
        assertThat(left()).isEmpty();

        assertThatThrownBy(() -> sleeper.putRecord("latest/run", "first", first))
                .isInstanceOf(FencedException.class)
                .hasMessage("attempt 1 of run/train may not write: it has ended");
        assertThatThrownBy(() -> successor.putRecord("latest/run", "late thread", second))
                .isInstanceOf(FencedException.class);
        assertThat(successor.record("latest/run")).hasValue("second");
    }

    @Test
    void whatAnEarlierVersionLeftGoesAfterAWeek() throws IOException {
        LocalStore store = new LocalStore(root());
        Path fences = Files.createDirectories(root().resolve("fences"));
        List<Path> old = List.of(
                Files.writeString(fences.resolve("old%2ftrain.fence"), "3"),
                Files.writeString(fences.resolve("old%2ftrain.lock"), ""),
                Files.createDirectories(root().resolve("scratch/old%2ftrain")));
        Path young = Files.writeString(fences.resolve("young%2ftrain.fence"), "1");
        for (Path path : old) {
            Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        }

        store.removeLeftovers();

        assertThat(old).noneMatch(Files::exists);
        assertThat(young).exists();
    }

    /** Fences and scratch, but for what this living process holds. */
    private List<String> left() throws IOException {
        List<String> left = new ArrayList<>();
        for (String folder : List.of("fences", "scratch")) {
            try (Stream<Path> all = Files.walk(root().resolve(folder))) {
                all.map(path -> root().relativize(path).toString())
                        .filter(name -> !name.matches("fences(/\\.locks)?"))
                        .filter(name -> !name.matches("scratch(/@[0-9a-f-]+(/\\.alive)?)?"))
                        .sorted()
                        .forEach(left::add);
            }
        }
        return left;
    }

    private Path root() {
        return temp.resolve("store");
    }
}
