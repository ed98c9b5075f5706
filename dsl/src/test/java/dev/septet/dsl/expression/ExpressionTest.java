package dev.septet.dsl.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.ExpressionSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
    private static final RowFields META = Map.<String, Object>of("lang", "de", "votes", 3.0)::get;
    private static final RowFields ROW = Map.<String, Object>of(
            "answer",
            " Müller & Söhne 😀 ",
            "prompt",
            "Who?",
            "n",
            7.0,
            "good",
            true,
            "tags",
            List.of("a", "b"),
            "meta",
            META)::get;

    static @Nullable Object value(String text) {
        return of(text, RequiredResult.VALUE).value(ROW);
    }

    static Expression of(String text, RequiredResult gives) {
        return Expression.of(new ExpressionSpec(text, "p.groovy", 9, 14), Shape.of(gives));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "row.n + 1;8.0",
                "row.n * 2 - 4 / 2 % 5;12.0",
                "-row.n;-7.0",
                "'a' + row.n + true;a7true",
                "row.answer.length();18.0",
                "row.answer.trim().length();16.0",
                "row.answer.trim().toUpperCase();MÜLLER & SÖHNE 😀",
                "row.answer.trim().take(2);Mü",
                "row.answer.trim().substring(15);😀",
                "row.answer.substring(1, 4);Mül",
                "row.answer.indexOf('S');10.0",
                "row.answer.count(' ');5.0",
                "row.answer.contains('&') && !row.answer.contains('x');true",
                "row.prompt.startsWith('Wh') || row.nothing.length() > 1;true",
                "row.prompt =~ 'h.';true",
                "row.prompt ==~ 'h.';false",
                "row.prompt.matches('W.+');true",
                "row.prompt.replaceAll('[a-z]', '-');W--?",
                "row.prompt.find('[a-z]+');ho",
                "row.prompt.replace('Who', 'When');When?",
                "row.tags.size();2.0",
                "row.tags[0] + row.tags[-1];ab",
                "row.tags.join('+');a+b",
                "'a' in row.tags;true",
                "row.meta.lang in ['en', 'de'];true",
                "row.meta.votes >= 3;true",
                "row.has('meta') && !row.has('nothing');true",
                "row.nothing == null;true",
                "row.nothing.deeper == null;true",
                "row.nothing == 'en';false",
                "row.n > 5 ? 'many' : 'few';many",
                "row.answer.words().size();4.0",
                "'a,b,,c'.split(',').size();4.0",
                "'3.5'.toNumber() + 1;4.5",
                "'x'.toNumber() == null;true",
                "(3.6).round() + (-2.5).abs();6.5",
                "row.n.atMost(5).toText();5",
                "'b' > 'a';true",
                "['a', 'b'] == row.tags;true"
            })
    void calculates(String expression, String expected) {
        assertThat(String.valueOf(value(expression))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "row.nothing.length() > 2;`row.nothing` is missing, but `length` takes text",
                "row.n.length() > 2;`row.n` is a number, but `length` takes text",
                "row.prompt > 2;`2` is a number, but `>` takes text",
                "row.n > row.prompt;`row.prompt` is text, but `>` takes a number",
                "row.n && true;`row.n` is a number, but `&&` takes true or false",
                "row.prompt - 1 > 0;`row.prompt` is text, but `-` takes a number",
                "1 / (row.n - 7) > 0;`row.n - 7` is 0, and nothing can be divided by 0",
                "row.prompt.lang == 'x';`row.prompt` is text, but `.lang` takes an object with" + " fields",
                "row.tags[0];the expression must be true or false, but it is text",
                "row.nothing;the expression must be true or false, but it is missing"
            })
    void saysWhatARowLacks(String expression, String message) {
        assertThatThrownBy(() -> of(expression, RequiredResult.TRUTH).truth(ROW))
                .isInstanceOfSatisfying(
                        ExpressionProblem.class,
                        e -> assertThat(e.beyondBudget()).isFalse())
                .hasMessage("p.groovy:9:14: " + message);
    }

    @Test
    void countsTruthAsANumber() {
        assertThat(of("row.n > 5", RequiredResult.SCORE).number(ROW)).isEqualTo(1);
        assertThat(of("row.n / 2", RequiredResult.SCORE).number(ROW)).isEqualTo(3.5);
    }

    /** Doubling thirty times over would be a text of a gigabyte. */
    @Test
    void refusesToGrowWithoutEnd() {
        String bomb = "row.prompt" + ".replace('o', 'oooooooooooooooo')".repeat(30) + " != ''";
        assertThatThrownBy(() -> of(bomb, RequiredResult.TRUTH).truth(ROW))
                .isInstanceOfSatisfying(
                        ExpressionProblem.class,
                        e -> assertThat(e.beyondBudget()).isTrue())
                .hasMessage("p.groovy:9:14: makes a text of more than 1,048,576 characters, which is the limit");
    }

    @Test
    void refusesToRunWithoutEnd() {
        RowFields large = name -> "ab".repeat(400_000);
        String slow = "row.a.matches('(a|b)*(a|b)*(a|b)*(a|b)*(a|b)*c')";
        assertThatThrownBy(() -> of(slow, RequiredResult.TRUTH).truth(large))
                .isInstanceOfSatisfying(
                        ExpressionProblem.class,
                        e -> assertThat(e.beyondBudget()).isTrue())
                .hasMessage("p.groovy:9:14: takes more than 10,000,000 steps for one row, which is the limit");
    }

    @Test
    void takesNoTextThatIsNoExpression() {
        assertThatThrownBy(() -> value("Runtime.getRuntime()"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "p.groovy:9:14: `Runtime.getRuntime()` is not an expression: `Runtime` is" + " not defined");
    }
}
