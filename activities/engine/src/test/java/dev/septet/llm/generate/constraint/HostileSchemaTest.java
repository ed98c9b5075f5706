package dev.septet.llm.generate.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.tokenizer.Fixtures;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Schemas that are large, slow to compile, or combined in unusual ways. */
class HostileSchemaTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static Tokenizer tokenizer;
    private static JsonConstraints constraints;

    @BeforeAll
    static void open() {
        tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"));
        constraints = new JsonConstraints(tokenizer);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static TokenConstraint compiled(String schema) throws IOException {
        JsonNode json = MAPPER.readTree(schema.replace('\'', '"'));
        // Generous for a loaded machine; each of these took minutes, or all memory.
        return Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> constraints.schema(json, ""));
    }

    private static boolean accepts(TokenConstraint constraint, String answer) {
        TokenConstraint.Progress progress = constraint.begin();
        for (int id : tokenizer.encode(answer, false)) {
            if (!progress.allows(id)) {
                return false;
            }
            progress.add(id);
        }
        return progress.mayEnd();
    }

    private static String each(int count, IntFunction<String> part) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(","));
    }

    @Test
    void moreStatesThanAnAutomatonCanHaveAreRefused() {
        String values = each(1_000, i -> "'" + Character.toString(0x4E00 + i).repeat(30) + "'");
        assertThatThrownBy(() -> compiled("{'enum': [" + values + "]}"))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining("needs more than 65534 states");
        assertThatThrownBy(() ->
                        compiled("{'type': 'object', 'properties': {'" + "a".repeat(20_000) + "': {'type': 'null'}}}"))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining("has a property name of more than 1000 characters");
    }

    @Test
    void allAutomataOfASchemaHaveOneBudget() throws IOException {
        String different = each(
                40,
                i -> String.format(
                        Locale.ROOT,
                        "'p%d': {'enum': ['%s']}",
                        i,
                        Character.toString('a' + i % 26).repeat(6_200) + i));
        assertThatThrownBy(() -> compiled("{'type': 'object', 'properties': {" + different + "}}"))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining("needs more than 100000 states together");
        String same = each(40, i -> String.format(Locale.ROOT, "'p%d': {'enum': ['%s']}", i, "a".repeat(6_000)));
        assertThat(compiled("{'type': 'object', 'properties': {" + same + "}}")).isNotNull();
    }

    @Test
    void longClassesAndRepetitionsOfThemCompile() throws IOException {
        String letters = IntStream.range(0, 900)
                .mapToObj(i -> Character.toString(0x4E00 + 2 * i))
                .collect(Collectors.joining());
        assertThatCode(() -> compiled("{'type': 'string', 'pattern': '^[" + letters + "]{1,50}$'}"))
                .satisfiesAnyOf(
                        problem -> assertThat(problem).isNull(),
                        problem -> assertThat(problem).isInstanceOf(SchemaProblem.class));
        TokenConstraint repeated = compiled("{'type': 'string', 'pattern': '^((a|bc){2}d?){2,}[x-z]{3}$'}");
        assertThat(accepts(repeated, "\"abcdaaxyz\"")).isTrue();
        assertThat(accepts(repeated, "\"abcaabcbcdxyx\"")).isTrue();
        assertThat(accepts(repeated, "\"abcxyz\"")).isFalse();
        assertThat(accepts(repeated, "\"abcdaaxy\"")).isFalse();
    }

    @Test
    void largeEnumsAreComparedAndCombined() throws IOException {
        String numbers = each(900, i -> Integer.toString(i));
        String choices = each(30, i -> "{'enum': [" + each(300, j -> Integer.toString(300 * i + j)) + "]}");
        assertThat(accepts(compiled("{'oneOf': [" + choices + "]}"), "8999")).isTrue();
        TokenConstraint common = compiled("{'allOf': [{'enum': [" + numbers + "]}, {'enum': [5.0, 1e9]}]}");
        assertThat(accepts(common, "5")).isTrue();
        assertThat(accepts(common, "6")).isFalse();
    }

    @Test
    void aTooAmbiguousGrammarIsRefusedBeforeAnAnswer() {
        String choices = each(
                640,
                i -> String.format(
                        Locale.ROOT,
                        "{'type': 'array', 'minItems': 2, 'prefixItems': [{'type': 'null'}, {'const': 'x%d'}]}",
                        i));
        assertThatThrownBy(() -> compiled("{'anyOf': [" + choices + "]}"))
                .isInstanceOf(SchemaProblem.class)
                .hasMessageContaining("ways to continue");
    }

    @Test
    void manyObjectTypesWithAConstantAreDifferent() throws IOException {
        String choices = each(
                100,
                i -> String.format(
                        Locale.ROOT,
                        "{'type': 'object', 'properties': {'kind': {'const': 'k%d'}}, 'required': ['kind'],"
                                + " 'additionalProperties': false}",
                        i));
        assertThat(accepts(compiled("{'oneOf': [" + choices + "]}"), "{\"kind\":\"k99\"}"))
                .isTrue();
    }

    @Test
    void itemsOfSeveralSchemasMatchAll() throws IOException {
        TokenConstraint both = compiled("{'allOf': [{'type': 'array', 'prefixItems': [{'type': 'integer'}]},"
                + " {'type': 'array', 'items': {'type': 'number', 'maximum': 5}}]}");
        assertThat(accepts(both, "[3, 4.5]")).isTrue();
        assertThat(accepts(both, "[6]")).isFalse();
        assertThat(accepts(both, "[3, 6]")).isFalse();
        assertThat(accepts(both, "[3, \"a\"]")).isFalse();
        TokenConstraint limited = compiled("{'allOf': [{'type': 'array', 'prefixItems': [{'type': 'integer'}], 'items':"
                + " false}, {'type': 'array', 'prefixItems': [{}, {'type': 'string'}]}]}");
        assertThat(accepts(limited, "[3]")).isTrue();
        assertThat(accepts(limited, "[3, \"a\"]")).isFalse();
    }

    @Test
    void nullIsForbiddenWhereOneSchemaForbidsIt() throws IOException {
        TokenConstraint merged =
                compiled("{'allOf': [{'type': 'string', 'nullable': true}, {'type': 'string', 'maxLength': 3}]}");
        assertThat(accepts(merged, "null")).isFalse();
        assertThat(accepts(merged, "\"a\"")).isTrue();
        TokenConstraint alike = compiled(
                "{'allOf': [{'type': 'string', 'nullable': true}, {'type': ['string', 'null'], 'maxLength': 3}]}");
        assertThat(accepts(alike, "null")).isTrue();
    }

    @Test
    void noDateHasTheYearZero() throws IOException {
        TokenConstraint date = compiled("{'type': 'string', 'format': 'date'}");
        assertThat(accepts(date, "\"0000-01-01\"")).isFalse();
        assertThat(accepts(date, "\"0001-01-01\"")).isTrue();
        assertThat(accepts(date, "\"2026-11-28\"")).isTrue();
    }
}
