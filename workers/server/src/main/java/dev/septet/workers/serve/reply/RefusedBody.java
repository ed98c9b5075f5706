package dev.septet.workers.serve.reply;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * The rest of a body whose request is refused. A server that ends a connection with unread bytes
 * resets it. The client may then lose the response before it has read it. So the rest of a small
 * body is read before the response is sent. After a longer or slow one, the connection ends, and the
 * response says so.
 */
final class RefusedBody {
    private static final long MAX_BYTES = 1 << 20;
    private static final long MAX_MILLIS = 1000;

    private final Request request;
    private final Response response;
    private final Runnable then;
    private final AtomicBoolean answered = new AtomicBoolean();
    private long bytes;
    private boolean timed;

    /**
     * @param then sends the response; runs once
     */
    RefusedBody(Response response, Runnable then) {
        this.request = response.getRequest();
        this.response = response;
        this.then = then;
    }

    void read() {
        while (bytes <= MAX_BYTES && !answered.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                if (request.getHeaders().contains(HttpHeader.EXPECT)) {
                    break; // the client waits; a demand would invite it to send
                }
                try {
                    startTimer();
                    request.demand(this::read);
                    return;
                } catch (IllegalStateException | IllegalArgumentException alreadyRead) {
                    break; // another reader waits for the body, which came too slowly
                }
            }
            if (Content.Chunk.isFailure(chunk)) {
                break;
            }
            bytes += chunk.remaining();
            boolean last = chunk.isLast();
            chunk.release();
            if (last) {
                answer(false);
                return;
            }
        }
        end();
    }

    private void startTimer() {
        if (!timed) {
            timed = true;
            request.getComponents().getScheduler().schedule(this::end, MAX_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void end() {
        answer(true);
    }

    private void answer(boolean close) {
        if (answered.compareAndSet(false, true)) {
            if (close) { // a client that is not told uses the connection again
                response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
            }
            then.run();
        }
    }
}
