package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.TargetFiles;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.store.Manifest;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import dev.septet.llm.format.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every target promises; each kind of target extends it. */
abstract class TargetContractTest {
    protected static final String OLD = "aaaaaaaaaaaa";
    protected static final String NEW = "bbbbbbbbbbbb";

    @TempDir
    static Path shared;

    private static Exported first;
    private static Exported second;

    @TempDir
    protected Path temp;

    /** Asked before each action on the place; may end it there, as a kill would. */
    interface Kill {
        Kill NEVER = () -> {};

        void before();
    }

    protected abstract TargetSpec spec();

    /** The place of this name; the same name is the same place. */
    protected abstract TargetPlace place(String name, Kill kill) throws IOException;

    /** Puts something into a place that no publication made. */
    protected abstract void soil(String name) throws IOException;

    /** Cuts a file of a version short. */
    protected abstract void damage(String name, String version) throws IOException;

    /** Every byte of a version by its path. */
    protected abstract Map<String, String> contents(String name, String version) throws IOException;

    @BeforeAll
    static void export() throws IOException {
        first = export("first", 2);
        second = export("second", 4);
    }

    private static Exported export(String name, int seed) throws IOException {
        SmallChain chain = new SmallChain(
                        shared.resolve(name), new SmallChain.Plan(seed, 4, 8, ElementType.F32, true, false, false))
                .inputs()
                .exported();
        Files.copy(chain.evaluation().resolve("results.json"), chain.export().resolve("results.json"));
        Files.writeString(chain.export().resolve("README.md"), """
            ---
            license: "mit"
            base_model_relation: adapter
            library_name: peft
            ---
            # x
            """);
        return new Exported("small", chain.export());
    }

    @Test
    void servesNothingBeforeItsPromotionAndThenTheWholeVersion() throws IOException {
        TargetPlace place = place("plain", Kill.NEVER);
        assertThat(place.current()).isEmpty();
        place.add(OLD, files(first));
        assertThat(place.current()).as("published, not promoted").isEmpty();
        assertThat(place.holds(OLD)).isTrue();
        place.point(OLD);
        assertThat(place.current()).contains(OLD);
        assertThat(place.versions()).containsExactly(OLD);
        assertThat(contents("plain", OLD)).isNotEmpty();
        assertThat(place.location()).contains("current");
    }

    @Test
    void promotesAndRollsBackByItsAlias() throws IOException {
        TargetPlace place = place("moved", Kill.NEVER);
        place.add(OLD, files(first));
        place.point(OLD);
        place.add(NEW, files(second));
        assertThat(place.current()).contains(OLD);
        place.point(NEW);
        assertThat(place.current()).contains(NEW);
        place.point(OLD);
        assertThat(place.current()).contains(OLD);
        place.unpoint(NEW);
        assertThat(place.current()).as("the alias is elsewhere").contains(OLD);
        place.unpoint(OLD);
        assertThat(place.current()).isEmpty();
        assertThatThrownBy(() -> place.point("cccccccccccc"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("has no complete version cccccccccccc; it has " + OLD);
    }

    @Test
    void publishesTheSameBytesTwiceAndAnywhere() throws IOException {
        TargetPlace place = place("one", Kill.NEVER);
        place.add(OLD, files(first));
        Map<String, String> once = contents("one", OLD);
        place.add(OLD, files(first));
        assertThat(contents("one", OLD)).isEqualTo(once);
        place("other", Kill.NEVER).add(OLD, files(first));
        assertThat(contents("other", OLD)).isEqualTo(once);
        assertThat(once).containsKey(Manifest.FILE);
    }

    @Test
    void replacesAVersionThatWasDamaged() throws IOException {
        TargetPlace place = place("damaged", Kill.NEVER);
        place.add(OLD, files(first));
        Map<String, String> whole = contents("damaged", OLD);
        damage("damaged", OLD);
        assertThat(place.holds(OLD)).isFalse();
        assertThatThrownBy(() -> place.point(OLD)).hasMessageContaining("has no complete version");
        place.add(OLD, files(first));
        assertThat(place.holds(OLD)).isTrue();
        assertThat(contents("damaged", OLD)).isEqualTo(whole);
    }

    @Test
    void refusesWhatNoPublicationMade() throws IOException {
        soil("foreign");
        TargetPlace place = place("foreign", Kill.NEVER);
        assertThatThrownBy(place::refuseForeign)
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("holds notes.txt, which no publication created: name a");
        place("empty", Kill.NEVER).refuseForeign();
        assertThatThrownBy(() -> place.add(OLD, files(first)))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("holds notes.txt, which no publication created: name a")
                .hasMessageContaining("or move it away");
        assertThat(place.versions()).isEmpty();
    }

    /** Killed before each of its actions: old or new, whole, and done again it comes to its end. */
    @Test
    void isNeverHalfWhereverItIsKilled() throws IOException {
        TargetPlace calm = place("killed", Kill.NEVER);
        calm.add(OLD, files(first));
        calm.point(OLD);
        int kills = 0;
        boolean sawOld = false;
        boolean done = false;
        while (!done) {
            int[] left = {kills};
            TargetPlace dying = place("killed", () -> {
                if (left[0]-- <= 0) {
                    throw new IllegalStateException("killed by the test");
                }
            });
            try {
                dying.add(NEW, files(second));
                dying.point(NEW);
                done = true;
            } catch (IOException | IllegalStateException killed) {
                kills++;
                String served = calm.current().orElseThrow();
                assertThat(served).isIn(OLD, NEW);
                assertThat(calm.holds(served))
                        .as("%s after kill %d", served, kills)
                        .isTrue();
                sawOld |= served.equals(OLD);
            }
        }
        assertThat(kills).isGreaterThan(5);
        assertThat(sawOld).isTrue();
        assertThat(calm.current()).contains(NEW);
        place("calm", Kill.NEVER).add(NEW, files(second));
        assertThat(contents("killed", NEW)).isEqualTo(contents("calm", NEW));
        assertThat(calm.versions()).containsExactly(OLD, NEW);
    }

    protected Exported exported() {
        return first;
    }

    private Map<String, Path> files(Exported export) throws IOException {
        TargetFiles target = Targets.of(spec());
        assertThat(List.of(target.type())).isNotEmpty();
        return target.files(spec(), export, Files.createTempDirectory(temp, "scratch"));
    }
}
