package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules that the text of a row must meet. The text is the answer that the model learns, or the whole plain text.
 *
 * @param preset published rules; null for none
 * @param minLength the smallest length in characters (Unicode code points); null for no limit
 * @param maxLength the largest length in characters (Unicode code points); null for no limit
 * @param languages accepted languages, as ISO 639-1 codes; empty accepts all
 * @param confidence the smallest confidence with which the language must be detected: its score divided by the sum of
 *     its score and the next language's, 0.5 to 1; null = {@link #DEFAULT_CONFIDENCE}
 * @param repetition the largest accepted share of characters in word 5-grams that occurred before in the text, 0 to 1
 * @param symbols the largest accepted number of # and ellipses per word
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QualitySpec(
        @Nullable Preset preset,
        @Nullable Integer minLength,
        @Nullable Integer maxLength,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> languages,
        @Nullable Double confidence,
        @Nullable Double repetition,
        @Nullable Double symbols) {
    /** Accepts the best language, however close the second one is. */
    public static final double DEFAULT_CONFIDENCE = 0.5;

    /** ISO 639-3 codes of the detectable languages by their ISO 639-1 codes. */
    private static final Map<String, String> ISO3 = iso3();

    public QualitySpec {
        languages = List.copyOf(new TreeSet<>(Checks.orEmpty(languages)));
        require(minLength == null || minLength >= 0, "minLength: must be at least 0, got %s", minLength);
        require(maxLength == null || maxLength >= 1, "maxLength: must be at least 1, got %s", maxLength);
        require(
                minLength == null || maxLength == null || minLength <= maxLength,
                "minLength: %s is larger than maxLength: %s",
                minLength,
                maxLength);
        for (String language : languages) {
            require(
                    ISO3.containsKey(language),
                    "language: '%s' is not a language code of two small letters (ISO 639-1), such as 'en' or 'de'",
                    language);
        }
        require(
                confidence == null || (confidence >= 0.5 && confidence <= 1),
                "confidence: must be from 0.5 to 1, got %s",
                confidence);
        requireShare("repetition", repetition);
        requireShare("symbols", symbols);
        require(confidence == null || !languages.isEmpty(), "confidence: is only for a quality with language:");
        require(
                preset != null
                        || minLength != null
                        || maxLength != null
                        || !languages.isEmpty()
                        || repetition != null
                        || symbols != null,
                "quality needs gopher, c4, or at least one of minLength:, maxLength:, language:, repetition: and"
                        + " symbols:");
    }

    private static void requireShare(String name, @Nullable Double share) {
        require(share == null || (share >= 0 && share <= 1), "%s: must be from 0 to 1, got %s", name, share);
    }

    private static Map<String, String> iso3() {
        Map<String, String> codes = new TreeMap<>();
        for (String code : Locale.getISOLanguages()) {
            if (code.length() == 2) {
                codes.put(code, Locale.forLanguageTag(code).getISO3Language());
            }
        }
        return codes;
    }

    /** The accepted languages as ISO 639-3 codes. */
    public List<String> languages3() {
        return languages.stream().map(code -> ISO3.getOrDefault(code, code)).toList();
    }

    /** The smallest confidence with which the language must be detected. */
    public double leastConfidence() {
        return confidence == null ? DEFAULT_CONFIDENCE : confidence;
    }

    /** Published rules for the texts of web pages. */
    public enum Preset {
        /** The rules for MassiveText: Rae et al. 2021, appendix A.1 and table A1. For English. */
        GOPHER,
        /** The rules for the Colossal Clean Crawled Corpus: Raffel et al. 2020, section 2.2. For English. */
        C4
    }
}
