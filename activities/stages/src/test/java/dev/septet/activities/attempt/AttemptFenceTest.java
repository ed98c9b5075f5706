package dev.septet.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.Fence;
import dev.septet.activities.store.FencingToken;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.StageStubs;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An activity that a workflow requests twice, such as work that waits for its host. */
@Timeout(120)
class AttemptFenceTest {
    private static final String QUEUE = "fenced";
    private static final StagePolicy POLICY =
            new StagePolicy(Duration.ofHours(1), Duration.ofMinutes(1), 9, Duration.ofSeconds(1), 2);

    private final TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance();
    private final List<Fence> fences = new CopyOnWriteArrayList<>();
    private final List<Integer> counted = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    /** Work in attempts. */
    @ActivityInterface
    public interface Work {
        int work(boolean fails);
    }

    /** Requests it twice. */
    @WorkflowInterface
    public interface Run {
        @WorkflowMethod
        int run();
    }

    /** Requests it twice. */
    public static final class RunImpl implements Run {
        private final Work work = StageStubs.counted(Work.class, POLICY, QUEUE, "work");

        @Override
        public int run() {
            return work.work(true) + work.work(false);
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theFirstAttemptOfALaterRequestIsAfterAllOfTheEarlierOne() throws Exception {
        LocalStore store = new LocalStore(folder);
        Worker worker = server.newWorker(QUEUE);
        worker.registerWorkflowImplementationTypes(RunImpl.class);
        worker.registerActivitiesImplementations((Work) fails -> Attempt.of(
                store,
                new RunRef("hello", "run-1", "/srv", "5eed"),
                "publish",
                POLICY,
                attempt -> attempted(attempt.fence(), fails)));
        server.start();
        server.getWorkflowClient()
                .newWorkflowStub(
                        Run.class,
                        WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build())
                .run();

        assertThat(counted).containsExactly(1, 2, 3, 1);
        assertThat(fences.stream().map(Fence::token).toList()).isSorted();
        FencingToken last = fences.get(3).token();
        assertThat(last).isGreaterThan(fences.get(2).token());
        new LocalStore(folder).open(fences.get(2)); // as if that attempt had been killed
        store.open(fences.get(3));
    }

    private int attempted(Fence fence, boolean fails) {
        fences.add(fence);
        counted.add(fence.attempt());
        if (fails && fence.attempt() < 3) {
            throw new IllegalStateException("it broke");
        }
        return 1;
    }
}
