package dev.septet.workflows.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WaitReason;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.catalog.QueueActivities;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A host that is away, and one that is not the pipeline's any more. */
class HostBoundTest {
    /** Work that says where it ran. */
    @ActivityInterface
    public interface Where {
        String where();
    }

    /** What people were told, and last where the work ran. */
    @WorkflowInterface
    public interface Asks {
        @WorkflowMethod
        List<String> told(RunRef run);
    }

    /** A stage that needs files. */
    public static final class AsksImpl implements Asks {
        @Override
        public List<String> told(RunRef run) {
            List<String> told = new ArrayList<>();
            HostBound<Where> files = new HostBound<>(
                    run,
                    true,
                    Stage.DEPLOY,
                    StageStubs.queued(
                            Where.class, StagePolicy.within(Duration.ofMinutes(1)), "where", WorkPriority.TRAIN),
                    waiting -> told.add(said(waiting)),
                    Duration.ofSeconds(1));
            told.add(files.call(Where::where));
            return told;
        }

        private static String said(@org.jspecify.annotations.Nullable WaitReason waiting) {
            return waiting == null ? "nothing" : waiting.reason() + " | " + String.join(", ", waiting.answers());
        }
    }

    /** A stage that is cancelled when its work is done. */
    public static final class CancelledImpl implements Asks {
        @Override
        public List<String> told(RunRef run) {
            List<String> told = new ArrayList<>();
            List<CancellationScope> scopes = new ArrayList<>();
            HostBound<Where> files = new HostBound<>(
                    run,
                    true,
                    Stage.DEPLOY,
                    StageStubs.queued(
                            Where.class, StagePolicy.within(Duration.ofMinutes(1)), "where", WorkPriority.TRAIN),
                    waiting -> {
                        if (waiting == null) {
                            scopes.get(0).cancel();
                            Workflow.sleep(1); // as a message to the run's page
                        }
                    },
                    Duration.ofSeconds(1));
            scopes.add(Workflow.newCancellationScope(() -> told.add(files.call(Where::where))));
            scopes.get(0).run();
            return told;
        }
    }

    /** A pipeline that moves to the cellar at the second question. */
    private static final class Machines implements Where, HostActivities, QueueActivities {
        final AtomicInteger questions = new AtomicInteger();
        final AtomicInteger refusals = new AtomicInteger();

        @Override
        public String where() {
            if (refusals.getAndDecrement() > 0) {
                throw io.temporal.failure.ApplicationFailure.newNonRetryableFailure(
                        "it moved", FailureType.ELSEWHERE.type());
            }
            return Activity.getExecutionContext().getInfo().getActivityTaskQueue();
        }

        @Override
        public Host host(RunRef run) {
            String id = questions.getAndIncrement() == 0 ? "attic" : "cellar";
            return new Host(id, id + ":/srv/state");
        }

        @Override
        public int pollers(String queue) {
            return queue.equals(TaskQueues.host("attic")) ? 0 : 1;
        }
    }

    @Test
    void aHostThatIsAwayIsNamedUntilThePipelineHasMoved() {
        Machines machines = new Machines();

        assertThat(told(machines, "cellar"))
                .containsExactly(
                        "the files of `hello` are on host attic:/srv/state, and no worker of that host polls its task"
                                + " queue `septet@attic`; start Septet there, or move the pipeline to another machine |"
                                + " septet dev, septet adopt hello",
                        "nothing",
                        "septet@cellar");
    }

    @Test
    void aHostThatRefusesIsAskedForAgain() {
        Machines machines = new Machines();
        machines.refusals.set(1);

        assertThat(told(machines, "attic", "cellar")).containsExactly("septet@cellar");
        assertThat(machines.questions).hasValue(2);
    }

    @Test
    void aCancellationDoesNotLoseWhatIsDone() {
        assertThat(told(CancelledImpl.class, new Machines(), "cellar")).containsExactly("septet@cellar");
    }

    private static List<String> told(Machines machines, String... polled) {
        return told(AsksImpl.class, machines, polled);
    }

    private static List<String> told(Class<? extends Asks> workflow, Machines machines, String... polled) {
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance()) {
            Worker light = server.newWorker(TaskQueues.LIGHT);
            light.registerWorkflowImplementationTypes(workflow);
            light.registerActivitiesImplementations(machines);
            for (String id : polled) {
                server.newWorker(TaskQueues.host(id)).registerActivitiesImplementations(machines);
            }
            server.start();
            return server.getWorkflowClient()
                    .newWorkflowStub(
                            Asks.class,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueues.LIGHT)
                                    .build())
                    .told(new RunRef("hello", "run-1", "/srv/hello", "5eed").withSharedStore());
        }
    }
}
