package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of several candidates is the base model, and why.
 *
 * @param chosen the candidate's name in the pipeline file
 * @param candidates all candidates, in the order of the file
 */
public record ModelChoice(String chosen, List<Examined> candidates) {
    /** Part of the best value by which a candidate may be worse and still count as equally good. */
    public static final double TIE = 0.01;

    public ModelChoice {
        candidates = List.copyOf(candidates);
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
     * @param leftOut why it was not examined, or has no value; null when it has one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Examined(
            String model,
            @Nullable ArtifactRef artifact,
            @Nullable String digest,
            long parameters,
            @Nullable Double bitsPerByte,
            @Nullable String leftOut) {
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

        /** Name and value, or the reason for none. */
        public String line() {
            return bitsPerByte == null
                    ? "%s left out: %s".formatted(model, leftOut)
                    : String.format(Locale.ROOT, "%s %.3f", model, bitsPerByte);
        }
    }

    /**
     * Chooses. Every candidate within {@link #TIE} of the best value is good enough; of these, the one with the fewest parameters
     * costs least. Of equal ones, the first in the file.
     *
     * @return empty when no candidate has a value
     */
    public static Optional<ModelChoice> of(List<Examined> candidates) {
        double best = candidates.stream()
                .map(Examined::bitsPerByte)
                .filter(bits -> bits != null && Double.isFinite(bits))
                .mapToDouble(bits -> bits)
                .min()
                .orElse(Double.NaN);
        return candidates.stream()
                .filter(each -> each.bitsPerByte() != null && each.bitsPerByte() <= best * (1 + TIE))
                .min(Comparator.comparingLong(Examined::parameters))
                .map(winner -> new ModelChoice(winner.model(), candidates));
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
        return "%s chosen of %d candidates by bits per byte (%s)"
                .formatted(
                        chosen,
                        candidates.size(),
                        candidates.stream().map(Examined::line).collect(Collectors.joining(", ")));
    }
}
