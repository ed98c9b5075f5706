package dev.septet.dsl.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An expression of a file, in the one form that the spec keeps. */
class CanonicalTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ';',
            value = {
                "row . n   >  least;row.n > 3",
                "row.n > (2 + 3) * 4;row.n > (2 + 3) * 4",
                "((row.n > 2)) && (row.n < 5 || row.good);row.n > 2 && (row.n < 5 || row.good)",
                "row.a - (row.b - row.c) > 0;row.a - (row.b - row.c) > 0",
                "(row.a - row.b) - row.c > 0;row.a - row.b - row.c > 0",
                "row.a /* why */ == \"en-$name\";row.a == 'en-x'",
                "row.a in langs;row.a in ['de', 'en']",
                "!(row.a == null);!(row.a == null)",
                "(row.good ? row.a : row.b) == 1;(row.good ? row.a : row.b) == 1",
                "row.a == 1.50e2;row.a == 150",
                "-(-row.n) > 0;-(-row.n) > 0",
                "row.a == 'é\\t\\'';row.a == '\\u00e9\\t\\''"
            })
    void writes(String expression, String expected) {
        assertThat(spec(expression).text()).isEqualTo(expected);
    }

    @Test
    void keepsThePlace() {
        ExpressionSpec spec = spec("row.a == 1");
        assertThat(spec.place()).isEqualTo("test.groovy:5:43");
    }

    @Test
    void countsInADigestWithoutItsPlace() {
        ExpressionSpec here = spec("row.a == 1");
        var there = new ExpressionSpec(here.text(), "other.groovy", 1, 1);
        assertThat(SpecDigest.of(new FilterSpec(there))).isEqualTo(SpecDigest.of(new FilterSpec(here)));
        assertThat(SpecDigest.of(spec("row.a == 2"))).isNotEqualTo(SpecDigest.of(here));
    }

    /** Read again, each of 100 random expressions is the same text. */
    @Test
    void readsBackWhatItWrote() {
        var random = new Random(3);
        for (int i = 0; i < 100; i++) {
            String once = spec(truth(random, 4)).text();
            assertThat(spec(once).text()).isEqualTo(once);
            assertThat(Expression.of(spec(once), Shape.of(RequiredResult.TRUTH)))
                    .isNotNull();
        }
    }

    private static String truth(Random random, int depth) {
        if (depth == 0) {
            return random.nextBoolean() ? "row.good" : "true";
        }
        return switch (random.nextInt(7)) {
            case 0 -> "(true && " + truth(random, depth - 1) + ") && " + truth(random, depth - 1);
            case 1 -> truth(random, depth - 1) + " || " + truth(random, depth - 1);
            case 2 -> "!(false || " + truth(random, depth - 1) + ")";
            case 3 -> number(random, depth - 1) + " <= " + number(random, depth - 1);
            case 4 -> "(" + truth(random, depth - 1) + " ? row.a : row.b) == 'x\\\\y'";
            case 5 -> "row.text.contains('\\u2028\"$x') == " + "row.good";
            default -> number(random, depth - 1) + " in [1, " + number(random, depth - 1) + "]";
        };
    }

    private static String number(Random random, int depth) {
        if (depth <= 0) {
            return random.nextBoolean() ? "row.n" : String.valueOf(random.nextInt(100) - 50);
        }
        String operator = String.valueOf("+-*/%".charAt(random.nextInt(5)));
        return switch (random.nextInt(3)) {
            case 0 -> "(" + number(random, depth - 1) + " " + operator + " " + number(random, depth - 1) + ")";
            case 1 -> "-(1 + " + number(random, depth - 1) + ")";
            default -> "row.text.length()";
        };
    }

    static ExpressionSpec spec(String expression) {
        String text = """
            def least = 3
            def name = 'x'
            def langs = ['de', 'en']
            pipeline('p') {
                prepare { dataset 'a.jsonl'; filter { %s } }
                initialize { model 'm' }
                train { method lora() }
            }
            """.formatted(expression);
        var compiled = PipelineCompiler.compile(PipelineSource.of("in/test.groovy", text), Map.of());
        assertThat(compiled.printed()).isEmpty();
        var filter = (FilterSpec)
                compiled.spec().orElseThrow().prepare().transforms().get(0);
        return filter.keep();
    }
}
