package dev.septet.workers.serve;

import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.AccessRules;
import dev.septet.workers.serve.http.HttpEndpoints;
import dev.septet.workers.serve.http.JsonErrors;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.http.SlowHeaders;
import dev.septet.workers.serve.model.Models;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An OpenAI-compatible HTTP server for models. Closing it waits for streams to end. */
public final class ModelServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
    private static final int HEADER_BYTES = 16 << 10;

    private final Server server;
    private final ServerConnector connector;
    private final Models models;
    private final AuditBook audit;
    private final ScheduledExecutorService timer;
    private final ExecutorService readers;

    private ModelServer(
            Server server,
            ServerConnector connector,
            Models models,
            AuditBook audit,
            ScheduledExecutorService timer,
            ExecutorService readers) {
        this.server = server;
        this.connector = connector;
        this.models = models;
        this.audit = audit;
        this.timer = timer;
        this.readers = readers;
    }

    /**
     * Starts the server.
     *
     * @param models models to serve; closed with the server
     * @param audit audit logs; closed with the server
     * @throws IOException when it cannot listen, for example because the port is taken
     */
    public static ModelServer start(ServeSettings settings, Models models, AuditBook audit) throws IOException {
        return start(settings, models, audit, Observed.none(models));
    }

    /** Starts a server that is observed. */
    public static ModelServer start(ServeSettings settings, Models models, AuditBook audit, Observed observed)
            throws IOException {
        ServeLimits limits = settings.limits();
        QueuedThreadPool threads = new QueuedThreadPool(32);
        threads.setName("http");
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        TlsFiles tls = settings.tls();
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        } else {
            // Do not check the host name against the certificate: the access filter checks host
            // names.
            http.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(
                    server,
                    1,
                    1,
                    new SslConnectionFactory(tls.open(), HttpVersion.HTTP_1_1.asString()),
                    new HttpConnectionFactory(http));
        }
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(limits.receive().toMillis() * 2);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "http-timer"));
        ExecutorService readers =
                Executors.newFixedThreadPool(HttpEndpoints.READERS, work -> daemon(work, "http-reader"));
        SlowHeaders slow = new SlowHeaders(limits.receive());
        connector.addBean(slow);
        long interval = Math.max(1, limits.receive().toMillis() / 4);
        var unused = timer.scheduleWithFixedDelay(slow, interval, interval, TimeUnit.MILLISECONDS);
        var unusedReload = timer.scheduleWithFixedDelay(settings.keys()::refresh, 1, 1, TimeUnit.SECONDS);
        boolean loopback = InetAddress.getByName(settings.host()).isLoopbackAddress();
        server.setHandler(new GracefulHandler(HttpEndpoints.handler(
                models,
                limits,
                new AccessRules(settings.keys(), loopback, settings.proxies()),
                audit,
                timer,
                readers,
                Clock.systemUTC(),
                observed)));
        server.setErrorHandler(new JsonErrors());
        server.setStopTimeout(limits.grace().toMillis());
        ModelServer started = new ModelServer(server, connector, models, audit, timer, readers);
        try {
            server.start();
        } catch (IOException e) {
            started.close();
            throw e;
        } catch (Exception e) {
            started.close();
            throw new IOException("the HTTP server does not start: " + e.getMessage(), e);
        }
        return started;
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The port on which the server listens. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Refuses new requests, waits for those in flight, and ends. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the HTTP server did not stop cleanly", e);
        }
        timer.shutdownNow();
        readers.shutdown();
        models.close();
        audit.close();
    }
}
