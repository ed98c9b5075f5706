package dev.septet.activities.prepare.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.time.CpuTime;
import dev.septet.dsl.pipeline.prepare.QualitySpec;
import dev.septet.dsl.pipeline.prepare.QualitySpec.Preset;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QualityFilterTest {
    private static final String GOOD = """
        The old harbour lies below the town, and most visitors walk to it along the river.
        Fishing boats leave before dawn; their owners sell what they caught at noon on the quay.
        In winter the cafes close early because few people want to sit with cold hands near open water.
        A small museum explains how ships were built here until the last yard closed in 1962.
        """;

    private static QualitySpec limits(
            @Nullable Integer minLength,
            @Nullable Integer maxLength,
            @Nullable Double repetition,
            @Nullable Double symbols) {
        return new QualitySpec(null, minLength, maxLength, List.of(), null, repetition, symbols);
    }

    private static QualitySpec preset(Preset preset) {
        return new QualitySpec(preset, null, null, List.of(), null, null, null);
    }

    /** The rule that removes the text; empty when none does. */
    private static Optional<String> removedBy(QualitySpec spec, String text) {
        QualityFilter filter = new QualityFilter(spec);
        boolean removed = filter.removes(new TextRow(text, new RowPlace("r.jsonl", 3)));
        Optional<String> rule = filter.counts().entrySet().stream()
                .filter(count -> count.getValue().equals(new QualityFilter.Count(1, List.of("r.jsonl:3"))))
                .map(java.util.Map.Entry::getKey)
                .findFirst();
        assertThat(rule.isPresent()).isEqualTo(removed);
        return rule;
    }

    @Test
    void countsCodePointsAndSymbolsAndRepetition() {
        assertThat(removedBy(limits(5, null, null, null), "\uD83D\uDE00".repeat(4)))
                .contains("minLength");
        assertThat(removedBy(limits(5, null, null, null), "\uD83D\uDE00".repeat(5)))
                .isEmpty();
        assertThat(removedBy(limits(null, 4, null, null), "abcde")).contains("maxLength");
        assertThat(removedBy(limits(null, null, null, 0.1), "#one two ... three"))
                .contains("symbols");
        assertThat(removedBy(limits(null, null, 0.3, null), "go on and on again ".repeat(4)))
                .contains("repetition");
        assertThat(removedBy(limits(null, null, 0.3, null), GOOD)).isEmpty();
        JudgedText text = JudgedText.of("a b c d e f a b c d e g");
        assertThat(text.repeatedGrams(5)).isEqualTo(5.0 / 12);
        assertThat(JudgedText.of("aa bb aa bb cc").topGram(2)).isEqualTo(8.0 / 10);
        assertThat(JudgedText.of("aa bb cc").topGram(2)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "en, The weather was mild in the morning and it rained a little after lunch.",
        "de, Am Vormittag war das Wetter mild und nach dem Mittagessen regnete es ein wenig.",
        "fr, Le temps etait doux le matin et il a plu un peu dans la soiree apres le repas.",
        "zh, 今天上午天气温和午饭后下了一点雨我们打算明天去公园散步然后在湖边的小餐馆里吃晚饭如果天气好的话还可以划船到对岸看看老城墙"
    })
    void keepsTheAcceptedLanguages(String code, String text) {
        QualitySpec own = new QualitySpec(null, null, null, List.of(code), null, null, null);
        QualitySpec other =
                new QualitySpec(null, null, null, List.of(code.equals("en") ? "de" : "en"), null, null, null);
        assertThat(removedBy(own, text)).isEmpty();
        assertThat(removedBy(other, text)).contains("language");
        assertThat(removedBy(other, "short")).as("under 40 letters").isEmpty();
        QualitySpec sure = new QualitySpec(null, null, null, List.of(code), 0.58, null, null);
        assertThat(removedBy(sure, text)).isEmpty();
        assertThat(removedBy(sure, "lorem kjsd ipsum kjshdf dolor fkjhsd amet qwer tyui zxcv"))
                .contains("language");
    }

    @Test
    void gopherKeepsAnArticleAndNamesTheRuleForOthers() {
        QualitySpec gopher = preset(Preset.GOPHER);
        assertThat(removedBy(gopher, GOOD)).isEmpty();
        assertThat(removedBy(gopher, "The cat sat with the dog and had to sleep."))
                .contains("gopher.words");
        assertThat(removedBy(gopher, words("internationalisation", 60))).contains("gopher.wordLength");
        assertThat(removedBy(gopher, GOOD.replace("the", "#the"))).contains("gopher.symbols");
        assertThat(removedBy(gopher, GOOD.lines().map("- "::concat).collect(Collectors.joining("\n"))))
                .contains("gopher.bullets");
        assertThat(removedBy(gopher, GOOD.lines().map(line -> line + "...").collect(Collectors.joining("\n"))))
                .contains("gopher.ellipses");
        assertThat(removedBy(gopher, GOOD + words("1234", 30))).contains("gopher.alphabetic");
        assertThat(removedBy(gopher, words("alpha", 60))).contains("gopher.stopWords");
        assertThat(removedBy(gopher, GOOD + GOOD)).contains("gopher.lines");
        assertThat(removedBy(gopher, GOOD + "and to that\n" + words("over and", 14)))
                .contains("gopher.top2");
        String clause = "whoever asks for a receipt gets one at the desk";
        String filler = IntStream.range(0, 12)
                .mapToObj(i -> "w" + (char) ('a' + i) + "x")
                .collect(Collectors.joining(" "));
        assertThat(removedBy(gopher, GOOD + filler + " " + clause + " noon " + clause + " dusk " + clause))
                .contains("gopher.repeated5");
    }

    @Test
    void c4CountsTheSentencesThatItWouldRetain() {
        QualitySpec c4 = preset(Preset.C4);
        assertThat(removedBy(c4, GOOD)).isEmpty();
        assertThat(removedBy(c4, "Lorem ipsum dolor. " + GOOD)).contains("c4.loremIpsum");
        assertThat(removedBy(c4, GOOD + "if (a) { b(); }")).contains("c4.curlyBracket");
        assertThat(removedBy(c4, "One short line.\nThis line has no end\nPlease enable javascript to see this page."))
                .contains("c4.sentences");
        assertThat(C4Rules.sentences(JudgedText.of("We use cookies on all of our pages. Yes!")))
                .isZero();
        assertThat(C4Rules.sentences(JudgedText.of("It rained all day long. \"Who would have thought?\" she said.")))
                .isEqualTo(3);
    }

    /** C4's published code: lines of an ellipsis or of a word of more than 1,000 characters are not retained. */
    @Test
    void c4RetainsTheLinesOfItsPublishedCode() {
        assertThat(C4Rules.sentences(JudgedText.of("Four words are few.\nThese five words are enough.")))
                .isEqualTo(1);
        assertThat(C4Rules.sentences(JudgedText.of("This line of text goes on...\nThis line of text ends here.")))
                .isEqualTo(1);
        String word = "x".repeat(1000);
        assertThat(C4Rules.sentences(JudgedText.of("One two three four " + word + ".")))
                .isZero();
        assertThat(C4Rules.sentences(JudgedText.of("One two three four " + word + " five.")))
                .isEqualTo(1);
    }

    /**
     * Every threshold of the presets, from its source: Rae et al. 2021, section A.1.1 and table A1 (also in datatrove's
     * gopher_quality_filter.py and gopher_repetition_filter.py), just met and just missed. The lists of bullets are those of
     * RedPajama's quality signals, with "-" as in datatrove, and "*".
     */
    @ParameterizedTest
    @CsvSource({
        "gopher.words, 50, 49", // A.1.1: between 50 and 100,000 words
        "gopher.wordLength, 10, 11", // A.1.1: a mean word length of 3 to 10 characters
        "gopher.wordLength, 3, 2",
        "gopher.symbols, 10, 11", // A.1.1: a symbol-to-word ratio of at most 0.1; here in 100 words
        "gopher.bullets, 9, 10", // A.1.1: at most 90 % of the lines; here of 10 lines
        "gopher.ellipses, 3, 4", // A.1.1: at most 30 % of the lines; here of 10 lines
        "gopher.alphabetic, 80, 79", // A.1.1: at least 80 % of the words; here of 100
        "gopher.stopWords, 2, 1", // A.1.1: at least two of the, be, to, of, and, that, have, with
        "gopher.lines, 3, 4", // table A1: duplicate line fraction 0.30; here of 10 lines
        "gopher.paragraphs, 3, 4" // table A1: duplicate paragraph fraction 0.30; here of 10 paragraphs
    })
    void thresholdsOfGopher(String rule, int met, int missed) {
        QualityRule tested = GopherRules.RULES.stream()
                .filter(each -> each.name().equals(rule))
                .findFirst()
                .orElseThrow();
        assertThat(tested.met().test(JudgedText.of(gopherText(rule, met)))).isTrue();
        assertThat(tested.met().test(JudgedText.of(gopherText(rule, missed)))).isFalse();
    }

    private static String gopherText(String rule, int amount) {
        return switch (rule) {
            case "gopher.words" -> words("word", amount);
            case "gopher.wordLength" -> words("w".repeat(amount), 60);
            case "gopher.symbols" -> words("word", 100 - amount) + words("#word", amount);
            case "gopher.bullets" -> "\u2022 a word\n".repeat(amount) + "a word\n".repeat(10 - amount);
            case "gopher.ellipses" -> "a word...\n".repeat(amount) + "a word\n".repeat(10 - amount);
            case "gopher.alphabetic" -> words("word", amount) + words("1234", 100 - amount);
            case "gopher.stopWords" -> amount == 2 ? "the cat and dog" : "the cat the dog";
            default -> {
                String end = String.valueOf('\n').repeat(rule.endsWith("lines") ? 1 : 2);
                yield ("same" + end).repeat(amount + 1)
                        + IntStream.range(amount + 1, 10)
                                .mapToObj(i -> "line" + i + end)
                                .collect(Collectors.joining());
            }
        };
    }

    /** Table A1: the largest character fractions of duplicate lines and paragraphs, top n-grams, and duplicate n-grams. */
    @Test
    void namesEveryThresholdOfTableA1() {
        assertThat(GopherRules.THRESHOLDS)
                .containsExactly(
                        entry("gopher.lineCharacters", 0.20),
                        entry("gopher.lines", 0.30),
                        entry("gopher.paragraphCharacters", 0.20),
                        entry("gopher.paragraphs", 0.30),
                        entry("gopher.repeated10", 0.10),
                        entry("gopher.repeated5", 0.15),
                        entry("gopher.repeated6", 0.14),
                        entry("gopher.repeated7", 0.13),
                        entry("gopher.repeated8", 0.12),
                        entry("gopher.repeated9", 0.11),
                        entry("gopher.top2", 0.20),
                        entry("gopher.top3", 0.18),
                        entry("gopher.top4", 0.16));
    }

    private static String words(String word, int count) {
        return (word + " ").repeat(count);
    }

    /** A run of dots without an end of a sentence must not be searched again from each of its dots. */
    @Test
    void aLongRunOfMarksTakesTimeInProportionToItsLength() {
        JudgedText text = JudgedText.of("a b c d " + (".".repeat(999) + "x ").repeat(200) + "end.");
        CpuTime start = CpuTime.start();
        assertThat(C4Rules.sentences(text)).isEqualTo(1);
        assertThat(start.used()).isLessThan(Duration.ofSeconds(1));
        assertThat(C4Rules.sentences(
                        JudgedText.of("One two three (four five.) Six?! \"Seven eight.\" Nine... v1.2 ten.")))
                .isEqualTo(5);
    }
}
