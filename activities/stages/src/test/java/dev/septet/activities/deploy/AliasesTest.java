package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory.Move;
import dev.septet.activities.deploy.AliasHistory.Reason;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AliasesTest {
    private static final String OLD = "aa".repeat(32);
    private static final String NEW = "bb".repeat(32);

    @TempDir
    Path temp;

    @Test
    void movesForthAndBack() throws IOException {
        Aliases aliases = new Aliases(new LocalStore(temp.resolve("store")), Map.of());
        publish(temp, new Disk(), OLD);
        publish(temp, new Disk(), NEW);
        publish(temp, new Disk(), NEW);
        assertThat(served(temp)).isEqualTo(NEW);
        assertThat(aliases.history("bot").moves())
                .containsExactly(
                        new Move(OLD, null, Reason.PUBLISH, "run-" + OLD),
                        new Move(NEW, OLD, Reason.PUBLISH, "run-" + NEW));

        assertThat(aliases.rollBack("bot").sha256()).isEqualTo(OLD);
        assertThat(served(temp)).isEqualTo(OLD);
        assertThat(aliases.promote("bot", "bbbbbb").previous()).isEqualTo(OLD);
        assertThat(served(temp)).isEqualTo(NEW);
        assertThat(aliases.history("bot").moves()).hasSize(4);
        assertThat(aliases.pipelines()).containsExactly("bot");
    }

    @Test
    void rollsBackStepByStep() throws IOException {
        String newest = "cc".repeat(32);
        Aliases aliases = new Aliases(new LocalStore(temp.resolve("store")), Map.of());
        for (String sha256 : List.of(OLD, NEW, newest)) {
            publish(temp, new Disk(), sha256);
        }
        assertThat(aliases.rollBack("bot").sha256()).isEqualTo(NEW);
        assertThat(aliases.rollBack("bot").sha256()).isEqualTo(OLD);
        assertThatThrownBy(() -> aliases.rollBack("bot")).hasMessageContaining("is at its first version");
        publish(temp, new Disk(), newest);
        assertThat(aliases.rollBack("bot").sha256()).as("what was live before").isEqualTo(OLD);
        assertThat(served(temp)).isEqualTo(OLD);
    }

    /** A pipeline's file named another folder. Nobody moves the alias in the former folder any more. */
    @Test
    void removesAVersionFromFormerFoldersToo() throws IOException {
        LocalStore store = new LocalStore(temp.resolve("store"));
        Aliases aliases = new Aliases(store, Map.of());
        publish(temp, new Disk(), OLD);
        Target other = new Target("directory", temp.resolve("other").toString());
        Path weights = temp.resolve("weights-" + OLD);
        new VersionFolder(temp.resolve("other"), new Disk())
                .add(VersionFolder.version(NEW), Map.of("model/weights", weights));
        Fence fence = new Fence("run-other/publish", 1);
        aliases.publish("bot", List.of(other), NEW, "run-other", fence);
        assertThat(aliases.history("bot").targets()).containsExactly(other);
        assertThat(aliases.history("bot").former())
                .extracting(Target::folder)
                .containsExactly(temp.resolve("bot").toString());

        assertThat(aliases.remove("bot", OLD)).isEmpty();

        assertThat(temp.resolve("bot/current")).doesNotExist();
        assertThat(temp.resolve("bot/versions/aaaaaaaaaaaa")).doesNotExist();
        assertThat(aliases.remove("bot", NEW)).singleElement().asString().contains("the alias there points at it");
        publish(temp, new Disk(), OLD);
        assertThat(aliases.history("bot").former()).containsExactly(other);
    }

    @Test
    void saysWhatThereIs() throws IOException {
        Aliases aliases = new Aliases(new LocalStore(temp.resolve("store")), Map.of());
        publish(temp, new Disk(), OLD);
        assertThatThrownBy(() -> aliases.rollBack("bot"))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("nothing to roll back to");
        assertThatThrownBy(() -> aliases.rollBack("bto"))
                .hasMessage("pipeline 'bto' has published nothing; published are: bot");
        assertThatThrownBy(() -> aliases.promote("bot", "cccccc"))
                .hasMessageContaining("it has published aaaaaaaaaaaa");
        publish(temp, new Disk(), NEW);
        Path old = temp.resolve("bot/versions/aaaaaaaaaaaa/model/weights");
        Files.delete(old);
        Files.writeString(old, "damaged");
        assertThatThrownBy(() -> aliases.rollBack("bot")).hasMessageContaining("has no complete version aaaaaaaaaaaa");
        assertThat(served(temp)).isEqualTo(NEW);
    }

    @Test
    void refusesAFolderInTheAliassPlace() throws IOException {
        Files.createDirectories(temp.resolve("bot/current"));
        assertThatThrownBy(() -> publish(temp, new Disk(), OLD))
                .hasMessageContaining("current is not a link that a publication made");
    }

    @Test
    void replacesAVersionThatWasLeftHalf() throws IOException {
        Path half = Files.createDirectories(temp.resolve("bot/versions/aaaaaaaaaaaa/model"));
        Files.writeString(half.resolve("weights"), "ha");
        publish(temp, new Disk(), OLD);
        assertThat(served(temp)).isEqualTo(OLD);
    }

    /** Killed before each of its actions: the old model or the new is served, never neither. */
    @Test
    void servesTheOldOrTheNewWhereverItIsKilled() throws IOException {
        boolean finished = false;
        boolean sawOld = false;
        boolean sawNewUnrecorded = false;
        for (int action = 0; !finished; action++) {
            Path root = Files.createDirectories(temp.resolve("killed-" + action));
            publish(root, new Disk(), OLD);
            int[] left = {action};
            try {
                publish(
                        root,
                        new Disk((doing, path) -> {
                            if (left[0]-- <= 0) {
                                throw new IllegalStateException("killed by the test");
                            }
                        }),
                        NEW);
                finished = true;
            } catch (IllegalStateException killed) {
                String served = served(root);
                assertThat(served).isIn(OLD, NEW);
                sawOld |= served.equals(OLD);
                String recorded = Objects.requireNonNull(new Aliases(new LocalStore(root.resolve("store")), Map.of())
                        .history("bot")
                        .current());
                sawNewUnrecorded |= served.equals(NEW) && recorded.equals(OLD);
                assertThat(recorded.equals(NEW) && served.equals(OLD)).isFalse();
                publish(root, new Disk(), NEW);
            }
            assertThat(served(root)).isEqualTo(NEW);
            assertThat(new Aliases(new LocalStore(root.resolve("store")), Map.of())
                            .history("bot")
                            .moves())
                    .containsExactly(
                            new Move(OLD, null, Reason.PUBLISH, "run-" + OLD),
                            new Move(NEW, OLD, Reason.PUBLISH, "run-" + NEW));
            assertThat(hidden(root)).isEmpty();
        }
        assertThat(sawOld).isTrue();
        assertThat(sawNewUnrecorded).isTrue();
    }

    private static void publish(Path root, Disk disk, String sha256) throws IOException {
        Path weights = root.resolve("weights-" + sha256);
        Path card = root.resolve("card-" + sha256);
        Files.writeString(weights, sha256);
        Files.writeString(card, "card of " + sha256);
        LocalStore store = new LocalStore(root.resolve("store"), disk);
        Path folder = root.resolve("bot");
        new VersionFolder(folder, disk)
                .add(VersionFolder.version(sha256), Map.of("model/weights", weights, "README.md", card));
        new Aliases(store, new TargetPlaces(disk, Map.of()))
                .publish(
                        "bot",
                        List.of(new Target("directory", folder.toString())),
                        sha256,
                        "run-" + sha256,
                        new Fence("run-" + sha256 + "/publish", 1));
    }

    /** What a reader finds: a whole version, whose files belong together. */
    private static String served(Path root) throws IOException {
        Path current = root.resolve("bot/current");
        String weights = Files.readString(current.resolve("model/weights"));
        assertThat(current.resolve("README.md")).hasContent("card of " + weights);
        return weights;
    }

    private static List<Path> hidden(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root.resolve("bot"))) {
            return all.filter(path -> path.getFileName().toString().startsWith("."))
                    .toList();
        }
    }
}
