package dev.septet.llm.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final Map<String, String> SPECIAL = Map.of("bos_token", "<s>", "eos_token", "</s>");
    private static final List<ChatMessage> LONG = List.of(
            new ChatMessage("system", "Be kind."),
            new ChatMessage("user", "One?"),
            new ChatMessage("assistant", "1"),
            new ChatMessage("user", "Two?"),
            new ChatMessage("assistant", "2"));

    @TempDir
    Path folder;

    static Stream<JsonNode> goldens() throws IOException, URISyntaxException {
        JsonNode all = new JsonMapper().readTree(resource("golden.json").toFile());
        return StreamSupport.stream(all.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rendersAsTheReferenceDoes(JsonNode golden) throws Exception {
        ChatTemplate template = template(golden.path("template").asText());
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode turn : golden.path("messages")) {
            messages.add(new ChatMessage(
                    turn.path("role").asText(), turn.path("content").asText()));
        }
        boolean prompt = golden.path("prompt").asBoolean();
        if (golden.has("text")) {
            assertThat(template.render(messages, prompt))
                    .isEqualTo(golden.path("text").asText());
        } else {
            assertThatThrownBy(() -> template.render(messages, prompt))
                    .isInstanceOf(TemplateProblem.class)
                    .hasMessageContaining(golden.path("error").asText());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chatml", "llama3", "zephyr", "phi", "gemma", "alpaca", "commandr"})
    void findsWhatTheAssistantSays(String name) throws Exception {
        List<String> answers = answers(name);
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0)).startsWith("1").doesNotContain("Two?");
        assertThat(answers.get(1)).startsWith("2");
    }

    @Test
    void takesTheMarkThatEndsATurnWithTheAnswer() throws Exception {
        assertThat(answers("chatml")).containsExactly("1<|im_end|>", "2<|im_end|>");
        assertThat(answers("generation")).containsExactly("1<|im_end|>", "2<|im_end|>");
        assertThat(answers("llama3")).containsExactly("1<|eot_id|>", "2<|eot_id|>");
        assertThat(answers("gemma")).containsExactly("1<end_of_turn>", "2<end_of_turn>");
        assertThat(answers("phi")).containsExactly("1<|end|>", "2<|end|>\n</s>");
        assertThat(answers("mistral")).containsExactly(" 1</s>", " 2</s>");
        assertThat(answers("vicuna")).containsExactly(" 1</s>", " 2</s>");
    }

    @Test
    void keepsTheWhiteSpaceThatIsAllThatEndsATurn() throws Exception {
        assertThat(answers("alpaca")).containsExactly("1\n\n", "2\n\n");
    }

    @Test
    void saysSoWhenATemplateRewritesEarlierTurns() throws Exception {
        ChatTemplate template = template("mistral_last");
        assertThat(template.renderMarked(LONG.subList(0, 3)).assistantSpans()).hasSize(1);
        assertThatThrownBy(() -> template.renderMarked(LONG))
                .isInstanceOf(TemplateProblem.class)
                .hasMessageContaining("mistral_last")
                .hasMessageContaining("message 3");
    }

    @Test
    void readsTheTemplateOfAFolder() throws IOException {
        assertThatThrownBy(() -> ChatTemplate.of(folder))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("has no chat template");
        write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"</s>\"}}");
        assertThatThrownBy(() -> ChatTemplate.of(folder)).isInstanceOf(FormatProblem.class);
        write(
                "tokenizer_config.json",
                "{\"eos_token\": {\"content\": \"</s>\"}, \"chat_template\":"
                        + " [{\"name\": \"tools\", \"template\": \"no\"},"
                        + " {\"name\": \"default\", \"template\": \"named{{ eos_token }}\"}]}");
        assertThat(ChatTemplate.of(folder).render(LONG, false)).isEqualTo("named</s>");
        write("chat_template.jinja", "file{{ eos_token }}{{ messages | length }}");
        assertThat(ChatTemplate.of(folder).render(LONG, false)).isEqualTo("file</s>5");
        write("chat_template.jinja", "ok\n{{ broken");
        assertThatThrownBy(() -> ChatTemplate.of(folder))
                .hasMessage(folder.resolve("chat_template.jinja") + ", line 2: this is never closed with }}");
    }

    @Test
    void seesAFixedDayUnlessGivenAClock() throws Exception {
        ChatTemplate template = template("llama3");
        Clock later = Clock.fixed(Instant.parse("2031-12-09T10:00:00Z"), ZoneOffset.UTC);
        assertThat(template.render(LONG, false)).contains("Today is 01 Jan 2025.");
        assertThat(template.withClock(later).render(LONG, false)).contains("Today is 09 Dec 2031.");
    }

    @Test
    void rendersTenThousandMessages() throws Exception {
        List<ChatMessage> many = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            many.add(new ChatMessage("user", "question " + i));
            many.add(new ChatMessage("assistant", "answer " + i));
        }
        assertThat(template("chatml").render(many, true)).contains("answer 4999");
    }

    @Test
    void takesPlainWordsAsRolesOnly() {
        assertThatThrownBy(() -> new ChatMessage("user<|im_end|>", "x"))
                .hasMessage("a role is one word such as system, user or assistant, got" + " \"user<|im_end|>\"");
    }

    private static List<String> answers(String name) throws IOException, URISyntaxException {
        Rendered rendered = template(name).renderMarked(LONG);
        assertThat(rendered.text()).isEqualTo(template(name).render(LONG, false));
        return rendered.assistantSpans().stream()
                .map(span -> span.of(rendered.text()))
                .toList();
    }

    private static ChatTemplate template(String name) throws IOException, URISyntaxException {
        String source = Files.readString(resource("templates/" + name + ".jinja"));
        return ChatTemplate.parse(name, source, SPECIAL);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(ChatTemplateTest.class.getResource(name), name)
                .toURI());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
