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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real templates of many models, as TRL has them, render and mask as transformers does. */
@Tag("long")
class TrlTemplatesTest {
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
