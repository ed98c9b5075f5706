package dev.septet.activities.monitor.prompt;

import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.llm.generate.ExampleScore;
import dev.septet.llm.generate.Scorer;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.TokenSequence;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model on this worker that reads prompts as plain text, without the chat template: the
 * template's text is the same in every prompt and would only hide differences. Control tokens in a
 * prompt are plain characters. Only the beginning of a prompt that is longer than the model's
 * context is used.
 */
final class EnginePromptReader implements PromptReader {
    private static final int TOKENS_AT_ONCE = 4096;
    private static final int TEXTS_AT_ONCE = 64;

    private final Path folder;
    private final @Nullable Path adapter;
    private final Precision precision;
    private @Nullable Tokenizer tokenizer;
    private @Nullable LanguageModel model;

    EnginePromptReader(Path folder, @Nullable Path adapter, Precision precision) {
        this.folder = folder;
        this.adapter = adapter;
        this.precision = precision;
    }

    @Override
    public int tokens(String text) {
        return tokenizer().encodeContent(text).length;
    }

    @Override
    public double[] losses(List<String> texts) {
        Scorer scorer = new Scorer(model(), TOKENS_AT_ONCE);
        double[] losses = new double[texts.size()];
        for (int from = 0; from < losses.length; from += TEXTS_AT_ONCE) {
            List<TokenSequence> examples = new ArrayList<>();
            for (String text : texts.subList(from, Math.min(from + TEXTS_AT_ONCE, losses.length))) {
                examples.add(example(text));
            }
            List<ExampleScore> scores = scorer.score(examples);
            for (int at = 0; at < scores.size(); at++) {
                losses[from + at] = scores.get(at).meanLoss();
            }
        }
        return losses;
    }

    @Override
    public void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
        if (model != null) {
            model.close();
        }
    }

    private TokenSequence example(String text) {
        int[] begin = begin();
        int[] content = tokenizer().encodeContent(text);
        int length = Math.min(begin.length + content.length, model().config().maxPositions());
        int[] ids = Arrays.copyOf(begin, length);
        System.arraycopy(content, 0, ids, begin.length, length - begin.length);
        boolean[] loss = new boolean[length];
        Arrays.fill(loss, Math.min(1, length), length, true);
        return new TokenSequence(ids, loss);
    }

    /** The begin token, when this tokenizer adds one before every text. */
    private int[] begin() {
        int[] around = tokenizer().encode("", true);
        int bos = tokenizer().bos().orElse(-1);
        return around.length > 0 && around[0] == bos ? new int[] {bos} : new int[0];
    }

    private Tokenizer tokenizer() {
        Tokenizer open = tokenizer;
        if (open == null) {
            open = Tokenizer.open(folder);
            tokenizer = open;
        }
        return open;
    }

    private LanguageModel model() {
        LanguageModel open = model;
        if (open == null) {
            open = LanguageModel.open(folder, EnginePlan.precision(precision), Optional.ofNullable(adapter));
            model = open;
        }
        return open;
    }
}
