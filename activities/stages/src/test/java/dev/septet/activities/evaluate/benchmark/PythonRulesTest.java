package dev.septet.activities.evaluate.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What task files take from Python: its random numbers, literals and regular expressions. Python 3.11 gave the values. */
class PythonRulesTest {
    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void samplesAsPythonDoes() {
        PythonRandom random = new PythonRandom(1234);

        assertThat(random.sample(numbers(10), 3)).containsExactly(7, 1, 0);
        assertThat(random.sample(numbers(10), 3)).containsExactly(1, 0, 9);
        assertThat(random.sample(numbers(500), 4)).containsExactly(50, 392, 181, 121);
        assertThat(random.sample(numbers(500), 7)).containsExactly(8, 15, 403, 177, 331, 319, 247);
        assertThat(random.sample(numbers(30), 6)).containsExactly(19, 14, 4, 2, 5, 22);
    }

    @Test
    void readsLiterals() throws Exception {
        assertThat(PythonLiteral.of("['it\\'s', \"a \\\"b\\\"\", 'n\\n', '\\xe9\\u20ac', 1, -2.5, True, None, ('x',)]"))
                .isEqualTo(Arrays.asList("it's", "a \"b\"", "n\n", "\u00e9\u20ac", 1L, -2.5, true, null, List.of("x")));
        for (String wrong : List.of("[1", "['a' 2]", "open('x')", "__import__('os')", "[1,,2]", "'a", "1 + 1", "{1}")) {
            assertThatThrownBy(() -> PythonLiteral.of(wrong)).as(wrong).isInstanceOf(PythonLiteral.NotALiteral.class);
        }
        assertThatThrownBy(() -> PythonLiteral.of("[".repeat(10_000))).isInstanceOf(PythonLiteral.NotALiteral.class);
    }

    @Test
    void findsAsPythonDoes() throws Exception {
        assertThat(PythonRegex.of("(-?[$0-9.,]{2,})|(-?[0-9]+)").all("I had 12 and 7!"))
                .containsExactly(List.of("12", ""), List.of("", "7"));
        assertThat(PythonRegex.of("[a[&&b]+").all("x[a&b]")).containsExactly(List.of("[a&b"));
        assertThat(PythonRegex.of("(?P<word>\\w+)$").all("a b\n")).containsExactly(List.of("b"));
        assertThat(PythonRegex.of("(?s).*#### ").removedFrom("a\nb #### 5")).isEqualTo("5");
        assertThat(PythonRegex.of("x{,2}y").all("xxxy")).containsExactly(List.of("xxy"));
        for (String wrong : List.of("(", "\\p{L}", "\\Q", "a\\", "(?#x)", "x".repeat(5000))) {
            assertThatThrownBy(() -> PythonRegex.of(wrong)).as(wrong).isInstanceOf(PythonRegex.Problem.class);
        }
    }

    @Test
    void stopsExponentialMatches() {
        assertThatThrownBy(() -> PythonRegex.of("(a|aa)+$").all("a".repeat(2000) + "b"))
                .isInstanceOf(PythonRegex.Problem.class);
    }
}
