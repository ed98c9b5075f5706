package dev.septet.activities.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.AdapterMerge;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** How small chains are spoilt: other bytes where the chain's own were. */
final class Spoil {
    private Spoil() {}

    interface Edit {
        void of(ObjectNode json);
    }

    static void edit(Path file, Edit edit) throws IOException {
        ObjectNode json = (ObjectNode) StrictJson.MAPPER.readTree(file.toFile());
        edit.of(json);
        Files.writeString(file, json.toString());
    }

    static void tensors(Path file, UnaryOperator<String> name) throws IOException {
        Safetensors stored = Safetensors.open(file);
        List<TensorSource> tensors = new ArrayList<>();
        for (String old : stored.names()) {
            StoredTensor tensor = stored.tensor(old);
            tensors.add(TensorSource.floats(name.apply(old), tensor.type(), tensor.shape(), tensor::floats));
        }
        rewrite(file, tensors);
    }

    static void rewrite(Path file, List<TensorSource> tensors) throws IOException {
        Path next = file.resolveSibling("next");
        SafetensorsWriter.write(next, Map.of("format", "pt"), tensors);
        Files.delete(file);
        Files.move(next, file);
    }

    static void merge(SmallChain chain, Path base, Path adapter) throws IOException {
        Path model = chain.export().resolve("model");
        Files.delete(model.resolve("model.safetensors"));
        AdapterMerge.write(ModelFolder.open(base), PeftAdapter.open(adapter), model, ElementType.F32);
        chain.ggufs();
    }

    static Path model(SmallChain chain, String name) throws IOException {
        ModelFolder model = ModelFolder.open(chain.export().resolve("model"));
        Path folder = chain.root.resolve(name);
        ModelFolderWriter.write(
                folder,
                model.config(),
                model.tensors().values().stream().map(TensorSource::of).toList(),
                model,
                Long.MAX_VALUE);
        return folder;
    }

    static void gguf(SmallChain chain, Path model, GgufForm type) throws IOException {
        GgufExport.write(ModelFolder.open(model), chain.export().resolve(ExportForms.gguf(type)), "small", type);
    }
}
