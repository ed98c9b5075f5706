package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An attempt that was killed keeps its fence: later ones are after it, whatever their number. */
class SteeringFenceTest {
    private static final RunRef RUN = new RunRef("tiny", "run-1", "/srv", "5eed");
    private static final SteeringCommand PAUSE = new SteeringCommand(1, SteeringAction.PAUSE, null, null);
    private static final SteeringCommand RESUME = new SteeringCommand(2, SteeringAction.RESUME, null, null);

    @TempDir
    private Path folder = Path.of("");

    private final TestActivityEnvironment environment = TestActivityEnvironment.newInstance();

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void aRepeatedRequestIsAfterTheAttemptsOfTheFirst() throws IOException {
        killed(1, 3);
        assertThat(recorded(PAUSE)).containsExactly(PAUSE);
    }

    @Test
    void aLongerListIsAfterEveryAttemptOfAShorterOne() throws IOException {
        killed(1, FencingToken.ATTEMPTS_OF_A_STEP - 1);
        assertThat(recorded(PAUSE, RESUME)).containsExactly(PAUSE, RESUME);
    }

    @Test
    void aShorterListIsBeforeALongerOne() throws IOException {
        killed(2, 1);
        assertThat(recorded(PAUSE)).isEmpty();
    }

    /** As if the first request's attempt had died. */
    private void killed(int commands, int attempt) throws IOException {
        new LocalStore(folder)
                .open(new Fence(
                        "run-1/steering", new FencingToken(1, commands * FencingToken.ATTEMPTS_OF_A_STEP + attempt)));
    }

    private List<SteeringCommand> recorded(SteeringCommand... commands) throws IOException {
        LocalStore store = new LocalStore(folder);
        environment.registerActivitiesImplementations(new SteeringActivitiesImpl(store));
        environment.newActivityStub(SteeringActivities.class).record(RUN, List.of(commands));
        return new SteeringRecords(store, "run-1").commands();
    }
}
