package dev.septet.dsl.expression.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {
    private static final String[] PIECES = {
        "a",
        "b",
        "c",
        ".",
        "[ab]",
        "[^a]",
        "[a-c]",
        "\\d",
        "\\w",
        "\\s",
        "\\b",
        "^",
        "$",
        "(?:a|b)",
        "(ab)",
        "(a|)",
        "|",
        "a*",
        "b+",
        "c?",
        "a{2}",
        "b{1,3}",
        "a*?",
        "(a|b)*",
        "(?:ab){0,2}",
        "\\."
    };

    /** Of 5,000 random patterns each says on a random text what Java's says. */
    @Test
    void agreesWithJava() {
        var random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            var pattern = new StringBuilder();
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                pattern.append(PIECES[random.nextInt(PIECES.length)]);
            }
            var text = new StringBuilder();
            for (int n = random.nextInt(9); n > 0; n--) {
                text.append("abc1 .".charAt(random.nextInt(6)));
            }
            Matcher java = Pattern.compile(pattern.toString()).matcher(text);
            Regex ours = Regex.of(pattern.toString());
            String shown = "/%s/ on '%s'".formatted(pattern, text);
            assertThat(ours.matches(text.toString(), n -> {})).as(shown).isEqualTo(java.matches());
            java.reset();
            String first = java.find() ? java.group() : null;
            assertThat(ours.first(text.toString(), n -> {})).as(shown).isEqualTo(first);
            assertThat(ours.replaceAll(text.toString(), "-", n -> {}))
                    .as(shown)
                    .isEqualTo(java.reset().replaceAll("-"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "(?i)straße, STRAßE, true",
        "\\p{Lu}\\p{Ll}+, Ägypten, true",
        "[^\\d\\s]+, 😀é, true",
        ".., 😀, false",
        "\\p{P}, !, true",
        "[\\p{L}-]+, a-b, true"
    })
    void knowsUnicode(String pattern, String text, boolean matches) {
        assertThat(Regex.of(pattern).matches(text, n -> {})).isEqualTo(matches);
    }

    /** Patterns that take Java's engine longer than anyone waits. */
    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(a|aa)+$", "(.*)*x", "(a|a)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){30}a{30}b"})
    void staysLinear(String pattern) {
        long[] cost = new long[1];
        String text = "a".repeat(10_000) + "!";
        assertThat(Regex.of(pattern).found(text, n -> cost[0] += n)).isFalse();
        assertThat(cost[0]).isLessThan(10_000L * 200);
    }

    /** re2j 1.8 disagrees on each of these, and does not return from the last one (ADR 38). */
    @ParameterizedTest
    @CsvSource({
        "., '\u0085', false",
        "., '\u2028', false",
        "\\s, '\u000b', true",
        "\\p{S}, 😀, true",
        "\\p{Ll}, '\uab70', true",
        "\\P{L}, '\u1c80', false",
        "(?i)\\W, ſ, true",
        "(?i)s, ſ, false",
        "(?i)\\p{Ll}, A, true",
        "(?i)ẞ, ß, false",
        "(?i)i, İ, true",
        "(?i)\u1c80, '\u1c80', true"
    })
    void keepsItsCharacterSets(String pattern, String text, boolean matches) {
        assertThat(Regex.of(pattern).matches(text, n -> {})).isEqualTo(matches);
    }

    /** Java and re2j end such a repetition after its first empty match (ADR 38). */
    @ParameterizedTest
    @CsvSource({
        "(|a)*, aa, --b-",
        "(|a)+, aa, --b-",
        "(a??)*, aa, --b-",
        "(a*?)*, a, ---b-",
        "(\\b|a)*, aa, --b-",
        "(|ab|a)*, aab, --",
        "(b*|a)*, aab, --",
        "(?:a*?b*?)*, a, ----"
    })
    void skipsEmptyMatchesInRepetitions(String pattern, String first, String replaced) {
        Regex regex = Regex.of(pattern);
        assertThat(regex.first("aab", n -> {})).isEqualTo(first);
        assertThat(regex.replaceAll("aab", "-", n -> {})).isEqualTo(replaced);
    }

    /** Java and re2j put a replacement between the two UTF-16 units of the character (ADR 38). */
    @Test
    void neverDividesACharacter() {
        assertThat(Regex.of("a*").replaceAll("😀", "-", n -> {})).isEqualTo("-😀-");
    }

    @Test
    void insertsTheReplacementAsPlainText() {
        assertThat(Regex.of("(a)").replaceAll("a", "$1\\", n -> {})).isEqualTo("$1\\");
    }

    /** The steps decide whether a stage fails, so they are part of the result (ADR 38). */
    @Test
    void countsTheSameStepsInEveryVersion() {
        String text = "some words here ".repeat(625);
        String names = IntStream.range(0, 100)
                .mapToObj(i -> (char) ('a' + i % 26) + "ecret" + i)
                .collect(Collectors.joining("|"));
        assertThat(steps(cost -> Regex.of("(?i)\\b(please|thank)").found(text, cost)))
                .isEqualTo(17_501);
        assertThat(steps(cost -> Regex.of("\\s+").replaceAll(text, " ", cost))).isEqualTo(38_752);
        assertThat(steps(cost -> Regex.of(names).found(text, cost))).isEqualTo(1_049_476);
        assertThat(steps(cost -> Regex.of("a.*b|a").replaceAll("a".repeat(2_000), " ", cost)))
                .isEqualTo(6_035_003);
    }

    private static long steps(Consumer<Cost> search) {
        long[] steps = new long[1];
        search.accept(n -> steps[0] += n);
        return steps[0];
    }

    /** A pattern with 1,802 instructions is stopped within one character, not at the end of the text (ADR 38). */
    @Test
    void stopsInTheMiddleOfASearch() {
        long[] steps = new long[1];
        Cost limit = n -> {
            steps[0] += n;
            if (steps[0] > 100_000) {
                throw new IllegalStateException("stopped");
            }
        };
        Regex wide = Regex.of("(?:a?){900}b");
        assertThatThrownBy(() -> wide.found("a".repeat(1_000_000), limit)).hasMessage("stopped");
        assertThat(steps[0]).isLessThan(100_000 + 1_802);
    }

    @ParameterizedTest
    @CsvSource({
        "(a, `)` is missing",
        "a), `)` closes nothing",
        "[a, `[` is never closed",
        "*a, `*` has nothing to repeat",
        "a**, `*` follows another repetition",
        "a{2000}, 'it repeats more than 1000 times, which is the limit'",
        "'(((a{1000}){1000}){1000})', it is too large: its repetitions multiply each other",
        "(?:){9}{9}, `{` follows another repetition",
        "(a)\\1, `\\1` is not known",
        "(?=a), '`(?` begins only `(?:...)`; lookahead and lookbehind are not supported'",
        "'a{3,1}', '`{3,1}` counts backwards'",
        "[z-a], `z-a` counts backwards",
        "a\\, it ends with a backslash",
        "'[a&&b]', '`[` inside brackets is written `\\[`, and `&&` is not supported'",
        "\\p{Greek}, '`\\p{Greek}` is not known; known are L, Lu, Ll, N, P, S, Z'"
    })
    void saysWhatIsWrong(String pattern, String message) {
        assertThatThrownBy(() -> Regex.of(pattern))
                .isInstanceOf(RegexProblem.class)
                .hasMessage(message);
    }

    /** Syntax that re2j accepts, and that no page documents (ADR 38). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\x41",
                "\\pL",
                "\\p{Lo}",
                "[[:alpha:]]",
                "(?i:a)",
                "a(?i)b",
                "(?s).",
                "(?P<n>a)",
                "\\Qa\\E",
                "\\A",
                "a{",
                "a{,3}"
            })
    void refusesUndocumentedSyntax(String pattern) {
        assertThatThrownBy(() -> Regex.of(pattern)).isInstanceOf(RegexProblem.class);
    }

    @Test
    void hasLimits() {
        assertThatThrownBy(() -> Regex.of("a".repeat(1_001))).hasMessageContaining("1000 characters");
        assertThatThrownBy(() -> Regex.of("(".repeat(60) + ")".repeat(60)))
                .hasMessageContaining("nests deeper than 50");
        // Nothing, a million times over.
        assertThatThrownBy(() -> Regex.of("((?:){1000}|a){1000}")).hasMessageContaining("too large");
    }
}
