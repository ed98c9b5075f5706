package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.AliasHistory.Target;
import dev.septet.activities.deploy.chain.ChainProbes;
import dev.septet.activities.deploy.chain.RecordedAnswers;
import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.Targets;
import dev.septet.activities.store.Disk;
import dev.septet.dsl.pipeline.deploy.VllmSpec;
import dev.septet.llm.format.ElementType;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running vLLM server loads the adapters of a folder. */
@Tag("long")
class VllmPlaceTest {
    private static final String OLD = "aaaaaaaaaaaa";
    private static final String NEW = "bbbbbbbbbbbb";

    @TempDir
    static Path shared;

    private static SmallChain first;
    private static SmallChain second;

    @TempDir
    private Path temp = Path.of("");

    private FakeVllm vllm;

    @BeforeAll
    static void export() throws IOException {
        first = chain(shared.resolve("first"), 2);
        second = chain(shared.resolve("second"), 4);
    }

    /** Two adapters of the repository's own base model, and the answers of each. */
    static SmallChain chain(Path root, long seed) throws IOException {
        SmallChain chain = new SmallChain(root, new SmallChain.Plan(seed, 4, 8, ElementType.F32, false, true, false))
                .inputs()
                .exported();
        RecordedAnswers answers = RecordedAnswers.of(
                chain.export().resolve("model"), chain.base(), ChainProbes.of(root.resolve("dataset")));
        answers.write(Files.createDirectories(root.resolve("answers")));
        new RecordedAnswers(answers.answers().subList(0, 1)).write(Files.createDirectories(root.resolve("one-answer")));
        return chain;
    }

    @BeforeEach
    void start() throws IOException {
        vllm = new FakeVllm(first.base());
    }

    @AfterEach
    void stop() {
        vllm.close();
    }

    @Test
    void loadsVerifiesAndOnlyThenMovesTheName() throws IOException {
        TargetPlace place = place();
        place.add(OLD, files(first));
        place.verify(OLD, first.root.resolve("answers"));
        assertThat(vllm.adapters).containsOnlyKeys("support@" + OLD);
        place.point(OLD);
        assertThat(vllm.adapters).containsOnlyKeys("support", "support@" + OLD).containsEntry("support", path(OLD));

        publish(place, NEW, second);
        assertThat(vllm.adapters).containsEntry("support", path(OLD)).containsKey("support@" + NEW);
        place.point(NEW);
        assertThat(vllm.adapters).containsOnlyKeys("support", "support@" + NEW).containsEntry("support", path(NEW));

        place.point(OLD); // a rollback
        assertThat(vllm.adapters).containsOnlyKeys("support", "support@" + OLD).containsEntry("support", path(OLD));
        place.unpoint(OLD);
        assertThat(vllm.adapters).isEmpty();
    }

    @Test
    void loadsAgainWhatARestartedServerHasLost() throws IOException {
        TargetPlace place = place();
        publish(place, OLD, first);
        place.point(OLD);
        vllm.adapters.clear();
        place.point(OLD);
        assertThat(vllm.adapters).containsOnlyKeys("support", "support@" + OLD);
    }

    @Test
    void replacesTheNameOnAServerWithoutLoadInplace() throws IOException {
        vllm.inPlace = false;
        TargetPlace place = place();
        publish(place, OLD, first);
        place.point(OLD);
        publish(place, NEW, second);
        place.point(NEW);
        assertThat(vllm.adapters).containsOnlyKeys("support", "support@" + NEW).containsEntry("support", path(NEW));
    }

    @Test
    void unloadsWhatAnswersOtherwise() throws IOException {
        TargetPlace place = place();
        publish(place, OLD, first);
        place.point(OLD);
        // The files of one adapter, and the answers of another.
        place.add(NEW, files(second));
        assertThatThrownBy(() -> place.verify(NEW, first.root.resolve("answers")))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.CHAIN_BROKEN))
                .hasMessageContaining("link 'endpoint' of the chain is broken: vllm: ")
                .hasMessageContaining("log-probabilities")
                .hasMessageContaining(
                        "The server of endpoint 'cluster' has unloaded 'support@%s'; the name 'support' did not change"
                                .formatted(NEW));
        assertThat(vllm.adapters).containsOnlyKeys("support", "support@" + OLD).containsEntry("support", path(OLD));
    }

    @Test
    void noticesAServerThatIgnoresTheAdapter() throws IOException {
        vllm.ignoring = true;
        TargetPlace place = place();
        place.add(OLD, files(first));
        assertThatThrownBy(() -> place.verify(OLD, first.root.resolve("answers")))
                .hasMessageContaining("that are the base model's")
                .hasMessageContaining("the server does not apply the adapter");
        assertThat(vllm.adapters).isEmpty();
    }

    @Test
    void saysWhyTheServerDoesNotLoadAnAdapter() throws IOException {
        TargetPlace place = place();
        vllm.updating = false;
        assertThatThrownBy(() -> publish(place, OLD, first))
                .hasMessageContaining(
                        "the server of endpoint 'cluster' has no /v1/load_lora_adapter; start it with --enable-lora and"
                                + " VLLM_ALLOW_RUNTIME_LORA_UPDATING=True");
        vllm.updating = true;
        vllm.maxRank = 2;
        assertThatThrownBy(() -> publish(place, OLD, first))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.INVALID_PIPELINE))
                .hasMessageContaining("LoRA rank 4 is greater than max_lora_rank 2.")
                .hasMessageContaining("start the server with a larger --max-lora-rank");
        vllm.maxRank = 16;
        vllm.mounted = Map.entry("/models", temp.toString());
        assertThatThrownBy(() -> publish(place, OLD, first))
                .hasMessageContaining("No adapter found")
                .hasMessageContaining("the server does not find " + path(OLD))
                .hasMessageContaining("SEPTET_TARGET_MODE=group");
        TargetPlace mapped = place(vllm.environment(temp, "%s: /models".formatted(temp)), "support");
        publish(mapped, OLD, first);
        assertThat(vllm.adapters)
                .containsEntry("support@" + OLD, "/models/models/vllm/versions/%s/adapter".formatted(OLD));
        vllm.close();
        assertThatThrownBy(() -> mapped.point(OLD))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.BACKEND_FAILED))
                .hasMessageContaining("endpoint cluster cannot be reached for GET /models");
    }

    @Test
    void refusesANameThatBelongsToAnother() throws IOException {
        vllm.adapters.put("support", "/elsewhere/adapter");
        TargetPlace place = place();
        publish(place, OLD, first);
        assertThatThrownBy(() -> place.point(OLD))
                .hasMessageContaining("already has a model 'support', which is not from ")
                .hasMessageContaining("write another `name:`, or unload that model");
        assertThat(place.current()).isEmpty();
        assertThatThrownBy(() -> place(vllm.environment(temp, "%s: %s".formatted(temp, temp)), "base-model")
                        .point(OLD))
                .hasMessageContaining("already has a model 'base-model'");
    }

    @Test
    void refusesFoldersThatTheOperatorDidNotName() throws IOException {
        Map<String, String> none = vllm.environment(temp, "/srv/models: /models");
        assertThatThrownBy(() -> place(none, "support"))
                .isInstanceOfSatisfying(
                        StageProblem.class,
                        problem -> assertThat(problem.type()).isEqualTo(FailureType.POLICY_DENIED))
                .hasMessageContaining("lets the endpoint 'cluster' load no adapters from")
                .hasMessageContaining("only from: /srv/models");
        assertThatThrownBy(() -> place(Map.of(), "support")).hasMessageContaining("this worker allows no endpoints");
    }

    @Test
    void refusesAModelWithoutAnAdapter() throws IOException {
        Map<String, Path> files = files(first);
        files.remove("vllm-lora.yaml");
        assertThatThrownBy(() -> place().add(OLD, files)).hasMessageContaining("needs a LoRA adapter");
    }

    /** Killed at each request, before and after its effect: the name is always the old or the new version. */
    @Test
    void theNameIsWholeWhereverItIsKilled() throws IOException {
        TargetPlace place = place();
        publish(place, OLD, first);
        place.point(OLD);
        Map<String, String> before = new TreeMap<>(vllm.adapters);
        int kills = 0;
        for (boolean arrives : new boolean[] {false, true}) {
            boolean done = false;
            for (int at = 0; !done; at++) {
                vllm.dies = -1;
                vllm.adapters.clear();
                vllm.adapters.putAll(before);
                new VersionFolder(temp.resolve("models/vllm"), new Disk()).point(OLD);
                vllm.requests = 0;
                vllm.dies = at;
                vllm.arrives = arrives;
                try {
                    publish(place, NEW, second);
                    place.point(NEW);
                    done = true;
                } catch (StageProblem killed) {
                    assertThat(killed).hasMessageContaining("killed by the test");
                    kills++;
                }
                assertThat(vllm.adapters.get("support")).isIn(path(OLD), path(NEW));
                vllm.dies = -1;
                publish(place, NEW, second);
                place.point(NEW);
                assertThat(vllm.adapters)
                        .containsOnlyKeys("support", "support@" + NEW)
                        .containsEntry("support", path(NEW))
                        .containsEntry("support@" + NEW, path(NEW));
                assertThat(place.current()).contains(NEW);
            }
        }
        assertThat(kills).isGreaterThan(20);
    }

    private TargetPlace place() throws IOException {
        return place(vllm.environment(temp, "%s: %s".formatted(temp, temp)), "support");
    }

    private TargetPlace place(Map<String, String> environment, String name) {
        return new TargetPlaces(new Disk(), environment)
                .open(new Target("vllm", temp.resolve("models/vllm").toString(), null, null, "cluster", name));
    }

    private String path(String version) {
        return temp.resolve("models/vllm/versions")
                .resolve(version)
                .resolve("adapter")
                .toString();
    }

    private void publish(TargetPlace place, String version, SmallChain chain) throws IOException {
        place.add(version, files(chain));
        place.verify(version, chain.root.resolve("one-answer"));
    }

    private Map<String, Path> files(SmallChain chain) throws IOException {
        VllmSpec spec = new VllmSpec("models/vllm", "cluster", "support");
        return Targets.of(spec)
                .files(spec, new Exported("small", chain.export()), Files.createTempDirectory(temp, "scratch"));
    }
}
