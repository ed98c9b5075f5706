package dev.septet.activities.prepare.quality;

import dev.septet.dsl.pipeline.prepare.QualitySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A rule that a text must meet.
 *
 * @param name its name in counts, such as {@code gopher.words}
 * @param met whether a text meets it
 */
record QualityRule(String name, Predicate<JudgedText> met) {
    /** Length in words of the sequences of {@code repetition:}. */
    private static final int REPEATED = 5;

    /** The declared rules: own limits first, because they cost least, then the preset's. */
    static List<QualityRule> of(QualitySpec spec) {
        List<QualityRule> rules = new ArrayList<>();
        Integer shortest = spec.minLength();
        if (shortest != null) {
            rules.add(new QualityRule("minLength", text -> text.characters() >= shortest));
        }
        Integer longest = spec.maxLength();
        if (longest != null) {
            rules.add(new QualityRule("maxLength", text -> text.characters() <= longest));
        }
        Double symbols = spec.symbols();
        if (symbols != null) {
            rules.add(new QualityRule("symbols", text -> text.symbolsPerWord() <= symbols));
        }
        Double repetition = spec.repetition();
        if (repetition != null) {
            rules.add(new QualityRule("repetition", text -> text.repeatedGrams(REPEATED) <= repetition));
        }
        if (!spec.languages().isEmpty()) {
            rules.add(language(spec.languages3(), spec.leastConfidence()));
        }
        if (spec.preset() != null) {
            rules.addAll(
                    switch (spec.preset()) {
                        case GOPHER -> GopherRules.RULES;
                        case C4 -> C4Rules.RULES;
                    });
        }
        return rules;
    }

    private static QualityRule language(List<String> accepted, double confidence) {
        return new QualityRule("language", text -> {
            Optional<DetectedLanguage> found = DetectedLanguage.of(text.text());
            return found.isEmpty()
                    || (accepted.contains(found.get().code()) && found.get().confidence() >= confidence);
        });
    }
}
