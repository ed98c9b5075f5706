package dev.septet.activities.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencedException;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.store.Sha256;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesTest {
    private static final Fence FENCE = new Fence("run-1/route", 1);
    private static final Variant OLD = variant("a");
    private static final Variant NEW = variant("b");

    @TempDir
    Path temp;

    private LocalStore store;
    private Routes routes;

    @BeforeEach
    void open() {
        store = new LocalStore(temp);
        routes = new Routes(store);
    }

    @Test
    void goesFromChampionOverTrialToTheNextChampion() throws IOException {
        assertThat(routes.route("bot")).isEmpty();
        assertThat(routes.publish("bot", OLD, FENCE)).isEqualTo(new Route("bot", OLD, null, 0, 1));
        assertThat(routes.challenge("bot", NEW, 0.1, FENCE)).isEqualTo(new Route("bot", OLD, NEW, 0.1, 2));
        assertThat(routes.promote("bot", NEW, FENCE)).isEqualTo(new Route("bot", NEW, null, 0, 3));
        assertThat(new Routes(new LocalStore(temp)).route("bot")).contains(new Route("bot", NEW, null, 0, 3));
        assertThat(routes.pipelines()).containsExactly("bot");
        assertThat(routes.known("bot", OLD.sha256())).isEqualTo(OLD);
    }

    @Test
    void changesNothingWhenDoneAgain() throws IOException {
        routes.publish("bot", OLD, FENCE);
        assertThat(routes.publish("bot", OLD, FENCE).generation()).isEqualTo(1);
        routes.challenge("bot", NEW, 0.1, FENCE);
        assertThat(routes.challenge("bot", NEW, 0.1, FENCE).generation()).isEqualTo(2);
        routes.promote("bot", NEW, FENCE);
        assertThat(routes.promote("bot", NEW, FENCE).generation()).isEqualTo(3);
        routes.withdraw("bot", NEW, OLD, FENCE);
        assertThat(routes.withdraw("bot", NEW, OLD, FENCE)).isEqualTo(new Route("bot", OLD, null, 0, 4));
    }

    @Test
    void takesBackWhateverStageATrialWasIn() throws IOException {
        routes.publish("bot", OLD, FENCE);
        assertThat(routes.withdraw("bot", NEW, OLD, FENCE).generation()).isEqualTo(1);
        routes.challenge("bot", NEW, 0.5, FENCE);
        assertThat(routes.withdraw("bot", NEW, OLD, FENCE)).isEqualTo(new Route("bot", OLD, null, 0, 3));
    }

    @Test
    void refusesASecondTrialAndAPromotionAfterTheTrialsEnd() throws IOException {
        assertThatThrownBy(() -> routes.challenge("bot", NEW, 0.1, FENCE))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("has published nothing");
        routes.publish("bot", OLD, FENCE);
        routes.challenge("bot", NEW, 0.1, FENCE);
        assertThatThrownBy(() -> routes.challenge("bot", variant("c"), 0.1, FENCE))
                .hasMessageContaining("is on trial for 'bot' already")
                .hasMessageContaining("septet rollback bot");
        assertThatThrownBy(() -> routes.publish("bot", variant("c"), FENCE))
                .hasMessageContaining("is on trial for 'bot' already");
        assertThat(routes.force("bot", OLD, FENCE)).isEqualTo(new Route("bot", OLD, null, 0, 3));
        assertThatThrownBy(() -> routes.known("bot", "c0ffee")).hasMessageContaining("has never served model c0ffee");
        assertThatThrownBy(() -> routes.promote("bot", NEW, FENCE))
                .hasMessageContaining("is not on trial for 'bot' any more");
    }

    @Test
    void keepsAnAttemptOutThatWasTakenOver() throws IOException {
        store.open(FENCE);
        routes.publish("bot", OLD, FENCE);
        store.open(new Fence(FENCE.scope(), 2));
        assertThatThrownBy(() -> routes.challenge("bot", NEW, 0.1, FENCE)).isInstanceOf(FencedException.class);
        assertThat(routes.route("bot")).contains(new Route("bot", OLD, null, 0, 1));
    }

    @Test
    void losesNoChangeOfWritersThatRace() throws Exception {
        routes.publish("bot", OLD, FENCE);
        int each = 20;
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Future<Void>> done = pool.invokeAll(List.of(flips("x", each), flips("y", each)));
            for (Future<Void> one : done) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(routes.route("bot").orElseThrow().generation()).isEqualTo(1 + 2 * each);
    }

    @Test
    void saysThatARecordIsDamaged() throws IOException {
        routes.publish("bot", OLD, FENCE);
        Files.writeString(temp.resolve("records/routes/bot.record"), "{\"share\":7}");
        assertThatThrownBy(() -> routes.route("bot"))
                .hasMessage("the route of pipeline 'bot' is damaged: publish it again");
    }

    private Callable<Void> flips(String writer, int times) {
        return () -> {
            Routes own = new Routes(new LocalStore(temp));
            for (int i = 0; i < times; i++) {
                own.publish("bot", variant(writer + i), new Fence(writer, 1));
            }
            return null;
        };
    }

    private static Variant variant(String name) {
        String sha256 = Sha256.of(name);
        return new Variant(
                sha256.substring(0, 12), new ArtifactRef("store:artifacts/" + sha256, sha256, 10), null, "run-" + name);
    }
}
