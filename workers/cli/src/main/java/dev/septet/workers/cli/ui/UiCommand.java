package dev.septet.workers.cli.ui;

import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.LogFormatOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.serve.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet ui}. */
@Command(
        name = "ui",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Serve the page of all pipelines, until Ctrl-C: versions and scores, what runs where, queues, approvals,"
                    + " drift and costs.",
            "",
            "Without a key file, it listens on this machine only, and the printed address has a token. With a key"
                    + " file, a key needs the scope ui-read, ui-act for the buttons, and ui-review for feedback. If the operator's file declares"
                    + " an identity provider, people can sign in there. `septet dev` serves the same page."
        })
public final class UiCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on; an address that other machines can reach needs keys. Default: "
                    + UiStart.HOST)
    private String host = UiStart.HOST;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on; 0 = any free port. Default: " + UiStart.PORT)
    private int port = UiStart.PORT;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "Keys of the page, one per line, as `septet key create NAME --scope ui-read,ui-act` adds them."
                            + " Default: SEPTET_UI_KEY_FILE, if set")
    private @Nullable Path keyFile;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Serve over TLS: certificate of this server, followed by the certificates that signed it, in PEM")
    private @Nullable Path certificates;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of the certificate, in PEM (PKCS #8)")
    private @Nullable Path privateKey;

    @Option(
            names = "--public-address",
            paramLabel = "URL",
            description = "Address by which browsers reach the page, such as https://septet.example, if a proxy is in"
                    + " front or other machines sign in. Default: SEPTET_UI_PUBLIC_ADDRESS, if set")
    private @Nullable String address;

    @Option(names = "--open", description = "Open the page in this machine's browser")
    private boolean open;

    @Option(names = "--json", description = "Print the address as JSON on standard output")
    private boolean json;

    @Mixin
    private LogFormatOption log = new LogFormatOption();

    public UiCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        session.checkSettings();
        if ((certificates == null) != (privateKey == null)) {
            throw new CliProblem(ExitCode.USAGE, "--tls-cert and --tls-key go together");
        }
        String declared = Setting.UI_KEY_FILE.text(session.environment());
        Path file = keyFile == null && !declared.isEmpty() ? Path.of(declared) : keyFile;
        log.startBesideOutput(session);
        TlsFiles tls = certificates == null || privateKey == null ? null : new TlsFiles(certificates, privateKey);
        try (UiStart.Running running = new UiStart(host, port, file, tls, address).start(session)) {
            Terminal terminal = session.terminal();
            if (json) {
                terminal.print(SpecJson.mapper().writeValueAsString(Map.of("url", running.link())));
            } else {
                terminal.note("Page    " + running.link());
                terminal.note("Access  " + running.access());
            }
            if (file != null && tls == null && !running.link().startsWith("https:") && !host.equals(UiStart.HOST)) {
                terminal.note("WARNING: keys travel unencrypted. Use --tls-cert and --tls-key, or a proxy with TLS.");
            }
            if (open) {
                browse(running.link());
            }
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "ui-end"));
            ended.await();
        }
        return ExitCode.OK;
    }

    /** Opens the system's browser, without the libraries of a desktop in this process. */
    private void browse(String link) {
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
        try {
            new ProcessBuilder(List.of(mac ? "open" : "xdg-open", link))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException none) {
            session.terminal().note("No browser was found: open the address by hand.");
        }
    }
}
