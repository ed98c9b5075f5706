package dev.septet.activities.deploy.chain;

import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.quantize.Divergence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The model that an endpoint is compared with, and its own greedy answers. */
final class ReferenceAnswers implements AutoCloseable {
    /**
     * Number of tokens before the first text difference where a different tokenization may begin.
     */
    private static final int CUTS = 4;

    private static final int NONE = -1;
    private static final String UNFINISHED = "\uFFFD";

    private final PromptForm form;
    private final LanguageModel model;
    private final int maxTokens;

    private ReferenceAnswers(PromptForm form, LanguageModel model, int maxTokens) {
        this.form = form;
        this.model = model;
        this.maxTokens = maxTokens;
    }

    static ReferenceAnswers open(Path folder, int maxTokens) {
        PromptForm form = PromptForm.open(folder);
        try {
            return new ReferenceAnswers(
                    form, LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty()), maxTokens);
        } catch (RuntimeException | Error e) {
            form.close();
            throw e;
        }
    }

    PromptForm form() {
        return form;
    }

    /** Whether prompt and answer fit in the model's context. */
    boolean fits(int[] prompt) {
        return prompt.length > 0 && prompt.length + maxTokens < model.config().maxPositions();
    }

    /** The model's own greedy answers. */
    List<Generated> answers(List<int[]> prompts) {
        return new Generator(model, form.tokenizer(), 4)
                .generate(prompts, GenerationOptions.greedy(maxTokens, form.stops()));
    }

    /**
     * How much less likely the answer's first differing token is than the model's best token, as a
     * logit difference divided by the logits' scale. 0 when the answer does not differ.
     *
     * @param own this model's greedy answer
     */
    double regret(int[] prompt, Generated own, ChainEndpoint.Reply reply) {
        boolean stops = own.reason() == FinishReason.STOP;
        String text = reply.text();
        if (text.strip().equals(own.text().strip())) {
            boolean continues = stops && !reply.stopped() && own.ids().length < maxTokens;
            return continues ? Double.POSITIVE_INFINITY : 0;
        }
        int[] ids = stops ? Arrays.copyOf(own.ids(), own.ids().length - 1) : own.ids();
        int common = 0;
        for (int count = 1; count <= ids.length; count++) {
            String prefix = form.tokenizer().decode(Arrays.copyOf(ids, count), true);
            if (!prefix.endsWith(UNFINISHED) && text.startsWith(prefix)) {
                common = count;
            }
        }
        int[] whole = Arrays.copyOf(prompt, prompt.length + common);
        System.arraycopy(ids, 0, whole, prompt.length, common);
        float[][] logits = model.logits(whole);
        double min = Double.POSITIVE_INFINITY;
        // A text can be tokenized in several ways: the tokenization with the smallest regret counts.
        for (int shared = Math.max(0, common - CUTS); shared <= common; shared++) {
            int not = shared < common ? ids[shared] : NONE;
            min = Math.min(min, regret(logits[prompt.length + shared - 1], Arrays.copyOf(ids, shared), not, reply));
        }
        return min;
    }

    /**
     * The regret of the most likely token with which the answer may continue after the shared
     * tokens.
     */
    private double regret(float[] logits, int[] shared, int not, ChainEndpoint.Reply reply) {
        double scale = 0;
        for (float logit : logits) {
            scale = Math.max(scale, Math.abs(logit));
        }
        float best = logits[Divergence.likeliest(logits)];
        String prefix = form.tokenizer().decode(shared, true);
        boolean ended = reply.text().length() <= prefix.length();
        if (ended && !reply.stopped()) {
            return 0; // it reached the token limit
        }
        for (int id : likeliestFirst(logits)) {
            // Servers also end at other control tokens; llama.cpp ends at all that it recognizes by their text.
            boolean accepted = ended ? form.ends(id) : id != not && chosen(id, shared, prefix, reply);
            if (accepted) {
                return (best - logits[id]) / scale;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /**
     * A beginning of an answer other than this model's, which rounding may cause.
     *
     * @param text the shared text with the other token
     * @param ends whether the answer ends there instead
     */
    record Accepted(String text, boolean ends) {}

    /**
     * The tokens that are almost as likely as those of the answer, with the text before them.
     *
     * @param own this model's greedy answer
     * @param bound largest regret of such a token
     */
    List<Accepted> accepted(int[] prompt, Generated own, double bound) {
        boolean stops = own.reason() == FinishReason.STOP;
        int length = stops ? own.ids().length - 1 : own.ids().length;
        int[] whole = Arrays.copyOf(prompt, prompt.length + length);
        System.arraycopy(own.ids(), 0, whole, prompt.length, length);
        float[][] logits = model.logits(whole);
        List<Accepted> accepted = new ArrayList<>();
        for (int at = 0; at < own.ids().length; at++) {
            float[] here = logits[prompt.length + at - 1];
            double scale = 0;
            for (float logit : here) {
                scale = Math.max(scale, Math.abs(logit));
            }
            float best = here[Divergence.likeliest(here)];
            int[] shared = Arrays.copyOf(own.ids(), at);
            for (int id : likeliestFirst(here)) {
                if (!((best - here[id]) / scale <= bound)) {
                    break;
                } else if (id != own.ids()[at]) {
                    accept(accepted, shared, id);
                }
            }
        }
        return accepted;
    }

    /**
     * Log-probabilities of tokens, each after those before it, in nats.
     *
     * @param from index of the first token, at least 1
     */
    List<Double> logProbabilities(int[] ids, int from) {
        float[][] logits = model.logits(ids);
        List<Double> logs = new ArrayList<>();
        for (int at = from; at < ids.length; at++) {
            float[] here = logits[at - 1];
            double max = here[Divergence.likeliest(here)];
            double sum = 0;
            for (float logit : here) {
                sum += Math.exp(logit - max);
            }
            logs.add(here[ids[at]] - max - Math.log(sum));
        }
        return logs;
    }

    private void accept(List<Accepted> accepted, int[] shared, int id) {
        String prefix = form.tokenizer().decode(shared, true);
        if (form.ends(id)) {
            accepted.add(new Accepted(prefix, true));
            return;
        }
        int[] longer = Arrays.copyOf(shared, shared.length + 1);
        longer[shared.length] = id;
        String with = form.tokenizer().decode(longer, true);
        int unfinished = with.indexOf(UNFINISHED);
        String whole = unfinished < 0 ? with : with.substring(0, unfinished);
        if (whole.length() > prefix.length() || (unfinished >= 0 && !whole.isEmpty())) {
            accepted.add(new Accepted(whole, false));
        }
    }

    private boolean chosen(int id, int[] shared, String prefix, ChainEndpoint.Reply reply) {
        if (form.ends(id)) {
            return false;
        }
        int[] longer = Arrays.copyOf(shared, shared.length + 1);
        longer[shared.length] = id;
        String with = form.tokenizer().decode(longer, true);
        int unfinished = with.indexOf(UNFINISHED);
        return unfinished < 0
                ? with.length() > prefix.length() && reply.text().startsWith(with)
                : unfinished > 0 && reply.text().startsWith(with.substring(0, unfinished));
    }

    private List<Integer> likeliestFirst(float[] logits) {
        int max = Math.min(logits.length, form.tokenizer().vocabularySize());
        return IntStream.range(0, max)
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -logits[id]))
                .toList();
    }

    @Override
    public void close() {
        model.close();
        form.close();
    }
}
