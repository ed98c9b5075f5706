package dev.septet.activities.prepare.quality;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetector;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * The language of a text, detected with OpenNLP's model of 103 languages.
 *
 * @param code ISO 639-3 code of the language
 * @param confidence score of the language divided by the sum of its score and the next language's, 0.5 to 1: the model's
 *     scores of 103 languages are small numbers, also for a clear text
 */
public record DetectedLanguage(String code, double confidence) {
    /** Minimum number of letters; detection is too often wrong for shorter texts. */
    public static final int MIN_LETTERS = 40;

    private static final int MAX_CHARACTERS = 500;
    private static final String MODEL = "/langdetect-183.bin";

    /** Languages for which the model knows a member of the macrolanguage that the ISO 639-1 code names. */
    private static final Map<String, String> MACROLANGUAGES = Map.of(
            "cmn", "zho", "ekk", "est", "lvs", "lav", "nob", "nor", "nno", "nor", "pes", "fas", "plt", "mlg", "zlm",
            "msa");

    /** The language of the text's start; empty when it has fewer than {@link #MIN_LETTERS} letters. */
    public static Optional<DetectedLanguage> of(String text) {
        String prefix = text.substring(0, Math.min(MAX_CHARACTERS, text.length()));
        if (prefix.codePoints().filter(Character::isLetter).count() < MIN_LETTERS) {
            return Optional.empty();
        }
        Language[] languages = Loaded.DETECTOR.get().predictLanguages(prefix);
        double best = languages[0].getConfidence();
        String code = languages[0].getLang();
        return Optional.of(new DetectedLanguage(
                MACROLANGUAGES.getOrDefault(code, code), best / (best + languages[1].getConfidence())));
    }

    /** Loaded at the first use, because most pipelines need no languages. */
    private static final class Loaded {
        private static final LanguageDetectorModel MODEL_OF_ALL = load();

        /** A detector is for one thread. */
        static final ThreadLocal<LanguageDetector> DETECTOR =
                ThreadLocal.withInitial(() -> new LanguageDetectorME(MODEL_OF_ALL));

        private static LanguageDetectorModel load() {
            try (InputStream model = DetectedLanguage.class.getResourceAsStream(MODEL)) {
                if (model == null) {
                    throw new IllegalStateException(MODEL + " is not on the class path");
                }
                return new LanguageDetectorModel(model);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
