package dev.septet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A queue without a worker is said aloud, in a workflow that only waits. */
class PollerCheckTest {
    /** What the page says after 50 seconds, after a minute more, and after a day more. */
    @WorkflowInterface
    public interface Waits {
        @WorkflowMethod
        List<String> pages(boolean heard);
    }

    /** A run whose training never begins. */
    public static final class WaitsImpl implements Waits {
        @Override
        public List<String> pages(boolean heard) {
            // The first questions come after 20 seconds and after 60. The clock goes on while somebody answers them.
            StageBoard board = new StageBoard();
            board.start(Stage.TRAIN, "hello/1/train");
            PollerCheck pollerCheck = PollerCheck.during(board, Stage.TRAIN, "lab-gpu");
            if (heard) {
                board.progress(new StageProgress("train", Progress.of("training", 1, 2, "steps")));
            }
            List<String> pages = new ArrayList<>();
            for (Duration pause : List.of(Duration.ofSeconds(50), Duration.ofMinutes(1), Duration.ofDays(1))) {
                Workflow.sleep(pause);
                pages.add(board.markdown());
            }
            pollerCheck.close();
            Workflow.sleep(Duration.ofDays(1));
            return pages;
        }
    }

    @Test
    void isSaidUntilAWorkerCame() {
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance()) {
            FakeActivities activities = new FakeActivities();
            activities.pollers.addAll(List.of(0, 1));

            List<String> pages = pages(server, activities, false);

            assertThat(pages.get(0))
                    .contains(
                            "**train waits**: no worker polls the task queue `lab-gpu`; start one",
                            "septet worker --role training --queue lab-gpu");
            assertThat(pages.get(1)).doesNotContain("waits");
            assertThat(activities.calls)
                    .as("it looks ever less often, and not after its end")
                    .hasSizeBetween(140, 160);
        }
    }

    @Test
    void nobodyIsAskedWhileTheStageGivesSignsOfLife() {
        try (TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance()) {
            FakeActivities activities = new FakeActivities();
            activities.pollers.add(0);

            List<String> pages = pages(server, activities, true);

            assertThat(pages.get(0)).contains("training, 1 of 2 steps").doesNotContain("waits");
            assertThat(pages.get(1)).as("it has fallen silent").contains("**train waits**");
        }
    }

    private static List<String> pages(TestWorkflowEnvironment server, FakeActivities activities, boolean heard) {
        Worker worker = Stack.light(server);
        worker.registerWorkflowImplementationTypes(WaitsImpl.class);
        worker.registerActivitiesImplementations(activities);
        server.start();
        return server.getWorkflowClient()
                .newWorkflowStub(
                        Waits.class,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueues.LIGHT)
                                .build())
                .pages(heard);
    }
}
