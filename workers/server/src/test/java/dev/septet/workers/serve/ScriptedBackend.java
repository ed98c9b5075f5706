package dev.septet.workers.serve;

import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.backend.TokenBackend;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A back end whose answers a test writes by hand, or that repeats the last message at once, as
 * pieces of one character.
 */
final class ScriptedBackend implements TokenBackend {
    /** An answer that a test has to write. */
    record Open(AnswerOptions options, BackendListener listener, AtomicBoolean cancelled) {
        void write(String... pieces) {
            for (String piece : pieces) {
                listener.onText(piece);
            }
        }

        void end(FinishReason reason, int tokens) {
            listener.ended(reason, tokens);
        }
    }

    private final boolean echo;
    private final boolean tools;
    private final boolean fails;
    private final BlockingQueue<Open> open = new LinkedBlockingQueue<>();
    private final List<List<ChatMessage>> seen = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean closed;

    private ScriptedBackend(boolean echo, boolean tools) {
        this(echo, tools, false);
    }

    private ScriptedBackend(boolean echo, boolean tools, boolean fails) {
        this.echo = echo;
        this.tools = tools;
        this.fails = fails;
    }

    /** It cannot read any prompt. */
    static ScriptedBackend failing() {
        return new ScriptedBackend(true, false, true);
    }

    static ScriptedBackend echoing() {
        return new ScriptedBackend(true, false);
    }

    static ScriptedBackend byHand() {
        return new ScriptedBackend(false, false);
    }

    /** By hand, and its answers may have calls of tools. */
    static ScriptedBackend calling() {
        return new ScriptedBackend(false, true);
    }

    /** The next answer that is asked for. */
    Open next() throws InterruptedException {
        Open next = open.poll(1, TimeUnit.MINUTES);
        if (next == null) {
            throw new AssertionError("nothing was asked for");
        }
        return next;
    }

    /** Answers that it was asked for. */
    int asked() {
        return asked.get();
    }

    boolean closed() {
        return closed;
    }

    @Override
    public int context() {
        return 100;
    }

    @Override
    public long longestText() {
        return 1000;
    }

    @Override
    public synchronized int[] chat(List<ChatMessage> messages) {
        if (fails) {
            throw new IllegalStateException("no tokenizer");
        }
        seen.add(messages);
        return text(messages.get(messages.size() - 1).text());
    }

    @Override
    public int[] chat(Chat chat) {
        return tools ? chat(chat.messages()) : TokenBackend.super.chat(chat);
    }

    @Override
    public @Nullable TokenConstraint constraint(CompletionRequest asked, String tenant) {
        return tools ? null : TokenBackend.super.constraint(asked, tenant);
    }

    @Override
    public int[] text(String prompt) {
        return prompt.chars().toArray();
    }

    @Override
    public AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener) {
        AtomicBoolean cancelled = new AtomicBoolean();
        this.asked.incrementAndGet();
        Open asked = new Open(options, listener, cancelled);
        if (echo) {
            for (int letter : prompt) {
                asked.write(Character.toString(letter));
            }
            asked.end(FinishReason.STOP, prompt.length + 1);
            return () -> {};
        }
        open.add(asked);
        return () -> {
            if (cancelled.compareAndSet(false, true)) {
                listener.ended(FinishReason.CANCELLED, 0);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
    }
}
