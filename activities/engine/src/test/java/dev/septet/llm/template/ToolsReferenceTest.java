package dev.septet.llm.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.Fixtures;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversations with tools, tool calls and reasoning render and mask as transformers does. */
class ToolsReferenceTest {
    private static final Map<String, String> SPECIAL = Map.of("bos_token", "<s>", "eos_token", "</s>");

    /** This template writes the tools before the last question, so earlier calls stand elsewhere in a longer chat. */
    private static final Set<String> UNFOUND = Set.of("mistral_v3_tools: whole", "mistral_v3_tools: turns");

    static Stream<Arguments> renders() throws IOException {
        JsonNode golden = new JsonMapper().readTree(resource("tools_golden.json"));
        return StreamSupport.stream(golden.path("renders").spliterator(), false)
                .map(render -> Arguments.of(
                        render.path("template").asText(),
                        render.path("conversation").asText(),
                        golden.path("conversations")
                                .path(render.path("conversation").asText()),
                        render));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("renders")
    void rendersAsTransformersDoes(String name, String conversation, JsonNode input, JsonNode expected)
            throws IOException {
        ChatTemplate template = ChatTemplate.parse(name, resource("styles/" + name + ".jinja"), SPECIAL);
        boolean prompt = input.path("add_generation_prompt").asBoolean();
        if (expected.has("error")) {
            assertThatThrownBy(() -> template.render(chat(input), prompt)).isInstanceOf(TemplateProblem.class);
            return;
        }
        assertThat(template.render(chat(input), prompt))
                .isEqualTo(expected.path("text").asText());
    }

    static Stream<Arguments> masks() throws IOException {
        return renders().filter(render -> ((JsonNode) render.get()[3]).has("mask"));
    }

    /** The mask of the template with generation tags, and of the one without, whose answers are searched. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("masks")
    void masksAsTransformersDoes(String name, String conversation, JsonNode input, JsonNode expected)
            throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            for (String folder : List.of("tagged/", "styles/")) {
                ChatTemplate template = ChatTemplate.parse(name, resource(folder + name + ".jinja"), SPECIAL);
                if (folder.equals("styles/") && UNFOUND.contains(name + ": " + conversation)) {
                    assertThatThrownBy(() -> template.renderMarked(chat(input), answer -> true))
                            .isInstanceOf(TemplateProblem.class)
                            .hasMessageContaining("cannot be found");
                    continue;
                }
                if (folder.equals("styles/") && conversation.equals("empty")) {
                    continue; // no row has an answer without text
                }
                TokenSequence example = new ChatEncoder(template, tokenizer).example(chat(input), answer -> true);
                StringBuilder mask = new StringBuilder();
                for (boolean learned : example.loss()) {
                    mask.append(learned ? '1' : '0');
                }
                assertThat(mask).as(folder).hasToString(expected.path("mask").asText());
            }
        }
    }

    @Test
    void comparesManyStylesAndConversations() throws IOException {
        JsonNode renders =
                new JsonMapper().readTree(resource("tools_golden.json")).path("renders");
        assertThat(renders.findValues("text")).hasSizeGreaterThan(600);
        assertThat(renders.findValues("mask")).hasSizeGreaterThan(100);
    }

    static Chat chat(JsonNode input) {
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode turn : input.path("messages")) {
            ObjectNode fields = turn.deepCopy();
            fields.remove(List.of("role", "content"));
            messages.add(new ChatMessage(
                    turn.path("role").asText(), turn.path("content").textValue(), PlainData.of(fields)));
        }
        List<Map<String, Object>> tools = new ArrayList<>();
        input.path("tools").forEach(tool -> tools.add(PlainData.of(tool)));
        return new Chat(messages, tools);
    }

    static String resource(String name) throws IOException {
        try (InputStream file = ChatTemplate.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
