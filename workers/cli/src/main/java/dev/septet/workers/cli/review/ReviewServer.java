package dev.septet.workers.cli.review;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the page of a review on the loopback address. Every request for content needs the token of this start. */
final class ReviewServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReviewServer.class);
    private static final String HOST = "127.0.0.1";
    private static final int THREADS = 8;
    private static final int CONNECTIONS = 64;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long IDLE_MILLIS = 30_000;
    private static final int TOKEN_BYTES = 24;

    private final Server server;
    private final ServerConnector connector;
    private final String token;

    private ReviewServer(Server server, ServerConnector connector, String token) {
        this.server = server;
        this.connector = connector;
        this.token = token;
    }

    /**
     * Starts the server.
     *
     * @param port port to listen on; 0 = any free port
     * @throws IOException when it cannot listen
     */
    static ReviewServer start(BlindReview review, Reviewers reviewers, int port) throws IOException {
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        String token = HexFormat.of().formatHex(secret);
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("review");
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
        server.setHandler(new ReviewAccess(new ReviewPages(review, reviewers), token));
        ReviewServer started = new ReviewServer(server, connector, token);
        try {
            server.start();
        } catch (IOException e) {
            started.close();
            throw e;
        } catch (Exception e) {
            started.close();
            throw new IOException("the review server does not start: " + e.getMessage(), e);
        }
        return started;
    }

    /** The page's address, without the token. */
    String address() {
        return String.format(Locale.ROOT, "http://%s:%d/", HOST, connector.getLocalPort());
    }

    /** The page's address for a browser. A browser does not send the part behind {@code #}, so it is in no log. */
    String page() {
        return address() + "#" + token;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the review server did not stop cleanly", e);
        }
    }
}
