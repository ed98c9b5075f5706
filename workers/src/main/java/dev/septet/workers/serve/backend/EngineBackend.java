package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.FinishReason;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.StopIds;
import dev.septet.llm.model.LanguageModel;
import dev.septet.llm.model.Precision;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Septet's own engine: exact, in float32. One answer at a time. */
public final class EngineBackend implements Backend {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Set<Integer> stopIds;
    private final Path folder;
    private final Generator generator;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(work -> new Thread(work, "engine"));
    private volatile boolean closed;

    private EngineBackend(Path folder, LanguageModel model, Tokenizer tokenizer) {
        this.folder = folder;
        this.model = model;
        this.tokenizer = tokenizer;
        this.stopIds = StopIds.of(folder, tokenizer);
        this.generator = new Generator(model, tokenizer, 1);
    }

    /**
     * Opens a model folder in Hugging Face layout.
     *
     * @throws dev.septet.llm.format.FormatProblem when a file is missing or damaged
     */
    public static EngineBackend open(Path folder) {
        Tokenizer tokenizer = Tokenizer.open(folder);
        try {
            return new EngineBackend(
                    folder,
                    LanguageModel.open(folder, Precision.FLOAT32, Optional.empty()),
                    tokenizer);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public int context() {
        return model.config().maxPositions();
    }

    @Override
    public int[] chat(List<ChatMessage> messages) {
        ChatTemplate template = ChatTemplate.of(folder).withClock(Clock.systemUTC());
        return new ChatEncoder(template, tokenizer).prompt(messages);
    }

    @Override
    public int[] text(String prompt) {
        return tokenizer.encode(prompt, true);
    }

    @Override
    public Ticket submit(int[] prompt, AnswerOptions options, AnswerListener listener) {
        AtomicBoolean cancelled = new AtomicBoolean();
        thread.execute(() -> write(prompt, options, listener, cancelled));
        return () -> cancelled.set(true);
    }

    private void write(
            int[] prompt, AnswerOptions options, AnswerListener listener, AtomicBoolean cancelled) {
        try {
            if (cancelled.get() || closed) {
                listener.ended(FinishReason.CANCELLED, 0);
                return;
            }
            Generated answer =
                    generator.generate(
                            prompt,
                            new GenerationOptions(
                                    options.maxTokens(),
                                    options.sampling(),
                                    stopIds,
                                    options.stops()),
                            (index, piece) -> {
                                if (!piece.isEmpty()) {
                                    listener.wrote(piece);
                                }
                                return !cancelled.get() && !closed;
                            });
            listener.ended(answer.reason(), answer.ids().length);
        } catch (RuntimeException | Error problem) {
            listener.failed(problem);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        try {
            // The last step must be over before the memory it reads goes away.
            while (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        model.close();
        tokenizer.close();
    }
}
