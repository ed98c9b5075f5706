package dev.septet.workers.cli.support;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.Version;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.ServerConnector;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.doctor.Doctor;
import dev.septet.workers.local.Connection;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet support-bundle}. */
@Command(
        name = "support-bundle",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Write one archive for a bug report.",
            "",
            "It has the version, the checks of `septet doctor`, which settings are set, processes and crashes, the ends of"
                    + " the logs, and sizes. With RUN it also has the run's status, and its events and failures without"
                    + " payloads. Payloads, rows, prompts and answers are not read. Of each text, only words that Septet's"
                    + " own texts have, numbers of up to six digits and the run's names stay. So a passphrase of such words,"
                    + " or a short code, can stay: look into the archive before you send it. Its manifest.json lists what is"
                    + " in it and what was left out."
        })
public final class SupportBundleCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private final Session session;

    @Parameters(arity = "0..1", paramLabel = "RUN", description = "The run's workflow id: the pipeline's name")
    private @Nullable String run;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The archive, a zip file. Default: septet-support-TIME.zip in this folder")
    private @Nullable Path output;

    @Option(names = "--json", description = "Print the archive's path and its manifest as JSON")
    private boolean json;

    public SupportBundleCommand(Session session) {
        this.session = session;
    }

    /** Collects one part; a part that cannot be collected is left out, with the reason. */
    @FunctionalInterface
    private interface Part {
        void addTo(BundleFile bundle) throws IOException;
    }

    @Override
    public Integer call() throws IOException {
        Path file = file();
        PublicWords words = new PublicWords(ProgramWords.load(), session.environment());
        BundledMachine machine = new BundledMachine(words, session.state(), session.environment());
        BundleFile bundle = new BundleFile();
        collect(
                bundle,
                words,
                "version.json",
                to -> to.add(
                        "version.json",
                        "versions of Septet, Java and the system",
                        BundledMachine.version(new Version().getVersion()[0])));
        collect(
                bundle,
                words,
                "settings.json",
                to -> to.add(
                        "settings.json", "which settings are set; values of a fixed form only", machine.settings()));
        collect(
                bundle,
                words,
                "doctor.json",
                to -> to.add(
                        "doctor.json",
                        "findings of septet doctor",
                        machine.findings(new Doctor(
                                        session.state(),
                                        session.servers(),
                                        session::store,
                                        session.environment(),
                                        false,
                                        false)
                                .look())));
        collect(
                bundle,
                words,
                "processes.json",
                to -> to.add("processes.json", "running activities and crashes", machine.processes()));
        collect(
                bundle,
                words,
                "sizes.json",
                to -> to.add("sizes.json", "sizes of folders and the disk", machine.sizes()));
        String id = run;
        if (id != null) {
            collect(bundle, words, "run", to -> {
                try (Connection connection = ServerConnector.any(session)) {
                    new BundledRun(words, connection, id).addTo(to);
                }
            });
        }
        collect(
                bundle,
                words,
                "logs",
                to -> new BundledLogs(words).addTo(to, session.state().logs()));
        bundle.leaveOut("payloads", "inputs and results of workflows and activities are never read");
        bundle.leaveOut("audit logs, rows, models", "never part of a bundle");
        write(bundle, file);
        return ExitCode.OK;
    }

    private static void collect(BundleFile bundle, PublicWords words, String name, Part part) {
        try {
            part.addTo(bundle);
        } catch (IOException | RuntimeException problem) {
            String message = words.of(String.valueOf(problem.getMessage()));
            bundle.leaveOut(
                    name,
                    problem instanceof CliProblem ? message : problem.getClass().getSimpleName() + ": " + message);
        }
    }

    private Path file() {
        Path wanted = output;
        String stamp = STAMP.format(LocalDateTime.now(ZoneOffset.UTC));
        Path file = wanted == null ? Path.of("septet-support-" + stamp + ".zip") : wanted;
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
            throw new CliProblem(
                    ExitCode.USAGE, "--output is a file in a folder that exists, got '%s'".formatted(file));
        }
        return file;
    }

    private void write(BundleFile bundle, Path file) {
        long bytes;
        try {
            bytes = bundle.write(file);
        } catch (IOException problem) {
            String why = problem instanceof FileSystemException known && known.getReason() != null
                    ? known.getReason()
                    : String.valueOf(problem.getMessage());
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    "the archive %s cannot be written: %s. Name a file on another disk with --output."
                            .formatted(file, why));
        }
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.put("file", file.toAbsolutePath().toString());
            node.put("bytes", bytes);
            node.setAll(bundle.manifest());
            session.terminal().print(node.toPrettyString());
            return;
        }
        session.terminal().print(file.toString());
        session.terminal().note("Look into it before you send it: unzip -p %s %s".formatted(file, BundleFile.MANIFEST));
        bundle.manifest()
                .path("leftOut")
                .properties()
                .forEach(each -> session.terminal()
                        .note("left out  %s: %s"
                                .formatted(each.getKey(), each.getValue().asText())));
    }
}
