package dev.septet.workers.cli.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Screen;
import dev.septet.workers.cli.screen.Style;
import dev.septet.workers.cli.screen.Wrap;
import dev.septet.workers.doctor.Doctor;
import dev.septet.workers.doctor.Finding;
import dev.septet.workers.doctor.GpuChecks;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check everything that runs depend on, and print the next step for each problem.",
            "",
            "The exit code is 1 when a check fails; warnings alone give 0."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final int INDENT = 17;
    private static final String ALL = "all";
    private static final String GPU = "gpu";

    private final Session session;

    @Option(
            names = "--fix",
            arity = "0..1",
            fallbackValue = ALL,
            paramLabel = "gpu",
            description = "Repair what can be repaired automatically. Registers search attributes,"
                    + " lengthens the retention of this machine's server, and removes what"
                    + " killed processes left. Moves damaged artifacts aside, restarts ended"
                    + " monitors, and removes other users' rights to the state folder."
                    + " --fix gpu only makes libtorch with CUDA available: it finds or downloads"
                    + " torch (2.7 GB), and from then on processes of this state folder load it")
    private @Nullable String fix;

    @Option(names = "--deep", description = "Read every stored artifact, not only the newest")
    private boolean deep;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public DoctorCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<Finding> findings = findings();
        boolean failed = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.FAIL);
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("ok", !failed);
            node.set("findings", SpecJson.mapper().valueToTree(findings));
            session.terminal().print(node.toPrettyString());
        } else {
            findings.forEach(this::print);
        }
        return failed ? ExitCode.RUN_FAILED : ExitCode.OK;
    }

    private List<Finding> findings() {
        if (GPU.equals(fix)) {
            return GpuChecks.of(session.state(), session.environment()).fix(session.terminal()::note);
        }
        if (fix != null && !ALL.equals(fix)) {
            throw new CliProblem(ExitCode.USAGE, "--fix has no value or the value gpu, got '%s'".formatted(fix));
        }
        return new Doctor(session.state(), session.servers(), session::store, session.environment(), fix != null, deep)
                .look();
    }

    private void print(Finding finding) {
        Terminal terminal = session.terminal();
        String word = finding.level().name().toLowerCase(Locale.ROOT);
        String line = Wrap.hanging(
                String.format(Locale.ROOT, "%-4s  %-9s  %s", word, finding.check(), Screen.plain(finding.found())),
                terminal.screen().columns(),
                INDENT);
        terminal.print(terminal.screen().paint(style(finding.level()), word) + line.substring(word.length()));
        String next = finding.next();
        if (next != null) {
            terminal.print(Wrap.hanging(
                    " ".repeat(INDENT - 3) + "-> " + Screen.plain(next),
                    terminal.screen().columns(),
                    INDENT));
        }
    }

    private static Style style(Finding.Level level) {
        return switch (level) {
            case OK -> Style.GOOD;
            case WARN -> Style.WARN;
            case FAIL -> Style.BAD;
        };
    }
}
