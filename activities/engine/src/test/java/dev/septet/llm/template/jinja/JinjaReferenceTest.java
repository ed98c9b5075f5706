package dev.septet.llm.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every snippet renders, or fails, as it does in Python's jinja2. */
class JinjaReferenceTest {
    static Stream<Arguments> snippets() throws IOException {
        JsonNode golden;
        try (InputStream file = ChatTemplate.class.getResourceAsStream("snippets_golden.json")) {
            golden = new JsonMapper().readTree(Objects.requireNonNull(file, "no goldens"));
        }
        Object variables = new JsonMapper().convertValue(golden.path("variables"), Object.class);
        return StreamSupport.stream(golden.path("results").spliterator(), false)
                .map(result -> Arguments.of(result.path("source").asText(), result, variables));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("snippets")
    void rendersAsTheReferenceDoes(String source, JsonNode result, Map<String, Object> variables) {
        if (result.has("text")) {
            assertThat(render(source, variables)).isEqualTo(result.path("text").asText());
        } else {
            assertThatThrownBy(() -> render(source, variables))
                    .isInstanceOf(TemplateProblem.class)
                    .hasMessageStartingWith("snippet, line 1: ");
        }
    }

    private static String render(String source, Map<String, Object> variables) {
        return JinjaTemplate.parse("snippet", source)
                .render(variables, ChatTemplate.FIXED_DAY, TemplateLimits.STANDARD)
                .text();
    }
}
