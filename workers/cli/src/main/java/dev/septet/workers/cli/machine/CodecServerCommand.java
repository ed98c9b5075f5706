package dev.septet.workers.cli.machine;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.LogFormatOption;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.codec.CodecServer;
import dev.septet.workers.codec.CodecSettings;
import dev.septet.workers.codec.CodecToken;
import dev.septet.workers.server.ServerRef;
import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code septet codec-server}. */
@Command(
        name = "codec-server",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Decode encrypted payloads for the Temporal Web UI and CLI, until Ctrl-C.",
            "",
            "It uses the keys of SEPTET_CODEC_KEYS and listens on 127.0.0.1 only. A request needs"
                    + " its token; web pages other than the Web UI's are refused. The token is in the"
                    + " state folder's file codec-token."
        })
public final class CodecServerCommand implements Callable<Integer> {
    private static final int PORT = 8234;
    private static final List<String> UI = List.of("http://127.0.0.1:8233", "http://localhost:8233");

    private final Session session;

    @Option(names = "--port", paramLabel = "N", description = "Port to listen on; 0 = any free port. Default: " + PORT)
    private int port = PORT;

    @Option(
            names = "--ui",
            paramLabel = "ORIGIN",
            description = "Origin of a Web UI that may send requests, such as"
                    + " https://temporal.example.com; repeatable. Default: the state folder's"
                    + " own server's, and port 8233 of this machine")
    private List<String> uis = new ArrayList<>();

    @Mixin
    private LogFormatOption log = new LogFormatOption();

    public CodecServerCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new CliProblem(
                    ExitCode.USAGE, String.format(Locale.ROOT, "--port is a number from 0 to 65535, not %d", port));
        }
        Set<String> origins = origins();
        log.startBesideOutput(session);
        PayloadCodec codec = new CodecSettings(session.environment()).keys();
        Path file = session.state().path().resolve("codec-token");
        String token = CodecToken.of(file);
        try (CodecServer server = CodecServer.start(codec, port, token, origins)) {
            Terminal terminal = session.terminal();
            terminal.note("Codec server  " + server.address());
            terminal.note("Token         " + file);
            terminal.note("Allowed from  Web UI at " + String.join(", ", origins));
            terminal.note("Ready. In the Web UI (Configure Codec Server) or to the Temporal CLI:");
            terminal.note("  --codec-endpoint " + server.address() + "/$(cat '" + file + "')");
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(ended::countDown, "codec-end"));
            ended.await();
        } catch (BindException inUse) {
            throw new CliProblem(
                    ExitCode.PORT_TAKEN,
                    String.format(
                            Locale.ROOT,
                            "port %d is in use. Choose another port with --port N; 0 = any free port.",
                            port));
        }
        return ExitCode.OK;
    }

    private Set<String> origins() {
        Set<String> origins = new LinkedHashSet<>();
        for (String ui : uis) {
            String origin = ui.replaceAll("/+$", "");
            if (!origin.matches("https?://[A-Za-z0-9.:\\[\\]-]+")) {
                throw new CliProblem(
                        ExitCode.USAGE, "--ui is an origin such as http://127.0.0.1:8233, not '%s'".formatted(ui));
            }
            origins.add(origin);
        }
        if (origins.isEmpty()) {
            origins.addAll(UI);
            session.servers().find().map(ServerRef::ui).ifPresent(ui -> {
                String origin = ui.replaceAll("/+$", "");
                origins.add(origin);
                origins.add(origin.replace("//127.0.0.1:", "//localhost:"));
            });
        }
        return origins;
    }
}
