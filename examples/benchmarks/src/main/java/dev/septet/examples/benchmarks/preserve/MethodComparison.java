package dev.septet.examples.benchmarks.preserve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Compares two kinds of trainings with the same seeds: with capability retention settings, and
 * plain. They are compared at the same loss on the new task.
 *
 * @param plain one curve for each seed, with trainings of several lengths
 * @param words curves of the trainings with the settings, for the same seeds in the same order
 */
public record MethodComparison(List<Curve> plain, List<Curve> words) {
    public MethodComparison {
        if (!seeds(plain).equals(seeds(words))) {
            throw new IllegalArgumentException(
                    "%s was trained with seeds %s, but the plain training with %s; train with the missing seeds"
                            .formatted(words.get(0).name(), seeds(words), seeds(plain)));
        }
    }

    static List<Long> seeds(List<Curve> curves) {
        return curves.stream().map(Curve::seed).toList();
    }

    /** Pairs trainings with the plain trainings of their seeds. */
    static MethodComparison of(List<Curve> plain, List<Curve> words) {
        List<Long> seeds = seeds(words);
        return new MethodComparison(
                plain.stream().filter(curve -> seeds.contains(curve.seed())).toList(), words);
    }

    /** A row of a Markdown table. */
    String row() {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Point end = words.get(i).end();
            OptionalDouble there = plain.get(i).suiteAt(end.task());
            if (there.isEmpty()) {
                return String.format(
                        Locale.ROOT,
                        "| `%s` | %s | no plain training of seed %d came as near to a ticket loss"
                                + " of %.3f | | | | |",
                        words.get(0).words(),
                        seeds(),
                        words.get(i).seed(),
                        end.task());
            }
            differences.add(end.suite() - there.getAsDouble());
        }
        ConfidenceInterval less = ConfidenceInterval.of(differences);
        double task = mean(curve -> curve.end().task());
        double rise = mean(curve -> curve.end().suite() - curve.base().suite());
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %.3f | %+.3f | %+.3f | %s | %+.3f to %+.3f |",
                words.get(0).words(),
                seeds(),
                task,
                rise - less.mean(),
                rise,
                String.join(
                        ", ",
                        differences.stream()
                                .map(value -> String.format(Locale.ROOT, "%+.3f", value))
                                .toList()),
                less.low(),
                less.high());
    }

    private String seeds() {
        return String.join(", ", seeds(words).stream().map(String::valueOf).toList());
    }

    private double mean(ToDoubleFunction<Curve> number) {
        return words.stream().mapToDouble(number).average().orElseThrow();
    }
}
