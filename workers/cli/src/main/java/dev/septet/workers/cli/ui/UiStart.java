package dev.septet.workers.cli.ui;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.dsl.text.PublicText;
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
import java.net.URI;
import java.net.URISyntaxException;
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
 * @param address the address by which browsers reach the pages; null = the one that {@code SEPTET_UI_PUBLIC_ADDRESS} names, or
 *     the one that this process listens on
 */
public record UiStart(
        String host,
        int port,
        @Nullable Path keyFile,
        @Nullable TlsFiles tls,
        @Nullable String address) {
    /** The usual port. */
    public static final int PORT = 8237;

    /** The usual address. */
    public static final String HOST = "127.0.0.1";

    private static final int LARGEST_PORT = 65_535;
    private static final String TOKEN_FILE = "ui.token";

    /** Pages whose address the settings name. */
    public UiStart(String host, int port, @Nullable Path keyFile, @Nullable TlsFiles tls) {
        this(host, port, keyFile, tls, null);
    }

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
     * @throws CliProblem USAGE when other machines could connect without a key or a sign-in, or a setting is wrong, PORT_TAKEN when another program has the port
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
        URI reached = publicAddress(session);
        UiPeople declared = people(session);
        // Only the loopback address is known to be the one in the browser. A proxy's Host header is no proof.
        UiPeople people = loopback || reached != null ? declared : null;
        if (!loopback && keyFile == null && people == null) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "%s lets other machines connect, and no keys are set. Make one with `septet key create NAME --key-file FILE --scope ui-read,ui-act`, and name the file with --key-file or %s. Or let people sign in: declare the section `identity` in the operator's file, and name this page's address with --public-address or %s."
                            .formatted(host, Setting.UI_KEY_FILE.variable(), Setting.UI_PUBLIC_ADDRESS.variable()));
        }
        Path file = keyFile;
        Path tokenFile = session.state().path().resolve(TOKEN_FILE);
        String token = file == null && loopback ? AccessToken.of(tokenFile).value() : "";
        UiSessions sessions = file != null
                ? UiSessions.of(KeyFile.keyRing(file), Clock.systemUTC())
                : loopback
                        ? UiSessions.of(
                                token, System.getProperty("user.name", "this machine's user"), Clock.systemUTC())
                        : UiSessions.withoutKeys(Clock.systemUTC());
        try {
            UiServer server = UiServer.start(session, host, port, sessions, tls, reached, people);
            String link = token.isEmpty() && reached != null ? reached + "/" : server.address() + "/";
            return new Running(
                    server,
                    token.isEmpty() ? link : link + "#" + token,
                    access(file, token.isEmpty() ? null : tokenFile, declared, people));
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

    /** How people get in, in words. */
    private static String access(
            @Nullable Path keys, @Nullable Path token, @Nullable UiPeople declared, @Nullable UiPeople people) {
        String key = keys != null ? "the keys in " + keys : token != null ? "the token in " + token : "";
        if (people != null) {
            return (key.isEmpty() ? "" : key + ", or ") + "a sign-in at " + people.provider();
        }
        return declared == null
                ? key
                : "%s; without a sign-in at %s, because --public-address or %s does not name this page's address"
                        .formatted(key, declared.provider(), Setting.UI_PUBLIC_ADDRESS.variable());
    }

    private static @Nullable UiPeople people(Session session) {
        try {
            return UiPeople.of(session.environment());
        } catch (StageProblem wrong) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
        }
    }

    /** The address by which browsers reach the pages, without a slash at its end; null when none is named. */
    private @Nullable URI publicAddress(Session session) {
        String text = address != null ? address.strip() : Setting.UI_PUBLIC_ADDRESS.text(session.environment());
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI given = new URI(text.toLowerCase(Locale.ROOT));
            boolean plain = given.getRawUserInfo() == null
                    && given.getRawQuery() == null
                    && given.getRawFragment() == null
                    && (given.getRawPath().isEmpty() || given.getRawPath().equals("/"));
            if (plain && OperatorFile.keepsSecrets(given)) {
                // Browsers leave the usual port out.
                boolean usual = given.getPort() == ("https".equals(given.getScheme()) ? 443 : 80);
                return new URI(
                        given.getScheme(), null, given.getHost(), usual ? -1 : given.getPort(), null, null, null);
            }
        } catch (URISyntaxException notOne) {
            // Named below.
        }
        throw new CliProblem(
                ExitCode.USAGE,
                "--public-address (%s): expected an address such as https://septet.example, without a path; http:// is for this machine only; got '%s'"
                        .formatted(Setting.UI_PUBLIC_ADDRESS.variable(), PublicText.line(text)));
    }
}
