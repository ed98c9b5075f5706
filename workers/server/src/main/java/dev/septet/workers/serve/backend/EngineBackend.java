package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.AdapterFolders;
import dev.septet.llm.generate.AnswerListener;
import dev.septet.llm.generate.Completion;
import dev.septet.llm.generate.EngineSettings;
import dev.septet.llm.generate.GenerationEngine;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.GenerationRequest;
import dev.septet.llm.generate.TokenLogProbabilities;
import dev.septet.llm.generate.constraint.TokenConstraint;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.probe.ModelCheck;
import dev.septet.llm.template.Chat;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.openai.CompletionRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A back end on Septet's own engine. It computes in float32 without approximations, and generates
 * many answers at once over one copy of the weights.
 */
public final class EngineBackend implements TokenBackend {
    private final int context;
    private final Conversations conversations;
    private final Tokenizer tokenizer;
    private final Set<Integer> stopIds;
    private final GenerationEngine engine;
    private final AnswerConstraints constraints;

    private EngineBackend(Path folder, LanguageModel model, Tokenizer tokenizer, AdapterFolders adapters) {
        this.context = model.config().maxPositions();
        this.conversations = new Conversations(folder, tokenizer);
        this.tokenizer = tokenizer;
        this.stopIds = StopIds.of(folder, tokenizer);
        this.constraints = new AnswerConstraints(tokenizer, conversations, stopIds);
        this.engine = new GenerationEngine(model, tokenizer, adapters, EngineSettings.DEFAULT);
    }

    /**
     * Opens a model folder in Hugging Face layout.
     *
     * @throws dev.septet.llm.format.FormatProblem when a file is missing or damaged
     */
    public static EngineBackend open(Path folder) {
        return open(folder, AdapterFolders.NONE);
    }

    /** Opens a model folder with adapters, which requests choose by name. */
    public static EngineBackend open(Path folder, AdapterFolders adapters) {
        ModelCheck.folder(folder);
        Tokenizer tokenizer = Tokenizer.open(folder);
        try {
            return new EngineBackend(
                    folder,
                    LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty()),
                    tokenizer,
                    adapters);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public int context() {
        return context;
    }

    @Override
    public long longestText() {
        return (long) context * tokenizer.longestPiece();
    }

    @Override
    public int[] chat(List<ChatMessage> messages) {
        return conversations.tokens(messages);
    }

    @Override
    public @Nullable TokenConstraint constraint(CompletionRequest asked, String tenant) {
        return constraints.of(asked, tenant);
    }

    @Override
    public int[] chat(Chat chat) {
        return conversations.tokens(chat);
    }

    @Override
    public ToolCallFormat callFormat() {
        return conversations.callFormat(stopIds);
    }

    @Override
    public Set<String> callMarks() {
        return constraints.callMarks();
    }

    @Override
    public int[] text(String prompt) {
        return tokenizer.encode(prompt, true);
    }

    @Override
    public String decoded(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.vocabularySize()) {
                throw ApiProblem.value(
                        "prompt",
                        String.format(
                                Locale.ROOT,
                                "'prompt' has the token id %d, but this model has ids from 0 to %d",
                                id,
                                tokenizer.vocabularySize() - 1));
            }
        }
        return tokenizer.decode(ids, false);
    }

    @Override
    public AnswerTicket submit(int[] prompt, AnswerOptions options, BackendListener listener) {
        return submit(prompt, options, Optional.empty(), listener);
    }

    /** Submits an answer that uses an adapter. */
    AnswerTicket submit(int[] prompt, AnswerOptions options, Optional<String> adapter, BackendListener listener) {
        GenerationRequest request = new GenerationRequest(
                prompt,
                new GenerationOptions(
                        options.maxTokens(),
                        options.sampling(),
                        stopIds,
                        options.stops(),
                        options.constraint(),
                        options.topLogProbabilities(),
                        options.promptLogProbabilities(),
                        options.calls() ? constraints.callTokens() : Set.of()),
                adapter,
                options.tenant());
        if (options.promptLogProbabilities()) {
            listener.onToken(constraints.first(prompt[0]));
        }
        var ticket = engine.submit(request, new AnswerListener() {
            @Override
            public boolean onText(String piece) {
                if (!piece.isEmpty()) {
                    listener.onText(piece);
                }
                return true;
            }

            @Override
            public void onMark(long at) {
                listener.onMark(at);
            }

            @Override
            public void onPromptToken(TokenLogProbabilities token) {
                listener.onToken(constraints.chance(token));
            }

            @Override
            public void onToken(TokenLogProbabilities token) {
                listener.onToken(constraints.chance(token));
            }
        });
        var unused = ticket.completion().whenComplete((completion, problem) -> settle(completion, problem, listener));
        return ticket::cancel;
    }

    /**
     * Generates one token with an adapter, so that a damaged adapter is found now.
     *
     * @throws dev.septet.llm.format.FormatProblem when its files are damaged or belong to another
     *     model
     */
    public void requireAnswers(String adapter) throws InterruptedException {
        GenerationRequest request =
                new GenerationRequest(new int[] {0}, GenerationOptions.greedy(1, stopIds), Optional.of(adapter));
        var unused = engine.submit(request, piece -> true).await();
    }

    private static void settle(@Nullable Completion completion, @Nullable Throwable problem, BackendListener listener) {
        if (completion != null) {
            listener.ended(completion.answer().reason(), completion.usage().answer());
        } else {
            listener.failed(problem == null ? new IllegalStateException("no answer came") : problem);
        }
    }

    @Override
    public void close() {
        engine.close();
        tokenizer.close();
    }
}
