package dev.septet.workers.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.host.HostFile;
import dev.septet.activities.host.Hosts;
import dev.septet.activities.host.LocalPipelines;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workflows.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines share a store, and one asks for the audit logs of both. */
class LogOptionTest {
    private static final Host CELLAR = new Host("00000000000000c2", "cellar:/srv/state");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void anotherMachinesLogIsSaidToBeThere() throws IOException {
        Hosts hosts = new Hosts(new LocalStore(folder.resolve("store")));
        Path state = folder.resolve("state");
        hosts.move("ours", HostFile.of(state));
        hosts.move("theirs", CELLAR);
        LocalPipelines localPipelines = new LocalPipelines(true, hosts, state);
        Path log = state.resolve("audit/theirs");

        assertThatCode(() -> LogOption.requireHere(localPipelines, "ours", state.resolve("audit/ours")))
                .doesNotThrowAnyException();
        assertThatCode(() -> LogOption.requireHere(localPipelines, "new", state.resolve("audit/new")))
                .as("a pipeline without a host")
                .doesNotThrowAnyException();
        String where = "the files of pipeline 'theirs' are on host cellar:/srv/state: run this command"
                + " there, or move the pipeline to this machine with `septet adopt theirs`";
        assertThatThrownBy(() -> LogOption.requireHere(localPipelines, "theirs", log))
                .isInstanceOfSatisfying(
                        CliProblem.class,
                        problem -> assertThat(problem.exitCode()).isEqualTo(ExitCode.RUN_FAILED))
                .hasMessage(where);

        Files.createDirectories(log);
        assertThatThrownBy(() -> LogOption.requireHere(localPipelines, "theirs", log))
                .as("a log of before the pipeline moved")
                .hasMessage(where
                        + ". The log in %s is from before the pipeline moved; give this folder to read it"
                                .formatted(log));
    }
}
