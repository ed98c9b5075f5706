package dev.septet.workers.codec;

import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A codec server that encodes and decodes payloads for programs on this machine that have no keys:
 * the Temporal UI in a browser, the Temporal CLI and other clients. It listens on the loopback
 * address only.
 */
public final class CodecServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CodecServer.class);
    private static final String HOST = "127.0.0.1";
    private static final int THREADS = 8;
    private static final int CONNECTIONS = 64;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long IDLE_MILLIS = 30_000;

    private final Server server;
    private final ServerConnector connector;

    private CodecServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts the server.
     *
     * @param port port to listen on; 0 = any free port
     * @param token token that every request must have
     * @param origins origins of the web pages that may send requests
     * @throws IOException when it cannot listen
     */
    public static CodecServer start(PayloadCodec codec, int port, String token, Set<String> origins)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("codec");
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(HOST);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        server.setHandler(new CodecAccess(new CodecAnswers(codec), token, origins));
        CodecServer started = new CodecServer(server, connector);
        try {
            server.start();
        } catch (IOException e) {
            started.close();
            throw e;
        } catch (Exception e) {
            started.close();
            throw new IOException("the codec server does not start: " + e.getMessage(), e);
        }
        return started;
    }

    /** The server's address, without a token. */
    public String address() {
        return String.format(Locale.ROOT, "http://%s:%d", HOST, connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the codec server did not stop cleanly", e);
        }
    }
}
