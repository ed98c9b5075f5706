package dev.septet.workers.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupReport;
import dev.septet.workflows.setup.WorkerProbe;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResumeCommandTest {
    private static final Origin ORIGIN = new Origin("0".repeat(64), null, "made for a test");

    /** The workers of the new run may compute on another kind of device. */
    @Test
    void namesTheDeviceOfWhatItReuses() {
        WorkerProbe worker = new WorkerProbe("0".repeat(64), "host", "cuda:0", 2, 1, 1);
        SetupReport setup = new SetupReport(new PreflightReport(worker, 1, 1, ORIGIN), 1e-3, 8, List.of(), ORIGIN);
        PipelineReport kept = new PipelineReport(null, null, null, setup, null, null, null, null, List.of());

        assertThat(ResumeCommand.reuse(Stage.SETUP, kept)).isEqualTo("reuse, measured on cuda:0");
        assertThat(ResumeCommand.reuse(Stage.TRAIN, kept)).isEqualTo("reuse, trained after a setup on cuda:0");
        assertThat(ResumeCommand.reuse(Stage.PREPARE, kept)).isEqualTo("reuse");
        assertThat(ResumeCommand.reuse(Stage.SETUP, PipelineReport.NOTHING)).isEqualTo("reuse");
    }
}
