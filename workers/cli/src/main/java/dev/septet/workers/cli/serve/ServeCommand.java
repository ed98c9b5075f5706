package dev.septet.workers.cli.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.backup.Restore;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workers.cli.audit.PhoneRegions;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.LogFormatOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.log.LogFormat;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workers.serve.ServeSettings;
import dev.septet.workers.serve.TlsFiles;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.trace.TraceExport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Serve models over HTTP as OpenAI's API does, with a chat page, until Ctrl-C.",
            "",
            "Model folders and GGUF files are served by Septet's engine, which computes in float32."
                    + " For a pipeline, the server serves the published version, and follows later"
                    + " publications."
        })
public final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    private final Session session;

    @Parameters(
            arity = "0..*",
            paramLabel = "MODEL",
            description = "Model folders, GGUF files, or pipelines; NAME=PATH names a model. Default: all"
                    + " pipelines with a published model")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--adapter",
            paramLabel = "NAME=FOLDER",
            description =
                    "Also serve this PEFT adapter on top of the model folder. Exactly one model folder must be given;"
                            + " repeatable")
    private Map<String, Path> adapters = new LinkedHashMap<>();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on; an address that other machines can reach needs keys."
                    + " Default: 127.0.0.1")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0 = any free port. Default: 8080")
    private int port = 8080;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "API keys, one per line, as `septet key create` adds them; the server reads the"
                    + " file again when it changes. Default: the keys in SEPTET_API_KEYS, if"
                    + " set")
    private @Nullable Path keyFile;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "The greatest number of requests a minute of one key, or of one address when no"
                    + " keys are set. Default: no limit")
    private int rate;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Serve over TLS: certificate of this server, followed by the certificates that"
                    + " signed it, in PEM")
    private @Nullable Path certificates;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of the certificate, in PEM (PKCS #8)")
    private @Nullable Path privateKey;

    @Option(
            names = "--trusted-proxy",
            paramLabel = "ADDRESS",
            description = "Address of a proxy in front of this server. Its X-Forwarded-For header is"
                    + " trusted when limits are counted by address; repeatable")
    private List<String> proxies = new ArrayList<>();

    @Option(
            names = "--audit",
            paramLabel = "WHAT",
            description = "Content of prompts, answers and corrections in the audit logs: redacted"
                    + " (without personal data), whole, lengths, or off. With off the server"
                    + " also refuses feedback. Default: redacted")
    private String audit = "redacted";

    @Option(names = "--await", description = "Start even when a named pipeline has published nothing yet")
    private boolean await;

    @Option(
            names = "--targets",
            hidden = true,
            description = "Serve the pipelines with an http target of this host and port")
    private boolean targets;

    @Option(names = "--json", description = "Print the server's address as JSON on standard output")
    private boolean json;

    @Mixin
    private LogFormatOption log = new LogFormatOption();

    public ServeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        session.checkSettings();
        Restore.requireCompleted(session.state().path());
        if (port < 0 || port > 65535) {
            throw new CliProblem(ExitCode.USAGE, "--port is between 0 and 65535, not " + port);
        }
        if (rate < 0) {
            throw new CliProblem(ExitCode.USAGE, "--rate is at least 1, not " + rate);
        }
        ServeSettings settings = new ServeSettings(
                host,
                port,
                new KeyFile(session).keys(keyFile),
                ServeLimits.DEFAULT.perMinute(rate),
                Set.copyOf(proxies),
                tls());
        Listening.require(settings);
        LogFormat format = log.startBesideOutput(session);
        session.startTraces("septet-server");
        // Native libraries may write to standard output, which must have only the output of --json.
        System.setOut(System.err);
        AuditBook book = auditBook();
        Models served = new Models();
        // It listens before any model is opened, so that a probe can tell a server that loads from one that died.
        ServeListener listener = ServeListener.start(session, served, port, await || targets, !audit.equals("off"));
        try {
            ServedModels opening =
                    new ServedModels(session, served, book, await || targets, line -> note(line, format));
            RouteReloader routes = opening(opening);
            ModelServer server = Listening.start(settings, served, book, listener.observed());
            listener.opened();
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                String stopping = "stopping after the unfinished answers are completed";
                                if (format == LogFormat.JSON) {
                                    LOG.info(stopping);
                                } else {
                                    session.terminal().note(stopping);
                                }
                                listener.ending();
                                server.close();
                                listener.close();
                                TraceExport.flush();
                                ended.countDown();
                            },
                            "septet-end"));
            printAddress(server.port(), served, settings, listener, format);
            follow(routes);
            ended.await();
            return ExitCode.OK;
        } catch (FormatProblem problem) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(problem.getMessage()));
        }
    }

    /** Lines for people would be among those for a program. */
    private void note(String line, LogFormat format) {
        if (json || format == LogFormat.JSON) {
            LOG.warn("{}", line);
        } else {
            session.terminal().note(line);
        }
    }

    private @Nullable TlsFiles tls() {
        if (certificates == null && privateKey == null) {
            return null;
        }
        if (certificates == null || privateKey == null) {
            throw new CliProblem(ExitCode.USAGE, "--tls-cert and --tls-key go together");
        }
        return new TlsFiles(certificates, privateKey);
    }

    private RouteReloader opening(ServedModels opening) throws IOException, InterruptedException {
        if (adapters.isEmpty()) {
            return targets ? opening.targets(host, port) : opening.open(models);
        }
        if (models.size() != 1) {
            throw new CliProblem(ExitCode.USAGE, "--adapter needs exactly one model folder, the base of all");
        }
        Map<String, Path> folders = new LinkedHashMap<>();
        adapters.forEach((name, path) -> folders.put(name, path.toAbsolutePath().normalize()));
        opening.openAdapted(models.get(0), folders);
        return opening.none();
    }

    private AuditBook auditBook() {
        AuditSettings settings = switch (audit) {
            case "redacted" -> AuditSettings.DEFAULT.withRegions(PhoneRegions.of(session));
            case "whole" -> AuditSettings.DEFAULT.with(AuditSettings.Texts.WHOLE);
            case "lengths" -> AuditSettings.DEFAULT.with(AuditSettings.Texts.NONE);
            case "off" -> null;
            default -> throw new CliProblem(ExitCode.USAGE, "--audit is redacted, whole, lengths or off, not " + audit);
        };
        if (settings == null) {
            return AuditBook.none();
        }
        Duration keep = AuditSettings.retention(session.environment());
        return AuditBook.of(session.auditLogs(), settings.withRetention(keep), Clock.systemUTC());
    }

    private static void follow(RouteReloader routes) {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "routes");
            thread.setDaemon(true);
            return thread;
        });
        var unused = clock.scheduleWithFixedDelay(routes::reload, 1, 1, TimeUnit.SECONDS);
    }

    private void printAddress(int port, Models served, ServeSettings settings, ServeListener listener, LogFormat format)
            throws IOException {
        String address = String.format(
                Locale.ROOT,
                "%s://%s:%d",
                settings.tls() == null ? "http" : "https",
                host.contains(":") ? "[" + host + "]" : host,
                port);
        if (json) {
            ObjectNode line = SpecJson.mapper().createObjectNode().put("url", address);
            served.names().forEach(line.withArray("models")::add);
            listener.address().ifPresent(metrics -> line.put("metrics", metrics));
            session.terminal().print(SpecJson.mapper().writeValueAsString(line));
        }
        String names = served.names().isEmpty()
                ? "none yet: a pipeline's model is served as soon as it is published"
                : String.join(", ", served.names());
        if (json || format == LogFormat.JSON) {
            // Lines for people would be among those for a program.
            LOG.info("serving at {}; models: {}", address, names);
            return;
        }
        session.terminal().note("Models     " + names);
        session.terminal().note("Chat       " + address + "/");
        session.terminal().note("API        " + address + "/v1");
        listener.address().ifPresent(metrics -> session.terminal().note("Metrics    " + metrics));
        session.terminal()
                .note("Keys       "
                        + (settings.keys().keys().needed() ? "needed" : "none: only this machine can connect"));
    }
}
