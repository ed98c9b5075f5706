package dev.septet.workers.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunFilterTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--pipeline hello | WorkflowType = 'Pipeline' AND SeptetPipeline = 'hello'",
                "--state running | WorkflowType = 'Pipeline' AND ExecutionStatus = 'Running'",
                "--state timed-out | WorkflowType = 'Pipeline' AND ExecutionStatus = 'TimedOut'",
                "--model hf:org/* | WorkflowType = 'Pipeline' AND SeptetModel STARTS_WITH" + " 'hf:org/'",
                "--gate no-go | WorkflowType = 'Pipeline' AND SeptetGate = 'NO_GO'",
                "--score 1e-7 | WorkflowType = 'Pipeline' AND SeptetScore >= 0.00000010",
                "--drift 0.95 | WorkflowType = 'Monitor' AND SeptetDrift >= 0.95"
            })
    void becomesAQueryOfTheServer(String options, String query) {
        assertThat(filter(options.split(" ")).query()).isEqualTo(query);
    }

    @Test
    void aValueStaysAValue() {
        assertThat(filter("--dataset", "a' OR \\'1'='1").query())
                .isEqualTo("WorkflowType = 'Pipeline' AND SeptetDataset = 'a\\' OR" + " \\\\\\'1\\'=\\'1'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--state done | --state takes canceled, completed, failed, running, terminated,"
                        + " timed-out, not 'done'",
                "--gate maybe | --gate takes GO, NO_GO, INCONCLUSIVE, not 'maybe'",
                "--score NaN | --score takes a number, not 'NaN'",
                "--limit 0 | --limit is at least 1, got 0"
            })
    void wrongWordsNameTheRightOnes(String options, String message) {
        Captured septet = new Captured(folder);
        Object[] words = ("runs " + options).split(" ");

        assertThat(septet.run(words)).isEqualTo(ExitCode.USAGE);
        assertThat(septet.err()).isEqualTo("septet: " + message + "\n");
    }

    @Test
    void aReportsNameStaysInItsFolder() {
        assertThat(ReportFiles.name("hello/retrain/1")).isEqualTo("hello_retrain_1");
        assertThat(ReportFiles.name("../../etc/passwd")).isEqualTo("_.._.._etc_passwd");
    }

    private static RunFilter filter(String... options) {
        RunFilter filter = new RunFilter();
        new CommandLine(new Holder(filter)).parseArgs(options);
        return filter;
    }

    /** A command with nothing but the filter. */
    @CommandLine.Command(name = "holder")
    private static final class Holder {
        @CommandLine.Mixin
        private final RunFilter filter;

        Holder(RunFilter filter) {
            this.filter = filter;
        }

        @Override
        public String toString() {
            return filter.query();
        }
    }
}
