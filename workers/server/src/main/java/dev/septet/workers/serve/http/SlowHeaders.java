package dev.septet.workers.serve.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;

/**
 * Closes connections whose request headers never complete. A client that sends its headers byte by
 * byte is never idle, and a thousand such clients would leave no connection for others. Run it
 * regularly.
 */
public final class SlowHeaders implements Connection.Listener, Runnable {
    private final long patienceNanos;
    private final Map<Connection, Mark> open = new ConcurrentHashMap<>();

    /** How much a connection had sent while its current request had not begun. */
    private record Mark(long requests, long bytes, long nanoTime) {}

    public SlowHeaders(Duration patience) {
        patienceNanos = patience.toNanos();
    }

    @Override
    public void onOpened(Connection connection) {
        // Requests are counted on the connection inside TLS; a handshake that never ends has none
        // either.
        if (!(connection instanceof SslConnection)) {
            open.put(connection, mark(connection));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
    }

    @Override
    public void run() {
        open.forEach((connection, since) -> {
            Mark now = mark(connection);
            boolean started = now.requests() != since.requests();
            boolean silent = now.bytes() == since.bytes();
            if (started || (silent && since.requests() > 0)) {
                // A new request, or the pause between two requests, which the idle timeout limits.
                open.replace(connection, now);
            } else if (now.nanoTime() - since.nanoTime() > patienceNanos) {
                connection.close();
            }
        });
    }

    private static Mark mark(Connection connection) {
        return new Mark(connection.getMessagesIn(), connection.getBytesIn(), System.nanoTime());
    }
}
