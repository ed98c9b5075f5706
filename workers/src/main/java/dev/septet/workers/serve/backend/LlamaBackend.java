package dev.septet.workers.serve.backend;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.TokenPrompt;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.tokenizer.Tokenizer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * llama.cpp in this process, for GGUF files whose weights it knows how to compute with as they are.
 * Prompts are read by Septet's own tokenizer, made from the same file.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp">llama.cpp</a>
 */
public final class LlamaBackend implements Backend {
    /** Answers that are written at once; each has a context of its own. */
    private static final int SLOTS = 4;

    /** A context costs memory whether it is used or not. */
    private static final int MOST_CONTEXT = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(LlamaBackend.class);

    private final int context;
    private final Path folder;
    private final Tokenizer tokenizer;
    private final Conversations conversations;
    private final LlamaModel model;
    private final ExecutorService writers =
            Executors.newFixedThreadPool(SLOTS, work -> new Thread(work, "llama"));
    private volatile boolean closed;

    private LlamaBackend(int context, Path folder, Tokenizer tokenizer, LlamaModel model) {
        this.context = context;
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.conversations = new Conversations(folder, tokenizer);
        this.model = model;
    }

    /**
     * Opens a file.
     *
     * @throws FormatProblem when it is damaged, or says what is not understood here
     */
    public static LlamaBackend open(Path gguf) {
        GgufFile file = GgufFile.open(gguf); // a damaged file must not reach the native reader
        String family = file.requiredText("general.architecture");
        long trained = file.requiredInteger(family + ".context_length");
        int context = (int) Math.min(MOST_CONTEXT, Math.max(1, trained));
        try {
            Path folder = Files.createTempDirectory("septet-gguf");
            try {
                return open(gguf, context, folder);
            } catch (IOException | RuntimeException | Error e) {
                delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + gguf + ": " + e.getMessage(), e);
        }
    }

    private static LlamaBackend open(Path gguf, int context, Path folder) throws IOException {
        GgufImport.writeTokenizer(gguf, folder);
        Tokenizer tokenizer = Tokenizer.open(folder);
        try {
            return new LlamaBackend(context, folder, tokenizer, load(gguf, context));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    private static LlamaModel load(Path gguf, int context) {
        try {
            return new LlamaModel(
                    new ModelParameters()
                            .setModel(gguf.toString())
                            .setCtxSize(context * SLOTS)
                            .setParallel(SLOTS)
                            .disableContextShift()
                            .disableLog());
        } catch (RuntimeException refused) {
            throw new FormatProblem(gguf, "llama.cpp cannot load it", refused);
        }
    }

    @Override
    public int context() {
        return context;
    }

    @Override
    public int[] chat(List<ChatMessage> messages) {
        return conversations.tokens(messages);
    }

    @Override
    public int[] text(String prompt) {
        return tokenizer.encode(prompt, true);
    }

    @Override
    public Ticket submit(int[] prompt, AnswerOptions options, AnswerListener listener) {
        LlamaAnswer answer =
                new LlamaAnswer(parameters(prompt, options), options, tokenizer, listener);
        writers.execute(() -> answer.write(model, () -> closed));
        return answer;
    }

    private static InferenceParameters parameters(int[] prompt, AnswerOptions options) {
        return TokenPrompt.of(prompt)
                .setNPredict(options.maxTokens())
                .setTemperature((float) options.sampling().temperature())
                .setTopP((float) options.sampling().topP())
                .setTopK(options.sampling().topK())
                .setMinP(0)
                .setSeed((int) (options.sampling().seed() & Integer.MAX_VALUE))
                .setCachePrompt(true)
                .setStopStrings(options.stops().toArray(String[]::new));
    }

    @Override
    public void close() {
        closed = true;
        writers.shutdown();
        try {
            // The last token must be written before the memory it reads goes away.
            while (!writers.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("llama.cpp is still writing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        model.close();
        tokenizer.close();
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException left) {
            LOG.warn("left behind: {}", folder, left);
        }
    }
}
