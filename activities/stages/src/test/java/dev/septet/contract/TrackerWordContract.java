package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.track.TrackerExtension;
import dev.septet.activities.track.run.TrackedCurve;
import dev.septet.activities.track.run.TrackedRun;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.retrain.Trigger;
import dev.septet.workflows.track.RunMoment;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What every tracker of a jar keeps. */
public abstract class TrackerWordContract extends WordContract<TrackerExtension> {
    /** Everything that has been received so far, as text. */
    protected abstract String received() throws Exception;

    @Test
    void receivesARun() throws Exception {
        assertThat(send(RunMoment.State.FINISHED)).isNotBlank();
        assertThat(received()).contains("run-1");
    }

    /** A run is sent again when nobody knows whether it arrived, and in later states. */
    @Test
    void aRunThatIsSentAgainChangesNothing() throws Exception {
        send(RunMoment.State.RUNNING);
        send(RunMoment.State.FINISHED);
        String before = received();
        send(RunMoment.State.FINISHED);
        assertThat(received()).isEqualTo(before);
    }

    private String send(RunMoment.State state) throws Exception {
        RunMoment moment = new RunMoment(
                state,
                1000,
                state == RunMoment.State.RUNNING ? null : 9000L,
                "support",
                Trigger.REQUEST,
                List.of(),
                null);
        TrackedRun run = new TrackedRun(
                "support",
                "run-1",
                moment,
                new TreeMap<>(),
                new TreeMap<>(),
                List.of(new TrackedCurve("loss", List.of(new TrackedCurve.Point(0, 2000, 0.5)))),
                new TreeMap<>(),
                List.of(),
                List.of(),
                PipelineReport.NOTHING);
        return extension().send(used(), run);
    }
}
