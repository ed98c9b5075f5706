package dev.septet.workers.serve.reply;

import com.fasterxml.jackson.databind.JsonNode;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Server-sent events to one client. Whoever sends never waits for the client: what it does not take
 * is kept, and an answer is no longer than a context.
 */
final class EventStream extends IteratingCallback {
    private final Content.Sink sink;
    private final Callback callback;
    private final Runnable lost;
    private final ConcurrentLinkedQueue<ByteBuffer> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean complete;
    private boolean lastWritten;

    /**
     * @param callback completes the response
     * @param lost is run when the client cannot be reached any more
     */
    EventStream(Response response, Callback callback, Runnable lost) {
        this.sink = response;
        this.callback = callback;
        this.lost = lost;
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    }

    void send(JsonNode event) {
        queue(Replies.text(event));
        iterate();
    }

    /** Ends the stream as clients expect it. */
    void done() {
        queue("[DONE]");
        complete = true;
        iterate();
    }

    private void queue(String data) {
        waiting.add(ByteBuffer.wrap(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    protected Action process() {
        if (lastWritten) {
            return Action.SUCCEEDED;
        }
        boolean last = complete; // read first: nothing is queued after it is set
        ByteBuffer next = waiting.poll();
        if (next == null) {
            if (!last) {
                return Action.IDLE;
            }
            lastWritten = true;
            sink.write(true, BufferUtil.EMPTY_BUFFER, this);
            return Action.SCHEDULED;
        }
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
