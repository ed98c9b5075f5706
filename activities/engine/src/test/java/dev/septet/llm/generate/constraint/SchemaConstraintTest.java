package dev.septet.llm.generate.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.septet.llm.tokenizer.Fixtures;
import dev.septet.llm.tokenizer.TokenBytes;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class SchemaConstraintTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** The judge also knows which top-level domains exist at present. No schema asks for that. */
    private static final String MAILBOX =
            "\"pattern\":\"^[a-zA-Z0-9_+.-]{1,64}@([a-zA-Z0-9-]{1,63}[.])+[a-zA-Z]{2,63}$\"";

    /** Real-life schemas, then generated ones. */
    public static List<JsonNode> schemas(int generated) throws IOException {
        List<JsonNode> schemas = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(SchemaConstraintTest.class.getResourceAsStream("schemas.json"))) {
            MAPPER.readTree(in).forEach(schemas::add);
        }
        RandomSchemas random = new RandomSchemas(new Random(7));
        for (int i = 0; i < generated; i++) {
            schemas.add(random.schema());
        }
        return schemas;
    }

    static Schema judge(JsonNode schema) {
        return SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder -> builder.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()))
                .getSchema(schema.toString().replace("\"format\":\"email\"", MAILBOX));
    }

    public static void requireValid(JsonNode schema, String answer) {
        try {
            MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(answer);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + answer + " for " + schema, e);
        }
        assertThat(judge(schema).validate(answer, InputFormat.JSON))
                .as("%s for %s", answer, schema)
                .isEmpty();
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"bytelevel, 151", "metaspace, 60"})
    void everyAnswerOfManySchemasIsValid(String name, int generated) throws IOException {
        everyAnswerOfRandomTokensIsValid(name, generated);
    }

    /** Whatever token is drawn, an answer that ends is valid, and none comes to a dead end. */
    @ParameterizedTest
    @CsvSource({"bytelevel, 40", "metaspace, 8"})
    void everyAnswerOfRandomTokensIsValid(String name, int generated) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
            JsonConstraints constraints = new JsonConstraints(tokenizer);
            int ended = 0;
            int begun = 0;
            for (JsonNode schema : schemas(generated)) {
                TokenConstraint constraint = constraints.schema(schema, "");
                for (int seed = 0; seed < 3; seed++) {
                    String answer = sampled(constraint, tokenizer, new Random(seed), seed % 2 == 0 ? 0 : 0.3);
                    begun++;
                    if (answer != null) {
                        requireValid(schema, answer);
                        ended++;
                    }
                }
            }
            assertThat(ended).isGreaterThan(begun * 2 / 3);
        }
    }

    /**
     * @param closing probability to prefer a token that closes something
     * @return null when the answer did not end
     */
    private static @Nullable String sampled(
            TokenConstraint constraint, Tokenizer tokenizer, Random random, double closing) {
        TokenBytes bytes = tokenizer.tokenBytes();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        List<Integer> ids = new ArrayList<>();
        TokenConstraint.Progress progress = constraint.begin();
        for (int i = 0; i < 400; i++) {
            if (progress.mustEnd() || (progress.mayEnd() && random.nextInt(4) == 0)) {
                String written = text.toString(StandardCharsets.UTF_8);
                String decoded =
                        tokenizer.decode(ids.stream().mapToInt(id -> id).toArray(), true);
                assertThat(decoded).isEqualTo(bytes.dropsFirstSpace() ? written.replaceFirst("^ ", "") : written);
                return decoded;
            }
            List<Integer> allowed = ids(Objects.requireNonNull(progress.allowed()));
            if (i % 60 == 0) {
                requireExact(progress, allowed, tokenizer);
            }
            if (allowed.isEmpty()) {
                assertThat(progress.mayEnd()).as("dead end after %s", text).isTrue();
                return text.toString(StandardCharsets.UTF_8);
            }
            List<Integer> ending = allowed.stream()
                    .filter(id -> new String(bytes.of(id), StandardCharsets.ISO_8859_1).matches(".*[\"\\]}].*"))
                    .toList();
            List<Integer> from = random.nextDouble() < closing && !ending.isEmpty() ? ending : allowed;
            int id = from.get(random.nextInt(from.size()));
            progress.add(id);
            ids.add(id);
            text.writeBytes(bytes.of(id));
        }
        return null;
    }

    private static List<Integer> ids(long[] mask) {
        List<Integer> ids = new ArrayList<>();
        for (int id = 0; id < mask.length * 64; id++) {
            if ((mask[id >> 6] & 1L << id) != 0) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** The mask, computed once for many states, is that of this state. */
    private static void requireExact(TokenConstraint.Progress progress, List<Integer> allowed, Tokenizer tokenizer) {
        List<Integer> exact = new ArrayList<>();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            if (!tokenizer.isUnwritten(id)
                    && !tokenizer.reserved(id)
                    && tokenizer.tokenBytes().of(id).length > 0
                    && progress.allows(id)) {
                exact.add(id);
            }
        }
        assertThat(allowed).isEqualTo(exact);
    }

    @Test
    void refusesATokenizerThatCannotWriteJson() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("unigram"))) {
            assertThatThrownBy(() -> new JsonConstraints(tokenizer).object())
                    .isInstanceOf(SchemaProblem.class)
                    .hasMessageContaining("this model's tokenizer cannot write");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'not': {}} => #' has 'not', which is not supported",
                "{'type': 'object', 'patternProperties': {}} => #' has 'patternProperties'",
                "{'type': 'array', 'items': {'type': 'string', 'format': 'regex'}} => #/items/format' is a format that",
                "{'type': 'string', 'pattern': '(?=a)b'} => #/pattern' has a group (?...)",
                "{'type': 'string', 'pattern': '(a)\\\\1'} => #/pattern' has '\\1'",
                "{'type': 'string', 'pattern': '^a$', 'minLength': 2} => #/pattern' has no text that matches",
                "{'type': 'string', 'pattern': '((a{900}){900}){900}'} => #/pattern' needs more than",
                "{'type': 'string', 'pattern': '^(a|aa|aaa|b[a-z]{0,800})*[xy]{800}$', 'maxLength': 99999} =>"
                        + " #/pattern'",
                "{'$ref': '#/$defs/a', '$defs': {'a': {'$ref': '#/$defs/a'}}} => leads to itself",
                "{'$ref': 'http://other'} => #/$ref' must be a reference inside this schema",
                "{'$ref': '#/$defs/b'} => #/$ref' names a schema that does not exist",
                "{'type': 'object', 'properties': {'a': {'$ref': '#'}}, 'required': ['a']} => no value that ends",
                "{'type': 'integer', 'minimum': 5, 'maximum': 4} => has no text that matches",
                "{'type': 'text'} => #/type' must be one or several of",
                "{'oneOf': [{'type': 'string'}, {'type': 'string', 'maxLength': 2}]} => #/oneOf' has two schemas, 0"
                        + " and 1",
                "{'allOf': [{'type': 'string'}, {'type': 'null'}]} => combines different types",
                "{'enum': []} => #/enum' must be a list",
                "{'type': 'array', 'uniqueItems': true} => has 'uniqueItems'",
                "{'type': 'object', 'required': ['a'], 'additionalProperties': false} => names the property 'a'",
                "{'type': 'number', 'multipleOf': 3} => #/multipleOf' is not supported",
                "false => is false, so no value matches",
                "3 => must be an object"
            })
    void refusesByName(String refused) throws IOException {
        String[] parts = refused.split(" => ");
        JsonNode schema = MAPPER.readTree(parts[0].replace('\'', '"'));
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            JsonConstraints constraints = new JsonConstraints(tokenizer);
            assertThatThrownBy(() -> constraints.schema(schema, ""))
                    .isInstanceOf(SchemaProblem.class)
                    .hasMessageContaining(parts[1]);
        }
    }
}
