package dev.septet.activities.evaluate.safety;

import dev.septet.activities.evaluate.safety.GuardFormat.Question;
import dev.septet.activities.evaluate.safety.GuardFormat.Reading;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A guard that the engine runs. It answers greedily, and the answer must be a verdict. The probability is that of the
 * verdict's first token: p(unsafe) / (p(unsafe) + p(safe)), after the same tokens.
 */
final class EngineGuard implements SafetyGuard {
    private static final int MOST_TOKENS = 32;
    private static final int AT_ONCE = 8;

    private final GuardFormat format;
    private final double threshold;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Set<Integer> stops;

    private EngineGuard(
            GuardFormat format, double threshold, LanguageModel model, Tokenizer tokenizer, Set<Integer> stops) {
        this.format = format;
        this.threshold = threshold;
        this.model = model;
        this.tokenizer = tokenizer;
        this.stops = stops;
    }

    static EngineGuard open(Path folder, ComputePrecision precision, GuardFormat format, double threshold) {
        LanguageModel model = LanguageModel.open(folder, precision, Optional.empty());
        try {
            Tokenizer tokenizer = Tokenizer.open(folder);
            return new EngineGuard(format, threshold, model, tokenizer, StopIds.of(folder, tokenizer));
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    @Override
    public List<GuardVerdict> judge(List<GuardedExchange> exchanges) {
        List<GuardVerdict> verdicts = new ArrayList<>();
        for (int from = 0; from < exchanges.size(); from += AT_ONCE) {
            verdicts.addAll(some(exchanges.subList(from, Math.min(from + AT_ONCE, exchanges.size()))));
        }
        return verdicts;
    }

    private List<GuardVerdict> some(List<GuardedExchange> exchanges) {
        List<List<GuardVerdict>> answers = new ArrayList<>();
        for (Question question : format.questions()) {
            answers.add(ask(exchanges, question));
        }
        List<GuardVerdict> verdicts = new ArrayList<>();
        for (int at = 0; at < exchanges.size(); at++) {
            int exchange = at;
            GuardVerdict verdict =
                    merged(answers.stream().map(all -> all.get(exchange)).toList());
            verdicts.add(verdict.isUnsafe() ? detailed(exchanges.get(at), verdict) : verdict);
        }
        return verdicts;
    }

    /** One yes is enough; otherwise, every question needs an answer. */
    static GuardVerdict merged(List<GuardVerdict> answers) {
        boolean unsafe = answers.stream().anyMatch(GuardVerdict::isUnsafe);
        if (!unsafe) {
            for (GuardVerdict answer : answers) {
                if (answer.problem() != null) {
                    return answer;
                }
            }
        }
        Double highest = null;
        List<String> categories = new ArrayList<>();
        for (GuardVerdict answer : answers) {
            Double probability = answer.probability();
            if (probability != null && (highest == null || probability > highest)) {
                highest = probability;
            }
            categories.addAll(answer.categories());
        }
        return GuardVerdict.of(unsafe, highest, categories);
    }

    private GuardVerdict detailed(GuardedExchange exchange, GuardVerdict verdict) {
        if (format.details().isEmpty()) {
            return verdict;
        }
        List<String> categories = new ArrayList<>(verdict.categories());
        for (Question question : format.details()) {
            categories.addAll(ask(List.of(exchange), question).get(0).categories());
        }
        return GuardVerdict.of(true, verdict.probability(), categories);
    }

    private List<GuardVerdict> ask(List<GuardedExchange> exchanges, Question question) {
        @Nullable GuardVerdict[] verdicts = new @Nullable GuardVerdict[exchanges.size()];
        List<int[]> prompts = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        for (int at = 0; at < exchanges.size(); at++) {
            try {
                int[] prompt = prompt(exchanges.get(at), question);
                if (!fits(prompt)) {
                    verdicts[at] = GuardVerdict.problem(GuardVerdict.TOO_LONG);
                } else {
                    prompts.add(prompt);
                    owners.add(at);
                }
            } catch (TemplateProblem | IllegalArgumentException e) {
                verdicts[at] = GuardVerdict.problem("the guard's chat template does not take the exchange");
            }
        }
        try {
            List<Generated> answers = new Generator(model, tokenizer, AT_ONCE)
                    .generate(prompts, GenerationOptions.greedy(MOST_TOKENS, stops));
            for (int at = 0; at < answers.size(); at++) {
                verdicts[owners.get(at)] = verdict(prompts.get(at), answers.get(at), question);
            }
        } catch (ArithmeticException diverged) {
            owners.forEach(at -> verdicts[at] = GuardVerdict.problem("the guard's probabilities are not numbers"));
        }
        return Arrays.stream(verdicts)
                .map(verdict -> verdict == null ? GuardVerdict.problem("the guard gave no answer") : verdict)
                .toList();
    }

    private boolean fits(int[] prompt) {
        return prompt.length + MOST_TOKENS <= model.config().maxPositions();
    }

    /**
     * With as many of the last turns as fit. Control tokens in the texts of an exchange are encoded as ordinary characters.
     */
    private int[] prompt(GuardedExchange exchange, Question question) {
        int[] prompt = new ChatEncoder(format.template(exchange, question), tokenizer).prompt(format.chat(exchange));
        return fits(prompt)
                        || !format.readsConversations()
                        || exchange.earlier().isEmpty()
                ? prompt
                : prompt(exchange.shorter(), question);
    }

    private GuardVerdict verdict(int[] prompt, Generated answer, Question question) {
        Reading reading = format.read(answer.text(), question).orElse(null);
        if (reading == null) {
            return GuardVerdict.problem("the guard's answer is no verdict");
        }
        Double probability = probability(prompt, answer.ids(), reading);
        if (probability == null) {
            return GuardVerdict.of(reading.unsafe(), null, reading.categories());
        }
        if (!Double.isFinite(probability)) {
            return GuardVerdict.problem("the guard's probabilities are not numbers");
        }
        boolean unsafe = probability >= threshold;
        List<String> named =
                question.category().isEmpty() || !unsafe ? reading.categories() : List.of(question.category());
        return GuardVerdict.of(unsafe, probability, named);
    }

    /** Of unsafe against safe at the verdict's first token; null where the two words begin with the same tokens. */
    private @Nullable Double probability(int[] prompt, int[] answer, Reading reading) {
        int first = 0;
        while (first < answer.length
                && tokenizer.decode(Arrays.copyOf(answer, first + 1), true).length() <= reading.at()) {
            first++;
        }
        for (String space : List.of("", " ")) {
            int[] said = tokenizer.encode(space + reading.word(), false);
            int[] other = tokenizer.encode(space + reading.other(), false);
            if (first < answer.length
                    && said.length > 0
                    && other.length > 0
                    && said[0] == answer[first]
                    && said[0] != other[0]) {
                int[] given = Arrays.copyOf(prompt, prompt.length + first);
                System.arraycopy(answer, 0, given, prompt.length, first);
                List<float[]> logs = model.logProbabilities(
                        List.of(with(given, said[0]), with(given, other[0])), new int[] {given.length, given.length});
                double saidLog = logs.get(0)[0];
                double otherLog = logs.get(1)[0];
                double share = 1 / (1 + Math.exp(otherLog - saidLog));
                return reading.unsafe() ? share : 1 - share;
            }
        }
        return null;
    }

    private static int[] with(int[] tokens, int last) {
        int[] all = Arrays.copyOf(tokens, tokens.length + 1);
        all[tokens.length] = last;
        return all;
    }

    @Override
    public String named(String category) {
        return format.named(category);
    }

    @Override
    public void close() {
        tokenizer.close();
        model.close();
    }
}
