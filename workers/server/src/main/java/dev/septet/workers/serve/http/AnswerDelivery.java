package dev.septet.workers.serve.http;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A time limit for the end of a response. When its answers are complete, the client must read the
 * rest within the limit, or the connection is closed. A client that reads a byte from time to time
 * is never idle: it could hold its connection and answer forever.
 */
final class AnswerDelivery extends Callback.Nested {
    private final EndPoint connection;
    private final Duration patience;
    private final ScheduledExecutorService timer;
    private @Nullable Future<?> limit;
    private boolean over;

    AnswerDelivery(Request request, Callback callback, Duration patience, ScheduledExecutorService timer) {
        super(callback);
        this.connection = request.getConnectionMetaData().getConnection().getEndPoint();
        this.patience = patience;
        this.timer = timer;
    }

    /** Starts the limit: all data to send are known now. */
    synchronized void begin() {
        if (!over && !timer.isShutdown()) {
            limit = timer.schedule(this::end, patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void end() {
        synchronized (this) {
            if (over) {
                return;
            }
        }
        connection.close(new TimeoutException("the client does not read its answer"));
    }

    @Override
    public void succeeded() {
        stop();
        super.succeeded();
    }

    @Override
    public void failed(Throwable problem) {
        stop();
        super.failed(problem);
    }

    private synchronized void stop() {
        over = true;
        if (limit != null) {
            limit.cancel(false);
        }
    }
}
