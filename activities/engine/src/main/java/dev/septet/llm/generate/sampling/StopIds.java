package dev.septet.llm.generate.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.FolderRoot;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The token ids at which a model stops. */
public final class StopIds {
    private StopIds() {}

    /**
     * The end-of-text and end-of-turn tokens in generation_config.json, config.json and the
     * tokenizer. Chat models often have several.
     */
    public static Set<Integer> of(Path modelFolder, Tokenizer tokenizer) {
        Set<Integer> ids = new TreeSet<>();
        tokenizer.eos().ifPresent(ids::add);
        FolderRoot root = FolderRoot.open(modelFolder);
        try {
            for (String name : List.of("generation_config.json", "config.json")) {
                Optional<Path> file = root.find(name);
                if (file.isPresent()) {
                    JsonNode eos = StrictJson.file(file.get()).path("eos_token_id");
                    add(eos, ids);
                    eos.forEach(id -> add(id, ids));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + modelFolder + ": " + e.getMessage(), e);
        }
        return ids;
    }

    private static void add(JsonNode id, Set<Integer> ids) {
        if (id.isInt()) {
            ids.add(id.intValue());
        }
    }
}
