package dev.septet.activities.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec.Style;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong with a deployed guard is found before the training, or before the publication. */
class GuardPublisherTest {
    private static final Path MODELS = TinyPipeline.baseModel().resolve("..").normalize();
    private static final RunRef RUN = new RunRef("p", "run", MODELS.toString(), "0".repeat(64));

    @TempDir
    private Path folder = Path.of("");

    private GuardPublisher guards() {
        PipelineFiles files =
                new PipelineFiles(new ActivitySettings(folder.resolve("store"), List.of(), List.of(MODELS)));
        return GuardPublisher.of(BaseModelFiles.of(files, Map.of()), new ModelEndpoints(null, Map.of()));
    }

    private static DeploySpec deploying(
            SafetySpec.Model model, @Nullable Style style, @Nullable Double threshold, String... categories) {
        return new DeploySpec(
                List.of(),
                List.of(new HttpSpec("127.0.0.1", 8080, null)),
                null,
                null,
                new ServingGuardSpec(
                        new SafetySpec.Guard(model, style, threshold),
                        ServingGuardSpec.DEFAULT_ON,
                        ServingGuardSpec.Action.FLAG,
                        null,
                        List.of(categories)),
                List.of(),
                DeploySpec.DEFAULT_POLICY);
    }

    private static SafetySpec.Model base() {
        return new SafetySpec.Model(null, "base", null);
    }

    @Test
    void aModelThatIsNoGuardIsNotPublished() throws IOException {
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run/export", 1);
        Path export = store.scratch(fence);
        assertThatThrownBy(() -> guards().publish(RUN, deploying(base(), Style.LABELS, null), store, fence, export))
                .isInstanceOf(StageProblem.class)
                .hasMessageStartingWith("deploy: guard: 'base' gives no verdict about a short example: ");
        assertThat(export).isEmptyDirectory();
    }

    @Test
    void aFormatOrACategoryThatIsNotKnownIsRefusedBeforeTraining() {
        assertThatThrownBy(() -> guards().find(RUN, deploying(base(), null, null), progress -> {}))
                .isInstanceOf(StageProblem.class)
                .hasMessageStartingWith("deploy: guard: the chat template of 'base' is none of Llama Guard");
        assertThatThrownBy(() ->
                        guards().find(RUN, deploying(base(), Style.LLAMA_GUARD2, null, "S2", "S12"), progress -> {}))
                .isInstanceOf(StageProblem.class)
                .hasMessageStartingWith("deploy: guard: categories: this guard has no category 'S12'; it has S1, S2,");
        assertThatThrownBy(() -> guards().find(RUN, deploying(base(), Style.SHIELD_GEMMA, null, "S1"), progress -> {}))
                .hasMessageContaining("No Dangerous Content");
    }

    @Test
    void theDigestAndTheMemoryAreThoseOfTheGuard() throws IOException {
        String labels = guards().digest(RUN, deploying(base(), Style.LABELS, null));
        assertThat(labels).isEqualTo(guards().digest(RUN, deploying(base(), Style.LABELS, 0.5)));
        assertThat(labels).isNotEqualTo(guards().digest(RUN, deploying(base(), Style.LABELS, 0.6)));
        assertThat(guards().digest(RUN, null)).isNull();
        assertThat(GuardPublisher.memory(guards().findHere(RUN, deploying(base(), Style.LABELS, null), progress -> {})))
                .isBetween(110_000L, 130_000L);

        DeploySpec hosted = deploying(new SafetySpec.Model("lab", "guard-1", null), Style.LLAMA_GUARD3, null);
        assertThat(guards().findHere(RUN, hosted, progress -> {})).isNull();
        assertThat(GuardPublisher.memory(null)).isNull();
    }
}
