package dev.septet.workers.serve.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;

/**
 * Ends connections whose requests never begin: a client that sends its headers letter by letter is
 * never idle, and a thousand of them would leave no connection for others. Run it now and then.
 */
public final class SlowHeaders implements Connection.Listener, Runnable {
    private final long patienceNanos;
    private final Map<Connection, Mark> open = new ConcurrentHashMap<>();

    /** What a connection had sent when its present request had not begun yet. */
    private record Mark(long requests, long bytes, long nanoTime) {}

    public SlowHeaders(Duration patience) {
        patienceNanos = patience.toNanos();
    }

    @Override
    public void onOpened(Connection connection) {
        // Requests are counted within TLS; a handshake that never ends brings none either.
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
            boolean begun = now.requests() != since.requests();
            boolean silent = now.bytes() == since.bytes();
            if (begun || (silent && since.requests() > 0)) {
                // A new request, or the pause between two: the idle timeout's business.
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
