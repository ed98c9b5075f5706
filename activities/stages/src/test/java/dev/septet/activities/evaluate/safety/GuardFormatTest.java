package dev.septet.activities.evaluate.safety;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.evaluate.safety.GuardFormat.Question;
import dev.septet.activities.evaluate.safety.GuardFormat.Reading;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.evaluate.SafetySpec.Style;
import dev.septet.llm.template.ChatTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reference: {@code guards.py}, with transformers' {@code apply_chat_template}. */
class GuardFormatTest {
    private static final Question WHOLE = new Question("", Map.of());

    private final JsonNode golden = SpecJson.mapper().readTree(text("guards.json"));

    GuardFormatTest() throws IOException {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-guard",
                "llama-guard-2",
                "llama-guard-3-8b",
                "llama-guard-4",
                "shield-gemma",
                "granite-guardian"
            })
    void rendersTheTemplateOfTheModelAsTransformersDoes(String name) throws IOException {
        JsonNode expected = golden.at("/templates/" + name);
        GuardFormat format = GuardFormat.of(null, template(name)).orElseThrow();

        assertThat(format.style().name()).isEqualTo(expected.path("style").asText());
        assertThat(prompts(format)).isEqualTo(texts(expected.path("prompts")));
    }

    /** This template expects a list of parts. With a text, it would show the guard an empty conversation. */
    @Test
    void writesThePublishedFormatWhereTheTemplateLeavesTheTextsOut() throws IOException {
        ChatTemplate template = template("llama-guard-3-1b");
        GuardFormat format = GuardFormat.of(null, template).orElseThrow();
        GuardedExchange first = exchanges().get(0);

        assertThat(template.render(format.chat(first), true))
                .contains("<BEGIN CONVERSATION>")
                .doesNotContain(first.prompt());
        assertThat(format.style()).isEqualTo(Style.LLAMA_GUARD3);
        assertThat(prompts(format)).isEqualTo(texts(golden.at("/published/LLAMA_GUARD3")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Style.class,
            names = {"LABELS", "GRANITE_GUARDIAN"},
            mode = EnumSource.Mode.EXCLUDE)
    void writesThePublishedFormatWithoutATemplate(Style style) {
        assertThat(prompts(GuardFormat.of(style))).isEqualTo(texts(golden.at("/published/" + style.name())));
    }

    @Test
    void aTemplateOfAnotherModelNeedsAStyle() throws IOException {
        assertThat(GuardFormat.of(null, template("chatml"))).isEmpty();
        assertThat(GuardFormat.of(null, null)).isEmpty();
        GuardFormat alone = GuardFormat.of(Style.LABELS, template("chatml")).orElseThrow();
        GuardedExchange prompt = GuardedExchange.ofPrompt("How do I open a lock?");
        assertThat(alone.template(prompt, WHOLE)
                        .render(alone.chat(prompt), true)
                        .lines())
                .containsExactly("<|im_start|>user", "User: How do I open a lock?<|im_end|>", "<|im_start|>assistant");
        GuardFormat labels = GuardFormat.of(Style.LABELS, template("chatml")).orElseThrow();
        assertThat(prompts(labels).get(0).get(0).lines())
                .containsExactly(
                        "<|im_start|>user",
                        "User: How do I open a lock?",
                        "Agent: Turn the key.<|im_end|>",
                        "<|im_start|>assistant");
        // A style that the template does not write is written in its published format.
        assertThat(prompts(
                        GuardFormat.of(Style.LLAMA_GUARD2, template("chatml")).orElseThrow()))
                .isEqualTo(texts(golden.at("/published/LLAMA_GUARD2")));
        assertThat(GuardFormat.of(Style.GRANITE_GUARDIAN, template("chatml"))
                        .orElseThrow()
                        .complete())
                .isFalse();
    }

    /** Only Llama Guard's formats judge the last message of a conversation. */
    @ParameterizedTest
    @ValueSource(strings = {"", "llama-guard", "llama-guard-2", "llama-guard-3-8b", "llama-guard-4"})
    void showsTheEarlierTurnsOfAConversation(String name) throws IOException {
        GuardFormat format = name.isEmpty()
                ? GuardFormat.of(Style.LLAMA_GUARD3)
                : GuardFormat.of(null, template(name)).orElseThrow();
        GuardedExchange prompt = new GuardedExchange("Go on.", null, List.of("First text", "Second text"));
        GuardedExchange answer = new GuardedExchange("Go on.", "An end", prompt.earlier());

        String asked = format.template(prompt, WHOLE).render(format.chat(prompt), true);
        String said = format.template(answer, WHOLE).render(format.chat(answer), true);
        assertThat(asked)
                .contains("unsafe content in 'User' messages")
                .containsSubsequence("User: First text", "Agent: Second text", "User: Go on.", "<END");
        assertThat(said)
                .contains("unsafe content in 'Agent' messages")
                .containsSubsequence("User: First text", "Agent: Second text", "User: Go on.", "Agent: An end", "<END");
        for (Style style : List.of(Style.LABELS, Style.SHIELD_GEMMA)) {
            GuardFormat other = GuardFormat.of(style);
            Question question = other.questions().get(0);
            assertThat(other.template(answer, question).render(other.chat(answer), true))
                    .contains("Go on.")
                    .doesNotContain("First text");
        }
    }

    @Test
    void readsVerdicts() {
        GuardFormat llama = GuardFormat.of(Style.LLAMA_GUARD3);
        assertThat(llama.read("\n\nunsafe\nS2,S10", WHOLE))
                .contains(new Reading(true, "unsafe", "safe", 2, List.of("S2", "S10")));
        assertThat(llama.read("safe", WHOLE)).contains(new Reading(false, "safe", "unsafe", 0, List.of()));
        for (String nonsense :
                List.of("", "I can't help with that.", "unsafely", "Safe?", "S2", "The answer is safe")) {
            assertThat(llama.read(nonsense, WHOLE)).as(nonsense).isEmpty();
        }
        Question hate = GuardFormat.of(Style.SHIELD_GEMMA).questions().get(2);
        assertThat(GuardFormat.of(Style.SHIELD_GEMMA).read("Yes, because", hate))
                .contains(new Reading(true, "Yes", "No", 0, List.of("No Hate Speech")));
        assertThat(GuardFormat.of(Style.GRANITE_GUARDIAN).read("<score> no </score>", WHOLE))
                .contains(new Reading(false, "no", "yes", 8, List.of()));
        assertThat(GuardFormat.of(Style.SHIELD_GEMMA).read("Maybe", hate)).isEmpty();
    }

    @Test
    void namesCategories() {
        assertThat(GuardFormat.of(Style.LLAMA_GUARD).named("O6")).isEqualTo("O6: Self-Harm");
        assertThat(GuardFormat.of(Style.LLAMA_GUARD2).named("S5")).isEqualTo("S5: Specialized Advice");
        assertThat(GuardFormat.of(Style.LLAMA_GUARD3).named("S5")).isEqualTo("S5: Defamation");
        assertThat(GuardFormat.of(Style.LLAMA_GUARD3).named("S99")).isEqualTo("S99");
    }

    /** One yes is enough, but a no needs every answer. */
    @Test
    void joinsTheAnswersOfAllPolicies() {
        GuardVerdict yes = GuardVerdict.of(true, 0.8, List.of("No Harassment"));
        GuardVerdict no = GuardVerdict.of(false, 0.2, List.of());
        GuardVerdict none = GuardVerdict.problem("no answer");
        assertThat(EngineGuard.merged(List.of(no, yes, none)))
                .isEqualTo(GuardVerdict.of(true, 0.8, List.of("No Harassment")));
        assertThat(EngineGuard.merged(List.of(no, none))).isEqualTo(none);
        assertThat(EngineGuard.merged(List.of(no, no))).isEqualTo(no);
    }

    private List<List<String>> prompts(GuardFormat format) {
        List<List<String>> all = new ArrayList<>();
        for (GuardedExchange exchange : exchanges()) {
            all.add(format.questions().stream()
                    .map(question -> format.template(exchange, question).render(format.chat(exchange), true))
                    .toList());
        }
        return all;
    }

    private List<GuardedExchange> exchanges() {
        List<GuardedExchange> exchanges = new ArrayList<>();
        golden.path("exchanges")
                .forEach(pair -> exchanges.add(
                        new GuardedExchange(pair.get(0).asText(), pair.get(1).textValue())));
        return exchanges;
    }

    private static List<List<String>> texts(JsonNode prompts) {
        List<List<String>> all = new ArrayList<>();
        for (JsonNode exchange : prompts) {
            List<String> one = new ArrayList<>();
            exchange.forEach(prompt -> one.add(prompt.asText()));
            all.add(one);
        }
        return all;
    }

    private static ChatTemplate template(String name) throws IOException {
        return ChatTemplate.parse(name, text("templates/" + name + ".jinja"), Map.of("bos_token", "<s>"));
    }

    private static String text(String name) throws IOException {
        try (InputStream in = GuardFormatTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
