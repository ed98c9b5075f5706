package dev.septet.llm.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates in the styles of many model families render, refuse or fail as in Python's jinja2. */
class StylesTest {
    private static final JsonMapper JSON = new JsonMapper();

    static Stream<Arguments> renders() throws IOException {
        JsonNode golden = JSON.readTree(resource("styles_golden.json"));
        return StreamSupport.stream(golden.path("renders").spliterator(), false)
                .map(render -> Arguments.of(
                        render.path("template").asText(),
                        render.path("conversation").asText(),
                        variables(golden, render),
                        render));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("renders")
    void rendersAsTheReferenceDoes(
            String template, String conversation, Map<String, Object> variables, JsonNode expected) throws IOException {
        JinjaTemplate parsed = JinjaTemplate.parse(template, resource("styles/" + template + ".jinja"));
        if (expected.has("text")) {
            assertThat(rendered(parsed, variables))
                    .isEqualTo(expected.path("text").asText());
        } else if (expected.has("refusal")) {
            assertThatThrownBy(() -> rendered(parsed, variables))
                    .isInstanceOf(TemplateProblem.class)
                    .hasMessageContaining("refuses these messages")
                    .hasMessageContaining(expected.path("refusal").asText());
        } else {
            // Python's words for what is undefined or of another type are its own.
            assertThatThrownBy(() -> rendered(parsed, variables))
                    .isInstanceOf(TemplateProblem.class)
                    .hasMessageStartingWith(template + ", line ")
                    .hasMessageNotContaining("refuses these messages");
        }
    }

    @Test
    void meetsFortyStylesWithTextsRefusalsAndFaults() throws IOException {
        JsonNode renders = JSON.readTree(resource("styles_golden.json")).path("renders");
        assertThat(Set.copyOf(renders.findValuesAsText("template"))).hasSizeGreaterThanOrEqualTo(40);
        assertThat(renders.findValues("text")).hasSizeGreaterThan(400);
        assertThat(renders.findValues("refusal")).hasSizeGreaterThan(20);
        assertThat(renders.findValues("error")).hasSizeGreaterThan(20);
    }

    private static String rendered(JinjaTemplate template, Map<String, Object> variables) {
        return template.render(variables, ChatTemplate.FIXED_DAY, TemplateLimits.STANDARD)
                .text();
    }

    private static Map<String, Object> variables(JsonNode golden, JsonNode render) {
        Map<String, Object> variables = new LinkedHashMap<>();
        for (JsonNode part : new JsonNode[] {
            golden.path("special"),
            golden.path("conversations").path(render.path("conversation").asText())
        }) {
            part.properties()
                    .forEach(field -> variables.put(field.getKey(), JSON.convertValue(field.getValue(), Object.class)));
        }
        return variables;
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = ChatTemplate.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
