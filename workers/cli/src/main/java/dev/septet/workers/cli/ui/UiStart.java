package dev.septet.workers.cli.ui;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.serve.KeyFile;
import dev.septet.workers.gateway.AccessToken;
import dev.septet.workers.serve.TlsFiles;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts the pages.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 = any free port
 * @param keyFile file of the keys; null = the token in the state folder, for this machine only
 * @param tls certificate and key; null = no TLS
 */
public record UiStart(
        String host,
        int port,
        @Nullable Path keyFile,
        @Nullable TlsFiles tls) {
    /** The usual port. */
    public static final int PORT = 8237;

    /** The usual address. */
    public static final String HOST = "127.0.0.1";

    private static final int LARGEST_PORT = 65_535;
    private static final String TOKEN_FILE = "ui.token";

    /**
     * The pages, running.
     *
     * @param link address for a browser of this machine; with keys, without a key
     * @param access how people get in, in words
     */
    public record Running(UiServer server, String link, String access) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
    }

    /**
     * What {@code SEPTET_UI} declares; empty when it is unset or {@code off}.
     *
     * @throws CliProblem USAGE when it is no address
     */
    static Optional<UiStart> declared(Session session) {
        String address = Setting.UI.text(session.environment());
        if (address.isEmpty() || address.equals("off")) {
            return Optional.empty();
        }
        int colon = address.lastIndexOf(':');
        String file = Setting.UI_KEY_FILE.text(session.environment());
        return Optional.of(new UiStart(
                address.substring(0, colon).replaceAll("[\\[\\]]", ""),
                Integer.parseInt(address.substring(colon + 1)),
                file.isEmpty() ? null : Path.of(file),
                null));
    }

    /**
     * Starts the pages that {@code SEPTET_UI} declares for a worker.
     *
     * @return empty when it declares none
     * @throws CliProblem USAGE, NOT_FOUND or PORT_TAKEN when they cannot start
     */
    public static Optional<Running> worker(Session session) throws IOException {
        Optional<UiStart> declared = declared(session);
        return declared.isEmpty()
                ? Optional.empty()
                : Optional.of(declared.get().start(session));
    }

    /**
     * Starts the pages of {@code septet dev}: at the declared address, or at the usual port, or at any free port when another
     * program has that one.
     *
     * @return empty when the setting is {@code off}
     * @throws CliProblem USAGE, NOT_FOUND or PORT_TAKEN when they cannot start
     */
    public static Optional<Running> dev(Session session) throws IOException {
        if (!Setting.UI.text(session.environment()).isEmpty()) {
            return worker(session);
        }
        String file = Setting.UI_KEY_FILE.text(session.environment());
        UiStart usual = new UiStart(HOST, PORT, file.isEmpty() ? null : Path.of(file), null);
        try {
            return Optional.of(usual.start(session));
        } catch (CliProblem taken) {
            if (taken.exitCode() != ExitCode.PORT_TAKEN) {
                throw taken;
            }
            return Optional.of(new UiStart(HOST, 0, usual.keyFile(), null).start(session));
        }
    }

    /**
     * Starts the pages.
     *
     * @throws CliProblem USAGE when other machines could connect without a key, PORT_TAKEN when another program has the port
     */
    public Running start(Session session) throws IOException {
        if (port < 0 || port > LARGEST_PORT) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(Locale.ROOT, "the port is a number from 0 to %d, not %d", LARGEST_PORT, port));
        }
        boolean loopback;
        try {
            loopback = InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new CliProblem(ExitCode.USAGE, "%s is not an address of this machine".formatted(host));
        }
        if (!loopback && keyFile == null) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s lets other machines connect, and no keys are set. Make one with `septet key create NAME --key-file FILE --scope ui-read,ui-act`, and name the file with --key-file or %s."
                            .formatted(host, Setting.UI_KEY_FILE.variable()));
        }
        Path file = keyFile;
        Path tokenFile = session.state().path().resolve(TOKEN_FILE);
        String token = file == null ? AccessToken.of(tokenFile).value() : "";
        UiSessions sessions = file == null
                ? UiSessions.of(token, System.getProperty("user.name", "this machine's user"), Clock.systemUTC())
                : UiSessions.of(KeyFile.keyRing(file), Clock.systemUTC());
        try {
            UiServer server = UiServer.start(session, host, port, sessions, tls);
            return new Running(
                    server,
                    server.address() + (file == null ? "/#" + token : "/"),
                    file == null ? "the token in " + tokenFile : "the keys in " + file);
        } catch (IOException e) {
            for (Throwable at = e; at != null; at = at.getCause()) {
                if (at instanceof BindException) {
                    throw new CliProblem(
                            ExitCode.PORT_TAKEN,
                            String.format(
                                    Locale.ROOT,
                                    "cannot listen on %s port %d: %s. Choose another port; 0 = any free port.",
                                    host,
                                    port,
                                    at.getMessage()));
                }
            }
            if (tls != null) {
                throw new CliProblem(ExitCode.USAGE, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }
}
