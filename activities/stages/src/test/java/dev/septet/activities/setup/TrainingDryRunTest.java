package dev.septet.activities.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.activities.attempt.Heartbeats;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.LocalStore;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.setup.SetupRequest;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDryRunTest {
    private static final int EVERY = 100;

    @TempDir
    Path temp;

    /** An activity, for its signs of life. */
    @ActivityInterface
    public interface Rehearse {
        double secondsPerStep();
    }

    private record RehearseImpl(SetupRequest request, TrainingFiles files, Path scratch) implements Rehearse {
        @Override
        public double secondsPerStep() {
            try (Heartbeats heartbeats = new Heartbeats(Activity.getExecutionContext())) {
                return new TrainingDryRun(request, files, scratch, heartbeats)
                        .run()
                        .secondsPerStep();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Blocks that join late train by another program, and the last of them after the rehearsal. */
    @Test
    void takesTheStepsOfAnUnfreezingRunAtItsEnd() throws IOException {
        TrainSpec plain = TinyPipeline.train(new FullSpec());
        assertThat(checkpoint(plain, "plain").path("program").asText()).isEqualTo("weights");

        PreserveSpec unfreezing = new PreserveSpec(null, null, null, null, null, EVERY);
        JsonNode late = checkpoint(TinyPipeline.preserving(plain, unfreezing), "unfreezing");
        assertThat(late.path("program").asText()).isEqualTo("autograd");
        // The lower block starts after the upper one, and the embedding after both.
        assertThat(late.path("updates").asInt()).isEqualTo(2 * EVERY + 1);
        assertThat(late.path("nextStep").asInt()).isEqualTo(1);
    }

    /** Whatever the search finds best must train. */
    @Test
    void takesTheLargestRankThatIsSearched() throws IOException {
        SetupSpec searching = TinyPipeline.searching(new SearchSpec(List.of(), List.of(4, 24), 0, 4));
        Path saved = saved(TinyPipeline.train(TinyPipeline.LORA), searching, "ranks");
        for (StoredTensor tensor :
                Safetensors.open(saved.resolve("trainable.safetensors")).tensors()) {
            int ranks = tensor.name().contains("lora_A") ? 0 : 1;
            assertThat(tensor.shape().get(ranks)).as(tensor.name()).isEqualTo(24);
        }
    }

    private JsonNode checkpoint(TrainSpec train, String name) throws IOException {
        Path state = saved(train, SetupSpec.DEFAULT, name).resolve("state.json");
        return new ObjectMapper().readTree(state.toFile());
    }

    /** What the rehearsal saved between its steps. */
    private Path saved(TrainSpec train, SetupSpec setup, String name) throws IOException {
        Path folder = Files.createDirectories(temp.resolve(name));
        Path scratch = Files.createDirectories(folder.resolve("scratch"));
        LocalStore store = new LocalStore(folder.resolve("store"));
        TinyPipeline tiny = new TinyPipeline(store, name, folder);
        DatasetRef dataset = tiny.dataset();
        ModelRef model = tiny.model();
        SetupRequest request = new SetupRequest(
                tiny.run(), setup, TinyPipeline.initialize(), train, EvaluateSpec.DEFAULT, dataset, model);
        TrainingFiles files = new TrainingFiles(store.fetch(model.artifact()), store.fetch(dataset.artifact()));
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
        try {
            environment.registerActivitiesImplementations(new RehearseImpl(request, files, scratch));
            Rehearse activity = environment.newActivityStub(Rehearse.class);
            assertThat(activity.secondsPerStep()).isPositive();
        } finally {
            environment.close();
        }
        try (Stream<Path> saved = Files.list(scratch)) {
            List<Path> checkpoints = saved.filter(
                            path -> path.getFileName().toString().startsWith("checkpoint"))
                    .toList();
            assertThat(checkpoints).hasSize(1);
            return checkpoints.get(0);
        }
    }
}
