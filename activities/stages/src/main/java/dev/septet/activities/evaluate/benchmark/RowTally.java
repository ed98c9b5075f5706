package dev.septet.activities.evaluate.benchmark;

import dev.septet.activities.evaluate.metric.Bleu;
import dev.septet.activities.evaluate.metric.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What one row adds to the sums of a metric. NaN where the model's numbers are not finite, so that the metric is NaN then.
 *
 * @param responses the model's responses to the row's requests, in their order
 */
record RowTally(BenchmarkTask.Row row, List<BenchmarkResponse> responses) {
    /** Python's white space in {@code re.split(r"\s+", text)}. */
    private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    double[] of(BenchmarkTask.Scoring scoring) {
        TaskMetric metric = scoring.metric();
        return switch (metric) {
            case ACC -> one(row.choices().isEmpty() ? greedy() : right(best(choice -> log(choice))));
            case ACC_NORM -> one(right(best(choice -> log(choice) / characters(choice))));
            case ACC_BYTES ->
                one(right(best(choice -> log(choice) / bytes(row.choices().get(choice)))));
            case ACC_MUTUAL_INFO ->
                one(right(best(choice -> log(choice) - log(row.choices().size() + choice))));
            case BRIER_SCORE -> new double[] {brier(), 1};
            case EXACT_MATCH ->
                one(row.requests().get(0) instanceof BenchmarkRequest.Generation ? matches(scoring) : greedyGold());
            case BLEU -> bleu(scoring);
            case PERPLEXITY -> new double[] {responses.get(0).number(), 1};
            case WORD_PERPLEXITY -> new double[] {responses.get(0).number(), words(wholeText())};
            case BYTE_PERPLEXITY, BITS_PER_BYTE ->
                new double[] {responses.get(0).number(), bytes(wholeText())};
        };
    }

    private static double[] one(double value) {
        return new double[] {value, 1};
    }

    private double log(int request) {
        return responses.get(request).number();
    }

    private double characters(int choice) {
        String text = row.choices().get(choice);
        return text.codePointCount(0, text.length());
    }

    private static double bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static double words(String text) {
        return SPACES.split(text, -1).length;
    }

    private String wholeText() {
        return ((BenchmarkRequest.WholeText) row.requests().get(0)).text();
    }

    /** The first choice with the largest value; -1 where a value is NaN. */
    private int best(IntToDoubleFunction value) {
        int best = 0;
        double[] values =
                IntStream.range(0, row.choices().size()).mapToDouble(value).toArray();
        for (int choice = 0; choice < values.length; choice++) {
            if (Double.isNaN(values[choice])) {
                return -1;
            }
            best = values[choice] > values[best] ? choice : best;
        }
        return best;
    }

    private double right(int choice) {
        if (choice < 0) {
            return Double.NaN;
        }
        boolean right = row.gold() instanceof List<?> several
                ? several.contains((long) choice)
                : row.gold().equals((long) choice);
        return right ? 1 : 0;
    }

    private double greedy() {
        return Double.isNaN(log(0)) ? Double.NaN : responses.get(0).isGreedy() ? 1 : 0;
    }

    /** Whether a right choice is what the model would have written. */
    private double greedyGold() {
        List<?> golds = row.gold() instanceof List<?> several ? several : List.of(row.gold());
        double found = 0;
        for (Object gold : golds) {
            int choice = ((Long) gold).intValue();
            if (choice >= 0 && choice < row.choices().size()) {
                if (Double.isNaN(log(choice))) {
                    return Double.NaN;
                }
                found = responses.get(choice).isGreedy() ? 1 : found;
            }
        }
        return found;
    }

    /** Sum of (p - right)^2 over the choices, with p = softmax of the log-probabilities. */
    private double brier() {
        double[] logs =
                IntStream.range(0, row.choices().size()).mapToDouble(this::log).toArray();
        double highest = Arrays.stream(logs).max().orElse(0);
        double sum = Arrays.stream(logs).map(log -> Math.exp(log - highest)).sum();
        double total = 0;
        for (int choice = 0; choice < logs.length; choice++) {
            double error = Math.exp(logs[choice] - highest) / sum - right(choice);
            total += error * error;
        }
        return total;
    }

    private double matches(BenchmarkTask.Scoring scoring) {
        String answer = responses.get(0).text();
        AnswerComparison comparison = scoring.comparison();
        if (answer == null || comparison == null) {
            return Double.NaN;
        }
        String filtered = scoring.filter().apply(answer);
        List<?> golds = row.gold() instanceof List<?> several ? several : List.of(row.gold());
        return golds.stream().anyMatch(gold -> comparison.equal(filtered, (String) gold)) ? 1 : 0;
    }

    private double[] bleu(BenchmarkTask.Scoring scoring) {
        String answer = responses.get(0).text();
        return new Bleu()
                .tally(new Outcome(
                        (String) row.gold(),
                        answer == null ? null : scoring.filter().apply(answer),
                        Double.NaN,
                        0));
    }
}
