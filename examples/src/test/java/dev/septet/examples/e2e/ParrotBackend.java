package dev.septet.examples.e2e;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.template.ChatMessage;
import dev.septet.workers.serve.backend.AnswerOptions;
import dev.septet.workers.serve.backend.AnswerTicket;
import dev.septet.workers.serve.backend.BackendListener;
import dev.septet.workers.serve.backend.TokenBackend;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Repeats what it hears, so that a test decides what a model writes; may count, or fail. */
final class ParrotBackend implements TokenBackend {
    @Override
    public int context() {
        return 10_000;
    }

    @Override
    public int[] chat(List<ChatMessage> messages) {
        return text(messages.get(messages.size() - 1).text());
    }

    @Override
    public int[] text(String prompt) {
        return prompt.codePoints().toArray();
    }

    @Override
    public AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener) {
        String heard = new String(prompt, 0, prompt.length);
        AtomicBoolean cancelled = new AtomicBoolean();
        Thread beak = new Thread(() -> speak(heard, cancelled, listener), "parrot");
        beak.setDaemon(true);
        beak.start();
        return () -> cancelled.set(true);
    }

    private static void speak(String heard, AtomicBoolean cancelled, BackendListener listener) {
        if (heard.equals("fail")) {
            listener.failed(new ArithmeticException("its scores are not finite"));
            return;
        }
        if (heard.equals("count for ever")) {
            for (int i = 0; !cancelled.get(); i++) {
                listener.onText(i + " ");
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
            listener.ended(FinishReason.CANCELLED, 0);
            return;
        }
        int tokens = 0;
        for (int at = 0; at < heard.length(); at = heard.offsetByCodePoints(at, 1)) {
            listener.onText(heard.substring(at, heard.offsetByCodePoints(at, 1)));
            tokens++;
        }
        listener.ended(FinishReason.STOP, tokens);
    }

    @Override
    public void close() {}
}
