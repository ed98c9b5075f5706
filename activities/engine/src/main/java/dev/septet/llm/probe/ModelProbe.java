package dev.septet.llm.probe;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.gguf.GgufFile;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.sandbox.SandboxProbe;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The child process that opens a model's files first: headers, config and template. */
public final class ModelProbe {
    static final String FOLDER = "folder";
    static final String GGUF = "gguf";
    static final String ADAPTER = "adapter";

    private static final String SENTENCE = "Where is my parcel?";

    private ModelProbe() {}

    /**
     * @param arguments the kind of model, and its path
     */
    public static void main(String[] arguments) {
        Path path = Path.of(arguments[1]);
        SandboxProbe.run(List.of(path), () -> {}, () -> {
            switch (arguments[0]) {
                case FOLDER -> folder(path);
                case GGUF -> gguf(path);
                case ADAPTER -> PeftAdapter.open(path);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        });
    }

    private static void folder(Path folder) {
        SandboxProbe.attempt(() -> ModelFolder.open(folder));
        SandboxProbe.attempt(() -> ModelConfig.read(folder).parameters());
        SandboxProbe.attempt(() -> template(folder));
    }

    private static void template(Path folder) {
        ChatTemplate template = ChatTemplate.of(folder);
        ChatMessage question = new ChatMessage("user", SENTENCE);
        ChatMessage answer = new ChatMessage("assistant", SENTENCE.repeat(200));
        SandboxProbe.attempt(() -> template.render(List.of(question), true));
        SandboxProbe.attempt(
                () -> template.render(List.of(new ChatMessage("system", SENTENCE), question, answer, question), true));
        SandboxProbe.attempt(() -> template.renderMarked(List.of(question, answer)));
    }

    private static void gguf(Path file) throws Exception {
        GgufFile.open(file);
        Path folder = Files.createTempDirectory("tokenizer");
        SandboxProbe.attempt(() -> GgufImport.writeTokenizer(file, folder));
        SandboxProbe.attempt(() -> template(folder));
        SandboxProbe.attempt(() -> GgufImport.writeConfig(file, folder, ElementType.F32));
    }
}
