package dev.septet.llm.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The tiny random model, bare or adapted, with what transformers and peft make of it. */
record TinyModel(Path folder, LanguageModel model, Tokenizer tokenizer, JsonNode golden) implements AutoCloseable {
    /** Opens it: base or lora. */
    static TinyModel open(String name) throws IOException {
        Path folder = resource(FormatProblem.class, "tiny/base");
        Optional<Path> adapter =
                name.equals("lora") ? Optional.of(resource(FormatProblem.class, "tiny/lora")) : Optional.empty();
        return new TinyModel(
                folder,
                LanguageModel.open(folder, ComputePrecision.FLOAT32, adapter),
                Tokenizer.open(folder),
                new JsonMapper()
                        .readTree(resource(TinyModel.class, "golden.json").toFile())
                        .path(name));
    }

    List<int[]> prompts() {
        List<int[]> prompts = new ArrayList<>();
        golden.path("answers").forEach(answer -> prompts.add(ints(answer.path("prompt"))));
        return prompts;
    }

    List<int[]> answers() {
        List<int[]> answers = new ArrayList<>();
        golden.path("answers").forEach(answer -> answers.add(ints(answer.path("answer"))));
        return answers;
    }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.path(i).asInt();
        }
        return values;
    }

    /** A PEFT adapter of it: lora or rslora. */
    static Path adapter(String name) {
        return resource(FormatProblem.class, "tiny/" + name);
    }

    static Path resource(Class<?> near, String name) {
        try {
            return Path.of(Objects.requireNonNull(near.getResource(name), name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
