package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which of several candidates is the base model, and why.
 *
 * @param chosen the candidate's name in the pipeline file
 * @param candidates all candidates, in the order of the file
 * @param steps optimizer steps of the short trainings that decided; null when the exam of the untrained models decided
 */
public record ModelChoice(
        String chosen,
        List<Examined> candidates,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer steps) {
    /** Part of the best value by which a candidate may be worse and still count as equally good. */
    public static final double TIE = 0.01;

    public ModelChoice {
        candidates = List.copyOf(candidates);
    }

    /** A choice by the exam of untrained models. */
    public ModelChoice(String chosen, List<Examined> candidates) {
        this(chosen, candidates, null);
    }

    /**
     * A candidate with its result.
     *
     * @param model its name in the pipeline file
     * @param artifact its pinned files; null when it could not be read
     * @param digest sha256 of its files, as {@code digest:} of {@code model} names it; null when it could not be read
     * @param parameters number of its parameters; 0 when it could not be read
     * @param bitsPerByte bits that the reference answers of the validation rows need, divided by their UTF-8 bytes; null without
     *     a finite value
     * @param leftOut why it was not examined, has no value, or could not be trained; null otherwise
     * @param trainedBitsPerByte the same value after the short training; null without one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Examined(
            String model,
            @Nullable ArtifactRef artifact,
            @Nullable String digest,
            long parameters,
            @Nullable Double bitsPerByte,
            @Nullable String leftOut,
            @Nullable Double trainedBitsPerByte) {
        /** A candidate without a short training. */
        public Examined(
                String model,
                @Nullable ArtifactRef artifact,
                @Nullable String digest,
                long parameters,
                @Nullable Double bitsPerByte,
                @Nullable String leftOut) {
            this(model, artifact, digest, parameters, bitsPerByte, leftOut, null);
        }

        /** A candidate that cannot be the base model. */
        public static Examined leftOut(String model, String why) {
            return new Examined(model, null, null, 0, null, why);
        }

        /** The same candidate, left out. */
        public Examined without(String why) {
            return new Examined(model, artifact, digest, parameters, null, why);
        }

        /** The same candidate with its value. */
        public Examined with(double bits) {
            return Double.isFinite(bits)
                    ? new Examined(model, artifact, digest, parameters, bits, null)
                    : without("its loss on the validation rows is not a finite number");
        }

        /** The same candidate, left out after its exam because it could not be trained. */
        public Examined untrained(String why) {
            return new Examined(model, artifact, digest, parameters, bitsPerByte, why, null);
        }

        /** The same candidate with its value after the short training. */
        public Examined trained(double bits) {
            return Double.isFinite(bits)
                    ? new Examined(model, artifact, digest, parameters, bitsPerByte, null, bits)
                    : untrained("its loss on the validation rows is not a finite number after the short training");
        }

        /** Name and values, or the reason for none. */
        public String line() {
            String value = bitsPerByte == null ? model : String.format(Locale.ROOT, "%s %.3f", model, bitsPerByte);
            if (leftOut != null) {
                return "%s left out: %s".formatted(value, leftOut);
            }
            return trainedBitsPerByte == null
                    ? value
                    : String.format(Locale.ROOT, "%s -> %.3f", value, trainedBitsPerByte);
        }
    }

    /**
     * Chooses by the exam of untrained models. Every candidate within {@link #TIE} of the best value is good enough; of these, the
     * one with the fewest parameters costs least. Of equal ones, the first in the file.
     *
     * @return empty when no candidate has a value
     */
    public static Optional<ModelChoice> of(List<Examined> candidates) {
        return cheapest(candidates, Examined::bitsPerByte).map(winner -> new ModelChoice(winner.model(), candidates));
    }

    /**
     * Chooses by the values after short trainings, with the same rule.
     *
     * @param steps optimizer steps of the trainings
     * @return empty when no candidate has a value after training
     */
    public static Optional<ModelChoice> trained(List<Examined> candidates, int steps) {
        return cheapest(candidates, Examined::trainedBitsPerByte)
                .map(winner -> new ModelChoice(winner.model(), candidates, steps));
    }

    /**
     * The best untrained candidates, which go on to the short training: the lowest values, of equal ones the fewest parameters, and
     * then the first in the file.
     *
     * @return positions in the list, ascending
     */
    public static List<Integer> best(List<Examined> candidates, int count) {
        return IntStream.range(0, candidates.size())
                .boxed()
                .filter(at -> finite(candidates.get(at).bitsPerByte()))
                .sorted(Comparator.<Integer>comparingDouble(
                                at -> Objects.requireNonNull(candidates.get(at).bitsPerByte()))
                        .thenComparingLong(at -> candidates.get(at).parameters())
                        .thenComparingInt(at -> at))
                .limit(count)
                .sorted()
                .toList();
    }

    private static Optional<Examined> cheapest(
            List<Examined> candidates, Function<Examined, @Nullable Double> measure) {
        double best = candidates.stream()
                .map(measure)
                .filter(ModelChoice::finite)
                .mapToDouble(bits -> bits)
                .min()
                .orElse(Double.NaN);
        return candidates.stream()
                .filter(each -> {
                    Double bits = measure.apply(each);
                    return bits != null && bits <= best * (1 + TIE);
                })
                .min(Comparator.comparingLong(Examined::parameters));
    }

    private static boolean finite(@Nullable Double bits) {
        return bits != null && Double.isFinite(bits);
    }

    /** The chosen candidate. */
    public Examined winner() {
        return candidates.stream()
                .filter(each -> each.model().equals(chosen))
                .findFirst()
                .orElseThrow();
    }

    /** The choice in one line. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "%s chosen of %d candidates by bits per byte%s (%s)",
                chosen,
                candidates.size(),
                steps == null ? "" : String.format(Locale.ROOT, " after %d steps", steps),
                candidates.stream().map(Examined::line).collect(Collectors.joining(", ")));
    }
}
