package dev.septet.activities.monitor.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import opennlp.tools.langdetect.LanguageDetector;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/** Detects a text's language with OpenNLP's model of 103 languages. */
final class Languages {
    /** Minimum number of letters; detection is too often wrong for shorter texts. */
    private static final int MIN_LETTERS = 40;

    private static final int MAX_CHARACTERS = 500;
    private static final String MODEL = "/langdetect-183.bin";

    private Languages() {}

    /** ISO 639-3 code, or {@code unknown} when the text is too short. */
    static String of(String text) {
        String prefix = text.substring(0, Math.min(MAX_CHARACTERS, text.length()));
        return prefix.codePoints().filter(Character::isLetter).count() < MIN_LETTERS
                ? "unknown"
                : Loaded.DETECTOR.predictLanguage(prefix).getLang();
    }

    /** Loaded at the first use, because most monitors need no languages. */
    private static final class Loaded {
        static final LanguageDetector DETECTOR = load();

        private static LanguageDetector load() {
            try (InputStream model = Languages.class.getResourceAsStream(MODEL)) {
                if (model == null) {
                    throw new IllegalStateException(MODEL + " is not on the class path");
                }
                return new LanguageDetectorME(new LanguageDetectorModel(model));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
