package dev.septet.workers.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.workers.loopback.LoopbackAccess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP listener of a process for programs that watch it, with a table of paths. It only answers GET. On the loopback
 * address, only loopback host names are valid, so that no web page of another site can read it. Where a token is set, all
 * paths need it except those of probes.
 */
public final class MetricsServer implements AutoCloseable {
    /** What a path answers. */
    @FunctionalInterface
    public interface Path {
        /** The answer now. */
        Answer answer();
    }

    /** An answer. */
    public record Answer(int status, String type, String body) {
        /** An answer in JSON. */
        public static Answer json(int status, JsonNode body) {
            try {
                return new Answer(status, "application/json", StrictJson.MAPPER.writeValueAsString(body) + "\n");
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a tree of strings and numbers can be written", e);
            }
        }
    }

    /** Paths of probes: they show nothing that a token protects. */
    public static final Set<String> PROBES = Set.of("/health", "/ready");

    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final String BEARER = "Bearer ";
    private static final int THREADS = 8;
    private static final int CONNECTIONS = 64;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long IDLE_MILLIS = 30_000;

    private final Server server;
    private final ServerConnector connector;
    private final MetricsAddress address;

    private MetricsServer(MetricsAddress address, String token, Map<String, Path> paths) {
        this.address = address;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("metrics");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(address.host());
        connector.setPort(address.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        server.setHandler(new Paths(address.loopback(), token, paths));
    }

    /**
     * Starts the listener.
     *
     * @param token token that all paths need except those of probes; empty for none
     * @param paths paths, such as {@code /metrics}, and their answers
     * @throws ListenProblem when it cannot listen
     */
    public static MetricsServer start(MetricsAddress address, String token, Map<String, Path> paths)
            throws ListenProblem {
        MetricsServer started = new MetricsServer(address, token, paths);
        try {
            started.server.start();
        } catch (Exception e) {
            started.close();
            throw new ListenProblem(address, e);
        }
        return started;
    }

    /** The address at which programs of this machine reach it, such as {@code 127.0.0.1:9464}. */
    public String target() {
        return address.reachable().withPort(connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the listener for metrics did not stop cleanly", e);
        }
    }

    /** The table of paths. */
    private static final class Paths extends Handler.Abstract {
        private final boolean loopback;
        private final byte[] token;
        private final Map<String, Path> paths;

        Paths(boolean loopback, String token, Map<String, Path> paths) {
            this.loopback = loopback;
            this.token = token.getBytes(StandardCharsets.UTF_8);
            this.paths = new TreeMap<>(paths);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            send(request, response, callback, answer(request, response));
            return true;
        }

        private Answer answer(Request request, Response response) {
            String host = request.getHeaders().get(HttpHeader.HOST);
            if (loopback && !LoopbackAccess.isHost(host)) {
                return text(421, "this listener is reached as localhost or 127.0.0.1 only");
            }
            String name = request.getHttpURI().getPath();
            Path path = name == null ? null : paths.get(name);
            if (path == null) {
                return text(404, "there is nothing here; GET " + String.join(", ", paths.keySet()));
            }
            if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                return text(405, "this path takes GET only");
            }
            if (token.length > 0 && !PROBES.contains(name) && !bearsToken(request)) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
                return text(401, "send the header Authorization: Bearer TOKEN, with the token of SEPTET_METRICS_TOKEN");
            }
            try {
                return path.answer();
            } catch (RuntimeException e) {
                LOG.error("{} failed", name, e);
                return text(500, "the reason is in this process's log");
            }
        }

        private boolean bearsToken(Request request) {
            String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
            return header != null
                    && header.startsWith(BEARER)
                    && MessageDigest.isEqual(
                            token, header.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
        }

        private static Answer text(int status, String sentence) {
            return new Answer(status, "text/plain; charset=utf-8", sentence + "\n");
        }

        private static void send(Request request, Response response, Callback callback, Answer answer) {
            response.setStatus(answer.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            boolean head = request.getMethod().equals("HEAD");
            response.write(true, head ? null : ByteBuffer.wrap(body), callback);
        }
    }
}
