package dev.septet.workers.cli.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.run.LiveActivity;
import dev.septet.workers.cli.run.RunRow;
import dev.septet.workflows.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the pages read first when there are more open runs than they read. */
class ManyOpenRunsTest {
    private static RunRow run(int number, @Nullable String stage) {
        return new RunRow(
                "run-" + number,
                "id",
                "running",
                "2026-11-29T18:00:00Z",
                null,
                null,
                stage,
                null,
                null,
                null,
                null,
                null);
    }

    /** Runs of these numbers in the order of the server's list: the newest, with the largest number, first. */
    private static List<RunRow> runs(int first, int last, @Nullable String stage) {
        return IntStream.rangeClosed(-last, -first)
                .mapToObj(number -> run(-number, stage))
                .toList();
    }

    private static List<RunRow> newestFirst(List<RunRow> newer, List<RunRow> older) {
        List<RunRow> all = new ArrayList<>(newer);
        all.addAll(older);
        return all;
    }

    @Test
    void theOldestRunsAreReadAndThoseThatWaitForPeopleLast() {
        List<RunRow> open = newestFirst(runs(151, 400, "train"), runs(1, 150, "deploy"));

        List<RunRow> asked = QueueReader.asked(open);

        assertThat(asked).hasSize(QueueReader.MOST_RUNS).allMatch(run -> "train".equals(run.stage()));
        assertThat(asked.get(0).workflowId()).isEqualTo("run-151");
        assertThat(QueueReader.asked(runs(1, 3, null)))
                .extracting(RunRow::workflowId)
                .containsExactly("run-1", "run-2", "run-3");
        assertThat(QueueReader.asked(newestFirst(runs(3, 4, "train"), runs(1, 2, "deploy"))))
                .extracting(RunRow::workflowId)
                .containsExactly("run-3", "run-4", "run-1", "run-2");
    }

    @Test
    void activitiesThatRunComeBeforeThoseThatWait() {
        List<QueuesView.Work> work = List.of(work("a", true), work("b", false), work("c", true), work("d", false));

        assertThat(QueueReader.runningFirst(work))
                .extracting(QueuesView.Work::run)
                .containsExactly("b", "d", "a", "c");
    }

    private static QueuesView.Work work(String run, boolean waiting) {
        return new QueuesView.Work(
                run, run, new LiveActivity(Stage.TRAIN, null, 1, null, waiting, run + "/train", "septet-gpu", null));
    }

    @Test
    void theOldestQuestionsAreReadAndTheCutIsSaid() {
        List<RunRow> open = newestFirst(runs(71, 90, "train"), runs(1, 70, "deploy"));
        List<String> remarks = new ArrayList<>();

        List<RunRow> asking = ServerFacts.asking(open, remarks);

        assertThat(asking).hasSize(ServerFacts.MOST_QUESTIONS);
        assertThat(asking.get(0).workflowId()).isEqualTo("run-1");
        assertThat(asking.get(49).workflowId()).isEqualTo("run-50");
        assertThat(remarks)
                .containsExactly(
                        "70 runs may wait for an approval; only the oldest 50 are asked. Those after them are left out.");

        remarks.clear();
        assertThat(ServerFacts.asking(runs(1, 50, null), remarks)).hasSize(50);
        assertThat(remarks).isEmpty();
    }
}
