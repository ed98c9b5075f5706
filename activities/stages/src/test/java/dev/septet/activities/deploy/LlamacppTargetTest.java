package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LlamacppTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new LlamacppSpec("out");
    }

    /** llama.cpp's own parser reads the arguments, and its loader the file that they name. */
    @Test
    void llamaCppTakesTheArguments() throws Exception {
        Path folder = published("arguments");
        assertThat(folder.resolve("llama-server.args")).hasContent("""
            --model model.gguf
            --alias small
            --ctx-size 256
            --jinja
            """);
        List<String> words = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("llama-server.args"))) {
            words.addAll(List.of(line.split(" ")));
        }
        ModelParameters parameters = new ModelParameters().disableLog();
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "--model" ->
                    parameters.setModel(folder.resolve(words.get(++i)).toString());
                case "--alias" -> i++; // of the server alone
                case "--ctx-size" -> parameters.setCtxSize(Integer.parseInt(words.get(++i)));
                case "--jinja" -> parameters.enableJinja();
                default -> throw new AssertionError("llama.cpp knows no " + words.get(i));
            }
        }
        try (LlamaModel model = new LlamaModel(parameters)) {
            assertThat(model.encode("hello")).isNotEmpty();
        }
    }
}
