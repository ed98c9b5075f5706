package dev.septet.workers.loopback;

import java.io.IOException;
import java.util.Locale;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server on the loopback address, with few threads and connections. It checks no access: its handler is a
 * {@link LoopbackAccess}.
 */
public final class LoopbackServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackServer.class);
    private static final String HOST = "127.0.0.1";
    private static final int THREADS = 8;
    private static final int CONNECTIONS = 64;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long IDLE_MILLIS = 30_000;

    private final String name;
    private final Server server;
    private final ServerConnector connector;

    private LoopbackServer(String name, int port, LoopbackAccess handler) {
        this.name = name;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName(name);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        server.setHandler(handler);
    }

    /**
     * Starts a server.
     *
     * @param name what it serves, such as {@code codec}; for messages
     * @param port port to listen on; 0 = any free port
     * @throws IOException when it cannot listen
     */
    public static LoopbackServer start(String name, int port, LoopbackAccess handler) throws IOException {
        LoopbackServer started = new LoopbackServer(name, port, handler);
        try {
            started.server.start();
        } catch (IOException e) {
            started.close();
            throw e;
        } catch (Exception e) {
            started.close();
            throw new IOException("the %s server does not start: %s".formatted(name, e.getMessage()), e);
        }
        return started;
    }

    /** The server's address, without a token and without a slash at its end. */
    public String address() {
        return String.format(Locale.ROOT, "http://%s:%d", HOST, connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the {} server did not stop cleanly", name, e);
        }
    }
}
