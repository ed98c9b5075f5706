package dev.septet.workers.cli.ui;

import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.ui.view.UiModel;
import dev.septet.workers.serve.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the pages of all pipelines. */
public final class UiServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UiServer.class);
    private static final int THREADS = 16;
    private static final int CONNECTIONS = 128;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long IDLE_MILLIS = 30_000;

    private final Server server;
    private final ServerConnector connector;
    private final UiModel model;
    private final String scheme;
    private @Nullable UiSignIn signIn;

    private UiServer(Server server, ServerConnector connector, UiModel model, String scheme) {
        this.server = server;
        this.connector = connector;
        this.model = model;
        this.scheme = scheme;
    }

    /**
     * Starts a server.
     *
     * @param host address to listen on
     * @param port port to listen on; 0 = any free port
     * @param tls certificate and key; null = no TLS
     * @param address the address by which browsers reach a proxy in front; null = there is none
     * @param people who may sign in; null = nobody
     * @throws IOException when it cannot listen, or the files of TLS cannot be used
     */
    static UiServer start(
            Session session,
            String host,
            int port,
            UiSessions sessions,
            @Nullable TlsFiles tls,
            @Nullable URI address,
            @Nullable UiPeople people)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("ui");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        } else {
            http.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(
                    server, 1, 1, new SslConnectionFactory(tls.open(), "http/1.1"), new HttpConnectionFactory(http));
        }
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        UiModel model = new UiModel(session, Clock.systemUTC());
        UiServer started = new UiServer(server, connector, model, tls == null ? "http" : "https");
        UiActions actions = new UiActions(session, model.link());
        UiSignIn signIn = people == null
                ? null
                : new UiSignIn(
                        people,
                        () -> address == null ? URI.create(started.address()) : address,
                        sessions,
                        actions,
                        model::expire,
                        Clock.systemUTC());
        started.signIn = signIn;
        UiPages pages = new UiPages(model, sessions, actions, signIn);
        boolean loopback = InetAddress.getByName(host).isLoopbackAddress();
        UiAccess access = new UiAccess(pages, sessions, loopback, tls != null, address, signIn);
        pages.behind(access);
        server.setHandler(access);
        try {
            server.start();
        } catch (IOException e) {
            started.close();
            throw e;
        } catch (Exception e) {
            started.close();
            throw new IOException("the pages' server does not start: " + e.getMessage(), e);
        }
        return started;
    }

    /** The address, without a key and without a slash at its end. */
    public String address() {
        String host = connector.getHost();
        return String.format(
                Locale.ROOT,
                "%s://%s:%d",
                scheme,
                host.contains(":") ? "[" + host + "]" : host,
                connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.setStopTimeout(0);
            server.stop();
        } catch (Exception e) {
            LOG.warn("the pages' server did not stop cleanly", e);
        }
        if (signIn != null) {
            signIn.close();
        }
        model.close();
    }
}
