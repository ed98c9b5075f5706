package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.examples.traffic.Shift;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both workers and the serving process are killed while a model is tried: the trial ends alike. */
@Tag("nightly")
class TrialKillIT {
    private static final String NAME = "tried";
    private static final int ROWS = 240;

    @TempDir
    static Path root;

    @Test
    void killedTrialsEndInTheRoutesOfUndisturbedOnes() throws Exception {
        int port = Trials.freePort();
        Workspace workspace = Workspace.in(root, NAME, ROWS, Pipelines.looping(60, port));
        workspace.write(workspace.text().replace("hold: 30.seconds", "hold: 45.seconds"));
        List<String> victims = List.of("light", "training", "serve-" + port);
        try (DevStack stack = DevStack.start(root.resolve("state"), workspace.folder())) {
            Callers callers = new Callers("http://127.0.0.1:" + port, NAME, root.resolve("state"));
            Trials trials = new Trials(stack, callers, NAME);
            String first = Trials.version(stack.result(stack.begin(NAME), Trials.PATIENCE));
            trials.awaitServed(first);

            workspace.write(workspace.text().replace("seed 11", "seed 12"));
            String second;
            try (Rush rush = new Rush(callers, Shift.NONE)) {
                WorkflowStub good = stack.begin("good", NAME);
                second = trials.begun(good, first);
                new Processes(stack).kill(victims);
                assertThat(Trials.version(stack.result(good, Trials.PATIENCE))).isEqualTo(second);
                assertThat(rush.of(second)).isPositive();
            }
            trials.onlyOne(Shift.NONE, second);

            workspace.mislabel();
            try (Rush rush = new Rush(callers, Shift.NONE)) {
                WorkflowStub bad = stack.begin("bad", NAME);
                String third = trials.begun(bad, second);
                new Processes(stack).kill(victims);
                trials.rolledBack(bad);
                assertThat(rush.of(third)).isPositive();
            }
            trials.onlyOne(Shift.NONE, second);

            AuditLogs logs = new AuditLogs(stack.state().resolve("audit"), AtRestEncryption.none());
            assertThat(logs.verifier(logs.folder(NAME)).verify().broken()).isNull();
        }
    }
}
