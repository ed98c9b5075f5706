package dev.septet.llm.probe;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What would end a worker by its memory ends a child process, and is refused by its name. */
@Tag("long")
@Timeout(300)
class ModelCheckTest {
    @TempDir
    private Path root = Path.of("");

    @Test
    void anHonestModelIsLetInAndADamagedOneIsRefusedInItsOwnWords() throws Exception {
        assertThatCode(() -> ModelCheck.folder(Tiny.base())).doesNotThrowAnyException();
        Path folder = copy();
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = ns.x +"
                        + " ns.x %}{% endfor %}");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\",\"hidden_size\":1e300}");
        Files.write(folder.resolve("model.safetensors"), new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, 1});

        assertThatCode(() -> ModelCheck.folder(folder)).doesNotThrowAnyException();

        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(FormatProblem.class);
        assertThatThrownBy(() -> ChatTemplate.of(folder).render(List.of(new ChatMessage("user", "x")), true))
                .isInstanceOf(TemplateProblem.class)
                .hasMessageContaining("stopped after");
    }

    @Test
    void aFolderThatIsNotThereSaysSo() {
        assertThatThrownBy(() -> ModelCheck.folder(root.resolve("none")))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("no such folder");
    }

    private Path copy() throws Exception {
        Path folder = Files.createDirectories(root.resolve("model"));
        try (Stream<Path> files = Files.list(Tiny.base())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return folder;
    }
}
