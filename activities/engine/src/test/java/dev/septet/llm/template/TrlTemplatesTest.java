package dev.septet.llm.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.template.jinja.TemplateProblem;
import dev.septet.llm.tokenizer.Fixtures;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real templates of many models, as TRL has them, render and mask as transformers does. */
@Tag("nightly")
class TrlTemplatesTest {
    /** Their training templates learn the header of a turn, or write results inside a turn. */
    private static final Set<String> HEADERS = Set.of("gptoss", "muse_glimmer", "diffusion_gemma");

    private static final Path SCRIPT = Path.of("src/test/resources/dev/septet/llm/template/render_trl.py");

    @TempDir
    Path folder;

    @Test
    void rendersAndMasksAsTransformersDoes() throws Exception {
        JsonNode golden = golden();
        List<String> different = new ArrayList<>();
        int texts = 0;
        int masks = 0;
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            for (JsonNode render : golden.path("renders")) {
                String name = render.path("template").asText() + ": "
                        + render.path("conversation").asText();
                JsonNode input = golden.path("conversations")
                        .path(render.path("conversation").asText());
                ChatTemplate template = ChatTemplate.parse(
                        name, render.path("source").asText(), Map.of("bos_token", "<s>", "eos_token", "</s>"));
                if (!render.has("text")) {
                    continue;
                }
                texts++;
                boolean prompt = input.path("add_generation_prompt").asBoolean();
                try {
                    Chat chat = ToolsReferenceTest.chat(input);
                    if (!template.render(chat, prompt)
                            .equals(render.path("text").asText())) {
                        different.add(name);
                    } else if (render.has("mask")) {
                        masks++;
                        TokenSequence example = new ChatEncoder(template, tokenizer).example(chat, answer -> true);
                        if (!mask(example).equals(render.path("mask").asText())) {
                            different.add(name + ", mask");
                        }
                    }
                } catch (TemplateProblem e) {
                    different.add(name + ", " + e.getMessage());
                }
            }
        }
        assertThat(different).isEmpty();
        assertThat(texts).isGreaterThan(1000);
        assertThat(masks).isGreaterThan(300);
    }

    /**
     * TRL replaces a template by one with generation tags. Where both write the same text and Septet finds the answers,
     * both learn the same text, except for white space after the mark that ends a turn, and for headers that some of
     * TRL's templates learn.
     */
    @Test
    void findsTheAnswersThatTrlTrains() throws Exception {
        JsonNode golden = golden();
        Map<String, JsonNode> training = new HashMap<>();
        golden.path("renders")
                .forEach(render -> training.put(
                        render.path("template").asText() + ": "
                                + render.path("conversation").asText(),
                        render));
        List<String> different = new ArrayList<>();
        int equal = 0;
        int unfound = 0;
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            for (JsonNode render : golden.path("renders")) {
                String name = render.path("template").asText();
                String conversation = render.path("conversation").asText();
                JsonNode twin = training.get(name + "_training: " + conversation);
                if (twin == null || !twin.has("mask") || !twin.path("text").equals(render.path("text"))) {
                    continue;
                }
                ChatTemplate template = ChatTemplate.parse(
                        name, render.path("source").asText(), Map.of("bos_token", "<s>", "eos_token", "</s>"));
                Chat chat = ToolsReferenceTest.chat(golden.path("conversations").path(conversation));
                try {
                    TokenSequence example = new ChatEncoder(template, tokenizer).example(chat, answer -> true);
                    String ours = learned(tokenizer, example, mask(example));
                    String trls = learned(tokenizer, example, twin.path("mask").asText());
                    assertThat(ours).as(name + ": " + conversation).doesNotContain("12:00", "{\"rain\":true}");
                    if (ours.equals(trls)) {
                        equal++;
                    } else if (!HEADERS.contains(name)) {
                        different.add(name + ": " + conversation + "\n" + ours + "\n" + trls);
                    }
                } catch (TemplateProblem e) {
                    unfound++;
                }
            }
        }
        assertThat(different).as("%d equal, %d not found", equal, unfound).isEmpty();
        assertThat(equal).isGreaterThan(100);
    }

    /** The learned text without white space, and without marks of reasoning, which may be in the generation prompt. */
    private static String learned(Tokenizer tokenizer, TokenSequence example, String mask) {
        int[] ids = IntStream.range(0, mask.length())
                .filter(i -> mask.charAt(i) == '1')
                .map(i -> example.ids()[i])
                .toArray();
        return tokenizer.decode(ids, false).replaceAll("\\s|</?think>", "");
    }

    private static String mask(TokenSequence example) {
        StringBuilder mask = new StringBuilder();
        for (boolean learned : example.loss()) {
            mask.append(learned ? '1' : '0');
        }
        return mask.toString();
    }

    private JsonNode golden() throws IOException, InterruptedException {
        String python = output("../../.ci/python-env", "trl").strip();
        Path file = folder.resolve("renders.json");
        output(python, SCRIPT.toString(), file.toString());
        return new JsonMapper().readTree(file.toFile());
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out;
    }
}
