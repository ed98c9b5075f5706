package dev.septet.workers.serve.reply;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * Sends server-sent events to one client. The sender never waits for the client: unread events are
 * buffered up to a limit. Beyond the limit, the client counts as lost.
 */
final class EventStream extends IteratingCallback {
    /**
     * Most bytes in the buffer, some thousand events. A client that is further behind does not
     * read.
     */
    private static final long MAX_WAITING = 1 << 20;

    private final Content.Sink sink;
    private final Callback callback;
    private final Runnable lost;
    private final ConcurrentLinkedQueue<ByteBuffer> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean complete;
    private volatile boolean unlimited;
    private boolean lastWritten;

    /**
     * @param callback completes the response
     * @param lost runs when the client can no longer be reached
     */
    EventStream(Response response, Callback callback, Runnable lost) {
        this.sink = response;
        this.callback = callback;
        this.lost = lost;
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    }

    /** For answers that are in memory as a whole: their events wait for the client, however many they are. */
    void unlimited() {
        unlimited = true;
    }

    void send(JsonNode event) {
        queue(Replies.text(event));
        iterate();
    }

    /** Ends the stream with the final event that clients expect. */
    void done() {
        queue("[DONE]");
        complete = true;
        iterate();
    }

    private void queue(String data) {
        ByteBuffer event = ByteBuffer.wrap(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        waiting.add(event);
        if (waitingBytes.addAndGet(event.remaining()) > MAX_WAITING && !unlimited) {
            abort(new IOException("the client does not read what is streamed"));
        }
    }

    @Override
    protected Action process() {
        if (lastWritten) {
            return Action.SUCCEEDED;
        }
        boolean last = complete; // read before the queue: nothing is queued after it is set
        ByteBuffer next = waiting.poll();
        if (next == null) {
            if (!last) {
                return Action.IDLE;
            }
            lastWritten = true;
            sink.write(true, BufferUtil.EMPTY_BUFFER, this);
            return Action.SCHEDULED;
        }
        waitingBytes.addAndGet(-next.remaining());
        sink.write(false, next, this);
        return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
        callback.succeeded();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        lost.run();
        callback.failed(cause);
    }
}
