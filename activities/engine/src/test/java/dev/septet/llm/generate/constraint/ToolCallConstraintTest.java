package dev.septet.llm.generate.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.template.tool.ToolCallFormat;
import dev.septet.llm.template.tool.ToolCallParser;
import dev.septet.llm.tokenizer.Fixtures;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose marks are control tokens of the tokenizer. */
class ToolCallConstraintTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private static List<CallableFunction> functions() throws IOException {
        JsonNode schema = MAPPER.readTree("{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}},"
                + " \"required\": [\"n\"], \"additionalProperties\": false}");
        return List.of(new CallableFunction("count", schema, true, ""), new CallableFunction("clock", null, false, ""));
    }

    private static ToolCallFormat format(String mark, boolean named) {
        return new ToolCallFormat(
                mark + " [", ", ", "]" + mark, named ? "name" : null, named ? "" : ":" + mark, "arguments", named);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requiredCallsHaveTheirMarksAsTokens(boolean named) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            String mark = "<|im_end|>";
            int id = tokenizer.id(mark).orElseThrow();
            ToolCallFormat format = format(mark, named);
            JsonConstraints constraints = new JsonConstraints(tokenizer, format);
            assertThat(constraints.callTokens()).containsExactly(id);
            TokenConstraint constraint = constraints.calls(functions(), true, true);
            for (int seed = 0; seed < 20; seed++) {
                List<Integer> ids = sampled(constraint, new Random(seed), 400, -1);
                assertThat(ids.get(0)).isEqualTo(id);
                assertThat(ids.get(ids.size() - 1)).isEqualTo(id);
                requireCalls(format, text(tokenizer, ids), "");
            }
        }
    }

    @Test
    void anyTextMayComeBeforeTheMarkAndOnlyCallsAfterIt() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            String mark = "<|im_end|>";
            int id = tokenizer.id(mark).orElseThrow();
            ToolCallFormat format = format(mark, true);
            TokenConstraint constraint = new JsonConstraints(tokenizer, format).calls(functions(), false, false);
            TokenConstraint.Progress free = constraint.begin();
            for (int token : tokenizer.encode("{\"name\": \"count\"} is text", false)) {
                assertThat(free.allowed()).isNull();
                assertThat(free.allows(token)).isTrue();
                free.add(token);
                assertThat(free.mayEnd()).isTrue();
                assertThat(free.mustEnd()).isFalse();
            }
            List<Integer> ids = sampled(constraint, new Random(1), 400, id);
            requireCalls(format, "Hello " + text(tokenizer, ids), "Hello ");
        }
    }

    @Test
    void aJsonObjectWithANameIsACallWhereThereIsNoMark() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("metaspace"))) {
            TokenConstraint constraint =
                    new JsonConstraints(tokenizer, ToolCallFormat.PLAIN).calls(functions(), false, false);
            TokenConstraint.Progress progress = constraint.begin();
            int[] call = tokenizer.encode("{\"name\": \"count\", \"arguments\": {\"n\": 7}}", false);
            for (int token : call) {
                assertThat(progress.allows(token)).isTrue();
                progress.add(token);
            }
            assertThat(progress.mustEnd()).isTrue();
            TokenConstraint.Progress other = constraint.begin();
            boolean refused = false;
            for (int token : tokenizer.encode("{\"name\": \"rm\"}", false)) {
                refused |= !other.allows(token);
                if (!refused) {
                    other.add(token);
                }
            }
            assertThat(refused).as("a function that is not among the tools").isTrue();
        }
    }

    /** Random allowed tokens; the first one is given, or random too where it is -1. */
    private static List<Integer> sampled(TokenConstraint constraint, Random random, int most, int first) {
        TokenConstraint.Progress progress = constraint.begin();
        List<Integer> ids = new ArrayList<>();
        if (first >= 0) {
            assertThat(progress.allows(first)).isTrue();
            progress.add(first);
            ids.add(first);
        }
        while (!progress.mustEnd()) {
            assertThat(ids.size()).isLessThan(most);
            long[] mask = Objects.requireNonNull(progress.allowed());
            List<Integer> allowed = new ArrayList<>();
            for (int id = 0; id < mask.length * 64; id++) {
                if ((mask[id >> 6] & 1L << id) != 0) {
                    allowed.add(id);
                }
            }
            int id = allowed.get(random.nextInt(allowed.size()));
            progress.add(id);
            ids.add(id);
        }
        return ids;
    }

    private static String text(Tokenizer tokenizer, List<Integer> ids) {
        return tokenizer.decode(ids.stream().mapToInt(id -> id).toArray(), false);
    }

    private static void requireCalls(ToolCallFormat format, String text, String content) {
        StringBuilder before = new StringBuilder();
        List<String> names = new ArrayList<>();
        List<StringBuilder> arguments = new ArrayList<>();
        ToolCallParser parser =
                new ToolCallParser(format, List.of("count", "clock"), List.of(), new ToolCallParser.Listener() {
                    @Override
                    public void content(String piece) {
                        before.append(piece);
                    }

                    @Override
                    public void call(String name) {
                        names.add(name);
                        arguments.add(new StringBuilder());
                    }

                    @Override
                    public void arguments(String piece) {
                        arguments.get(arguments.size() - 1).append(piece);
                    }
                });
        parser.add(text);
        parser.finish();
        assertThat(before.toString()).as(text).isEqualTo(content);
        assertThat(names).as(text).isNotEmpty();
        for (int i = 0; i < names.size(); i++) {
            try {
                JsonNode object = MAPPER.readTree(arguments.get(i).toString());
                assertThat(object.path("n").isIntegralNumber())
                        .isEqualTo(names.get(i).equals("count"));
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + arguments.get(i), e);
            }
        }
    }
}
