package dev.septet.llm.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.builtin.TemplateFilters;
import dev.septet.llm.template.jinja.builtin.TemplateTests;
import dev.septet.llm.template.jinja.value.StringMethods;
import dev.septet.llm.template.jinja.value.TemplateLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a template holds, it renders or is refused with a plain message, and soon. */
class JinjaFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final TemplateLimits SMALL = new TemplateLimits(20_000, 1 << 20, 200);

    @Test
    @Timeout(180)
    void refusesNonsenseInWordsOnly() throws IOException {
        JsonNode golden;
        try (InputStream file = ChatTemplate.class.getResourceAsStream("snippets_golden.json")) {
            golden = new JsonMapper().readTree(Objects.requireNonNull(file, "no goldens"));
        }
        List<String> sources = new ArrayList<>();
        golden.path("results")
                .forEach(result -> sources.add(result.path("source").asText()));
        @SuppressWarnings("unchecked")
        Map<String, Object> variables = new JsonMapper().convertValue(golden.path("variables"), Map.class);
        Random draw = new Random(20);
        int rendered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String source = mutated(sources, draw);
            try {
                JinjaTemplate.parse("fuzz", source).render(variables, ChatTemplate.FIXED_DAY, SMALL);
                rendered++;
            } catch (TemplateProblem e) {
                assertThat(e).hasMessageStartingWith("fuzz").message().doesNotContain("null");
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("round " + round + ": " + source, e);
            }
        }
        assertThat(rendered).isBetween(ROUNDS / 50, ROUNDS / 2);
    }

    /** Every filter, test and method, on values and with arguments of every kind. */
    @Test
    @Timeout(180)
    void refusesSenselessArgumentsInWordsOnly() {
        List<String> values = List.of(
                "none",
                "true",
                "0",
                "-1",
                "7",
                "9223372036854775807",
                "-0.5",
                "1e308",
                "''",
                "'a b'",
                "'key'",
                "'🎉x'",
                "'%s %d'",
                "'{}'",
                "[]",
                "[1, 'a', none]",
                "[[1], [2]]",
                "{}",
                "{'a': 1}",
                "(1, 2)",
                "range(3)",
                "missing",
                "namespace()",
                "dict",
                "'upper'",
                "'odd'");
        List<String> calls = new ArrayList<>();
        TemplateFilters.names().forEach(name -> calls.add(" | " + name + "(%s)"));
        TemplateTests.names().stream()
                .filter(name -> Character.isLetter(name.charAt(0)))
                .forEach(name -> calls.add(" is " + name + "(%s)"));
        StringMethods.names().forEach(name -> calls.add("." + name + "(%s)"));
        for (String name : List.of("items", "get", "keys", "values", "index", "count", "copy")) {
            calls.add("." + name + "(%s)");
        }
        Random draw = new Random(21);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder arguments = new StringBuilder();
            for (int i = draw.nextInt(4); i > 0; i--) {
                arguments.append(values.get(draw.nextInt(values.size()))).append(", ");
            }
            String call = calls.get(round % calls.size()).replace("%s", arguments);
            String source = "{{ (" + values.get(draw.nextInt(values.size())) + ")" + call + " }}";
            try {
                JinjaTemplate.parse("fuzz", source).render(Map.of(), null, SMALL);
            } catch (TemplateProblem e) {
                assertThat(e).hasMessageStartingWith("fuzz, line 1: ");
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(source, e);
            }
        }
    }

    @Test
    void needsLittleStack() throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        Thread small = new Thread(
                null,
                () -> {
                    for (String source : List.of(
                            "{% macro m() %}{% if 1 %}{{ (m() | trim) ~ 1 }}{% endif %}{% endmacro %}{{ m() }}",
                            "{{ " + "(".repeat(99) + "1" + ")".repeat(99) + " }}",
                            "{{ " + "[".repeat(95) + "]".repeat(95) + " | tojson }}",
                            "{{ 1" + " + 1".repeat(190) + " }}")) {
                        try {
                            JinjaTemplate.parse("small", source).render(Map.of(), null, TemplateLimits.STANDARD);
                        } catch (TemplateProblem e) {
                            // refused in words, as it should be
                        } catch (RuntimeException | StackOverflowError e) {
                            thrown.add(e);
                        }
                    }
                },
                "small",
                512 << 10);
        small.start();
        small.join();
        assertThat(thrown).isEmpty();
    }

    /** Two snippets cut and joined, with some characters lost, doubled or swapped. */
    private static String mutated(List<String> sources, Random draw) {
        String first = sources.get(draw.nextInt(sources.size()));
        String second = sources.get(draw.nextInt(sources.size()));
        StringBuilder text = new StringBuilder(first.substring(0, draw.nextInt(first.length() + 1)))
                .append(second.substring(draw.nextInt(second.length() + 1)));
        for (int i = draw.nextInt(4); i > 0 && text.length() > 1; i--) {
            int at = draw.nextInt(text.length());
            switch (draw.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, text.charAt(draw.nextInt(text.length())));
                case 2 -> text.setCharAt(at, "{}%|()[].,'\"-+*~:=0 _\n".charAt(draw.nextInt(22)));
                default ->
                    text.insert(
                            at,
                            " "
                                    + List.of("in", "not", "is", "if", "else", "for", "none")
                                            .get(draw.nextInt(7))
                                    + " ");
            }
        }
        return text.toString();
    }
}
