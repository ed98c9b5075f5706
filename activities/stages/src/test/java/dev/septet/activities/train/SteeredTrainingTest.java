package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.TinyPipeline;
import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.train.SteeringAction;
import dev.septet.workflows.train.SteeringActivities;
import dev.septet.workflows.train.SteeringCommand;
import dev.septet.workflows.train.SteeringDecision;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class SteeredTrainingTest {
    private static final double RATE = 3e-2;

    @TempDir
    Path temp;

    private LocalStore store;

    @BeforeEach
    void open() {
        store = new LocalStore(temp.resolve("store"));
    }

    @Test
    void steeredAndKilledItEndsInTheBytesOfOneThatWasOnlySteered() throws IOException {
        ask("run-1", rate(1, 5), rate(2, 9));
        CheckpointRef undisturbed = done("run-1", new Disk());
        store = new LocalStore(temp.resolve("killed"));
        ask("run-1", rate(1, 5), rate(2, 9));
        Random random = new Random(20261125);
        int kills = 0;
        while (kills < 12) {
            try {
                train("run-1", 0, dyingAfter(8 + random.nextInt(40)));
                break;
            } catch (ActivityFailure expected) {
                assertThat(expected).hasStackTraceContaining("killed by the test");
                kills++;
            }
        }
        assertThat(kills).isGreaterThan(3);
        CheckpointRef killed = done("run-1", new Disk());

        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
        assertThat(killed.origin().why())
                .endsWith("; steered: learning rate 0.03 from step 5 on, learning rate 0.03 from step" + " 9 on");
        assertThat(done("unsteered", new Disk()).artifact()).isNotEqualTo(killed.artifact());
    }

    @Test
    void whatIsAskedWhileItTrainsIsWrittenDownAndDoneAgainAtTheSameStep() throws IOException {
        askedAtFourAndKilledAtEight("run-1", rate(1, null));
        SteeringDecision decision = decisions("run-1").get(0);
        // Steps go on beside the saves; that of step 10 waits for that of step 8.
        assertThat(decision.step()).isBetween(4, 9);
        CheckpointRef killed = done("run-1", new Disk());

        store = new LocalStore(temp.resolve("undisturbed"));
        ask("run-2", rate(1, decision.step()));
        CheckpointRef undisturbed = done("run-2", new Disk());
        assertThat(killed.artifact()).isEqualTo(undisturbed.artifact());
        assertThat(killed.ledger()).isEqualTo(undisturbed.ledger());
    }

    @Test
    void whatIsAskedLaterNeverTakesEffectEarlier() throws IOException {
        askedAtFourAndKilledAtEight("run-1", rate(1, null));
        store.checkpoints().prune("run-1/train", 0, Set.of(), new Fence("run-1/train", 0));
        ask("run-1", rate(1, null), command(2, SteeringAction.CHECKPOINT_NOW, null));

        done("run-1", new Disk());

        List<SteeringDecision> decisions = decisions("run-1");
        assertThat(decisions.get(1).step()).isEqualTo(decisions.get(0).step());
    }

    @Test
    void pausedItGoesOnToTheBytesOfOneThatWasNot() throws IOException {
        CheckpointRef calm = done("calm", new Disk());
        store = new LocalStore(temp.resolve("paused"));
        SteeringCommand pause = command(1, SteeringAction.PAUSE, 5);
        ask("run-1", pause);
        assertThat(train("run-1", 0, new Disk())).isEqualTo(TrainOutcome.paused(5, 1));
        assertThat(train("run-1", 0, new Disk())).isEqualTo(TrainOutcome.paused(5, 1));
        ask("run-1", pause, command(2, SteeringAction.RESUME, null));

        TrainOutcome outcome = train("run-1", 1, new Disk());

        CheckpointRef result = Objects.requireNonNull(outcome.checkpoint());
        assertThat(result.artifact()).isEqualTo(calm.artifact());
        assertThat(result.ledger()).isEqualTo(calm.ledger());
        assertThat(done("run-2", new Disk()).origin().reusedFrom()).isEqualTo("run-1");
        store.open(new Fence("run-1/train", 100_002)); // the next attempt after the pause
        assertThatThrownBy(() -> train("run-1", 0, new Disk()))
                .as("an attempt from before the pause")
                .hasStackTraceContaining("has taken over");
    }

    @Test
    void stoppedEarlyItKeepsWhatItLearnedAndOnlyForItsOwnRun() throws IOException {
        ask("run-1", command(1, SteeringAction.STOP_EARLY, 7));
        CheckpointRef stopped = done("run-1", new Disk());
        assertThat(stopped.steps()).isEqualTo(7);
        assertThat(stopped.stopReason()).isEqualTo("stopped early, as it was told");
        assertThat(stopped.validationLoss()).isNotNull();
        assertThat(stopped.origin().why()).endsWith("; steered: ended before step 7");

        assertThat(done("run-1", new Disk())).as("its answer was lost").isEqualTo(stopped);
        CheckpointRef plain = done("run-2", new Disk());
        assertThat(plain.steps()).isEqualTo(TinyPipeline.STEPS);
        assertThat(plain.origin().why()).isEqualTo("because steering changed since run run-1");
    }

    @Test
    void aSteeredRunsCheckpointsAreItsOwn() throws IOException {
        ask("run-1", rate(1, 3), command(2, SteeringAction.PAUSE, 6));
        assertThat(train("run-1", 0, new Disk())).isEqualTo(TrainOutcome.paused(6, 2));

        done("run-2", new Disk());

        assertThat(store.record("attempts/run-2/train/0").orElseThrow()).contains("\"fromStep\":0");
        assertThat(store.checkpoints().newestValid("run-1/train").checkpoint()).isPresent();
    }

    @Test
    void commitsWhenItIsTold() throws IOException {
        ask("run-1", command(1, SteeringAction.CHECKPOINT_NOW, 3));
        List<Integer> committed = new ArrayList<>();
        done("run-1", new Disk((action, path) -> {
            if (action.equals("move") && path.toString().contains("checkpoints")) {
                committed.add(Integer.parseInt(path.getFileName().toString()));
            }
        }));
        assertThat(committed).containsExactly(2, 3, 4, 6, 8, 10, 12);
    }

    @Test
    void refusesInPlainWordsWhatComesTooLate() throws IOException {
        ask(
                "run-1",
                command(1, SteeringAction.STOP_EARLY, 0),
                rate(2, TinyPipeline.STEPS),
                command(3, SteeringAction.RESUME, null),
                command(4, SteeringAction.STOP_EARLY, 8),
                rate(5, 9));
        done("run-1", new Disk());

        assertThat(decisions("run-1").stream().map(SteeringDecision::refused))
                .containsExactly(
                        "before step 0 nothing has been trained: cancel the run instead, or stop" + " later",
                        "there is no step 12: the training has 12, counted from 0",
                        "the training is not paused, so there is nothing to resume",
                        null,
                        "the training was told to end before it reaches step 9");
        assertThat(answer("run-1", 4)).isEqualTo(decisions("run-1").get(3));
        assertThat(answer("run-1", 6)).isNull();
    }

    private void askedAtFourAndKilledAtEight(String run, SteeringCommand command) {
        Disk disk = new Disk((action, path) -> {
            boolean commit = action.equals("move") && path.toString().contains("checkpoints");
            if (commit && path.endsWith("4")) {
                ask(run, command);
            }
            if (commit && path.endsWith("8")) {
                throw new IllegalStateException("killed by the test");
            }
        });
        assertThatThrownBy(() -> train(run, 0, disk)).hasStackTraceContaining("killed by the test");
    }

    private static SteeringCommand rate(int sequence, @Nullable Integer atStep) {
        return new SteeringCommand(sequence, SteeringAction.SET_LEARNING_RATE, RATE, atStep);
    }

    private static SteeringCommand command(int sequence, SteeringAction action, @Nullable Integer atStep) {
        return new SteeringCommand(sequence, action, null, atStep);
    }

    private void ask(String run, SteeringCommand... commands) {
        activities(SteeringActivities.class, new SteeringActivitiesImpl(store), stub -> {
            stub.record(tiny(run).run(), Arrays.asList(commands));
            return run;
        });
    }

    private @Nullable SteeringDecision answer(String run, int sequence) {
        return activities(
                        SteeringActivities.class,
                        new SteeringActivitiesImpl(store),
                        stub -> Optional.ofNullable(stub.decision(tiny(run).run(), sequence, 0)))
                .orElse(null);
    }

    private List<SteeringDecision> decisions(String run) throws IOException {
        return new SteeringRecords(store, run).decisions();
    }

    private TinyPipeline tiny(String run) {
        return new TinyPipeline(store, run, temp);
    }

    private CheckpointRef done(String run, Disk disk) throws IOException {
        return Objects.requireNonNull(train(run, 0, disk).checkpoint());
    }

    private TrainOutcome train(String run, int pauses, Disk disk) throws IOException {
        var request = tiny(run).trainRequest(TinyPipeline.train(TinyPipeline.LORA));
        LocalStore watched = new LocalStore(store.root(), disk);
        return activities(
                TrainActivities.class,
                new TrainActivitiesImpl(watched, watched.checkpoints(), new Shutdown()),
                stub -> stub.train(request, pauses));
    }

    /** From its n-th action on, nothing reaches the disk any more: the process is dead. */
    private static Disk dyingAfter(int actions) {
        int[] left = {actions};
        return new Disk((action, path) -> {
            if (--left[0] < 0) {
                throw new IllegalStateException("killed by the test");
            }
        });
    }

    private static <A, R> R activities(Class<A> type, Object implementation, Function<A, R> call) {
        TestActivityEnvironment own = TestActivityEnvironment.newInstance();
        try {
            own.registerActivitiesImplementations(implementation);
            return call.apply(own.newActivityStub(type));
        } finally {
            own.close();
        }
    }
}
