package dev.septet.workers.serve.reply;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletedAnswer;
import dev.septet.workers.serve.openai.CompletionRequest;
import dev.septet.workers.serve.openai.ResponseHeader;
import dev.septet.workers.serve.openai.ResponseShape;
import dev.septet.workers.serve.openai.TokenChance;
import dev.septet.workers.serve.openai.TokenUsage;
import dev.septet.workers.serve.openai.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers as events while they are generated. The response begins with the first event, so
 * that an earlier failure still sets the HTTP status.
 */
public final class StreamReply implements ReplyExchange.Reply {
    private final ResponseShape shape;
    private final ResponseHeader head;
    private final CompletionRequest completionRequest;
    private final List<String> echo;
    private final Response response;
    private final Callback callback;
    private final Runnable lost;
    private final boolean[] started;

    /** Tokens that were not sent yet, by answer. */
    private final Map<Integer, List<TokenChance>> waiting = new HashMap<>();

    /** Characters of the tokens that were sent, by answer. */
    private final Map<Integer, Integer> offsets = new HashMap<>();

    private @Nullable EventStream events;

    /**
     * @param echo text before each answer, often empty
     * @param lost runs when the client can no longer be reached
     */
    public StreamReply(
            ResponseShape shape,
            ResponseHeader head,
            CompletionRequest completionRequest,
            List<String> echo,
            Response response,
            Callback callback,
            Runnable lost) {
        this.shape = shape;
        this.head = head;
        this.completionRequest = completionRequest;
        this.echo = echo;
        this.response = response;
        this.callback = callback;
        this.lost = lost;
        this.started = new boolean[echo.size()];
    }

    @Override
    public void addToken(int answer, TokenChance token) {
        waiting.computeIfAbsent(answer, known -> new ArrayList<>()).add(token);
    }

    @Override
    public void addText(int answer, String piece) {
        boolean first = begin(answer);
        send(answer, first ? echo.get(answer) + piece : piece, first, null);
    }

    @Override
    public void addCall(int answer, int call, String id, String name) {
        boolean first = begin(answer);
        stream().send(shape.callChunk(head, answer, first, call, id, name, "", completionRequest.includeUsage()));
    }

    @Override
    public void addArguments(int answer, int call, String piece) {
        stream().send(shape.callChunk(head, answer, false, call, null, null, piece, completionRequest.includeUsage()));
    }

    @Override
    public void ended(int answer, FinishReason reason, boolean calls) {
        if (begin(answer)) {
            send(answer, echo.get(answer), true, null);
        }
        send(answer, null, false, CompletedAnswer.finish(reason, calls));
    }

    /** Sends a refusal, or an answer that was held back, whose size is not limited by what a client reads. */
    @Override
    public void addWhole(int answer, CompletedAnswer whole) {
        stream().unlimited();
        if (whole.filtered()) {
            begin(answer);
            send(answer, whole.text(), true, null);
            send(answer, null, false, whole.finish());
            return;
        }
        List<TokenChance> tokens = whole.chances();
        if (tokens != null) {
            waiting.put(answer, new ArrayList<>(tokens));
        }
        if (!whole.text().isEmpty()) {
            addText(answer, whole.text());
        }
        for (int call = 0; call < whole.calls().size(); call++) {
            ToolCall called = whole.calls().get(call);
            addCall(answer, call, called.id(), called.name());
            addArguments(answer, call, called.arguments());
        }
        ended(answer, whole.reason(), !whole.calls().isEmpty());
    }

    @Override
    public void complete(List<CompletedAnswer> answers, TokenUsage usage) {
        if (completionRequest.includeUsage()) {
            stream().send(shape.usage(head, usage));
        }
        stream().done();
    }

    @Override
    public void failed(ApiProblem problem) {
        if (events == null) {
            Replies.problem(response, callback, problem);
        } else {
            stream().send(problem.json());
            stream().done();
        }
    }

    @Override
    public void disconnected() {
        EofException left = new EofException("the client closed the connection");
        EventStream known = events;
        if (known == null) {
            callback.failed(left);
        } else {
            known.abort(left);
        }
    }

    private boolean begin(int answer) {
        boolean first = !started[answer];
        started[answer] = true;
        return first;
    }

    private void send(int answer, @Nullable String piece, boolean first, @Nullable String reason) {
        List<TokenChance> tokens = waiting.remove(answer);
        int offset = offsets.getOrDefault(answer, 0);
        if (tokens != null) {
            offsets.put(answer, offset + TokenChance.characters(tokens));
        }
        stream()
                .send(shape.chunk(
                        head, answer, piece, first, reason, tokens, offset, completionRequest.includeUsage()));
    }

    private EventStream stream() {
        EventStream known = events;
        if (known == null) {
            known = new EventStream(response, callback, lost);
            events = known;
        }
        return known;
    }
}
