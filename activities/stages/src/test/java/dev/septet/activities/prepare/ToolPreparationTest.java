package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.RedactSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats with tools through the whole of stage prepare, with the tokenizer and template of a model. */
class ToolPreparationTest {
    private static final String TEMPLATE = """
        {% if tools %}<|im_start|>system
        {{ tools | tojson }}<|im_end|>
        {% endif %}{% for m in messages %}<|im_start|>{{ m.role }}
        {{ m.reasoning_content }}{{ m.content }}{% for c in m.tool_calls %}{{ c.function | tojson }}{% endfor %}<|im_end|>
        {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
        {% endif %}\
        """;

    private static final String ROW = "{\"messages\":[{\"role\":\"user\",\"content\":\"Mail"
            + " me\"},{\"role\":\"assistant\",\"content\":\"Sure.\",\"weight\":0},{\"role\":\"user\",\"content\":\"Now\"},{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"To"
            + " anna@example.org.\","
            + "\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"mail\",\"arguments\":{\"to\":\"anna@example.org\"}}}]},{\"role\":\"tool\",\"content\":\"Sent"
            + " to anna@example.org\",\"tool_call_id\":\"a\"},{\"role\":\"assistant\",\"content\":\"Done.\"}],"
            + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"mail\"}}]";

    @TempDir
    Path folder;

    @Test
    void redactsKeepsAndMasks() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(TinyModels.chat())) {
            for (Path from : files.filter(Files::isRegularFile).toList()) {
                Files.copy(from, model.resolve(from.getFileName()));
            }
        }
        Files.writeString(model.resolve("chat_template.jinja"), TEMPLATE);
        Path file = Files.writeString(folder.resolve("rows.jsonl"), ROW + "}\n");
        PrepareSpec spec = new PrepareSpec(
                "rows.jsonl",
                null,
                DatasetFormat.AUTO,
                0,
                List.of(),
                true,
                new RedactSpec(EnumSet.of(RedactSpec.Kind.EMAIL), RedactSpec.Replacement.MASK),
                new SplitSpec(100, 0, 0),
                512,
                PrepareSpec.DEFAULT_POLICY);
        Path out = Files.createDirectory(folder.resolve("out"));
        DatasetCard card;
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, 512)) {
            card = new Preparation(
                            spec,
                            new SourceFile(file, "rows.jsonl"),
                            SourceDigest.of(file),
                            encoder,
                            encoder.digest(),
                            7)
                    .run(Files.createDirectory(folder.resolve("scratch")), out, rows -> {});
        }
        assertThat(card.redactions()).containsEntry("email", 3L);
        String prepared = Files.readString(out.resolve("train.jsonl"));
        assertThat(prepared).doesNotContain("anna").contains("\"tools\":[{", "\"tool_call_id\":\"a\"", "\"weight\":0}");
        String mask = prepared.replaceFirst("(?s).*\"to\":\"([^\"]*)\".*", "$1").strip();
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            TokenDataset rows = TokenDataset.open(out.resolve("train.safetensors"));
            assertThat(learned(tokenizer, rows.row(0)))
                    .isEqualTo("To %s.{\"name\": \"mail\", \"arguments\": {\"to\": \"%s\"}}<|im_end|>Done.<|im_end|>"
                            .formatted(mask, mask));
        }
    }

    private static String learned(Tokenizer tokenizer, TokenDataset.Row row) {
        int[] ids = IntStream.range(0, row.tokens().length)
                .filter(i -> row.mask()[i] == 1)
                .map(i -> row.tokens()[i])
                .toArray();
        return tokenizer.decode(ids, false);
    }
}
