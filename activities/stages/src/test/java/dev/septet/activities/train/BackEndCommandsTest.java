package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.CommandTrainerSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.backend.SageMakerSpec;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commands of people reach which back end. */
class BackEndCommandsTest {
    private static final CommandTrainerSpec COMMAND = new CommandTrainerSpec("trl", Map.of());
    private static final List<SteeringCommand> COMMANDS = List.of(
            new SteeringCommand(1, SteeringAction.CHECKPOINT_NOW, null, null),
            new SteeringCommand(2, SteeringAction.STOP_EARLY, null, 9),
            new SteeringCommand(3, SteeringAction.PAUSE, null, 8));

    @TempDir
    Path temp;

    @Test
    void commandsThatDoNotReachATrainingJobAreRefused() throws IOException {
        String why = "`by sagemaker(command('trl'))` takes no commands while it trains; `pause` stops it, and keeps its"
                + " newest checkpoint";
        assertThat(refusals(new SageMakerSpec(COMMAND, null, null, 1, null, null, null)))
                .containsExactly(why, why, null);
    }

    @Test
    void aServiceTakesNoCommandsAndStopsAtNoCertainStep() throws IOException {
        String why =
                "`by openai(endpoint: 'azure', model: 'gpt')` takes no commands while it trains; `pause` stops it, and"
                        + " `resume` trains again from the beginning, at the service's full price";
        assertThat(refusals(new OpenAiSpec("azure", "gpt", null, null)))
                .containsExactly(
                        why,
                        why,
                        "`by openai(endpoint: 'azure', model: 'gpt')` cannot stop before a certain step; leave the step"
                                + " out");
    }

    @Test
    void aTrainerWithARunFolderTakesThem() throws IOException {
        assertThat(refusals(COMMAND)).containsExactly(null, null, null);
    }

    private List<@Nullable String> refusals(BackEndSpec by) throws IOException {
        LocalStore store = new LocalStore(temp.resolve("store"));
        Fence fence = new Fence("run-1/train", new FencingToken(1, 1));
        store.open(fence);
        SteeringRecords records = new SteeringRecords(store, "run-1");
        records.putCommands(COMMANDS, fence);
        TrainingSteering.of(records, fence, by).update(3, 12);
        return records.decisions().stream().map(SteeringDecision::refused).toList();
    }
}
