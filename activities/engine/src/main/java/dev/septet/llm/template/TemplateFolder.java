package dev.septet.llm.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.FolderRoot;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.RegularFile;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.template.jinja.TemplateProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the chat template and its special tokens from a model folder. */
final class TemplateFolder {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String FILE = "chat_template.jinja";
    private static final String TOOL_USE = "tool_use";
    private static final long MAX_BYTES = 64L << 20;
    private static final List<String> SPECIAL_TOKENS =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path folder;
    private final FolderRoot root;

    TemplateFolder(Path folder) {
        this.folder = folder;
        this.root = FolderRoot.open(folder);
    }

    ChatTemplate template() {
        try {
            Map<String, String> special = new LinkedHashMap<>();
            Optional<JsonNode> config = json(CONFIG);
            json("special_tokens_map.json").ifPresent(map -> collect(map, special));
            config.ifPresent(map -> collect(map, special));
            Optional<Path> file = root.find(FILE);
            if (file.isPresent()) {
                byte[] bytes = RegularFile.bytes(file.get(), MAX_BYTES);
                String source = new String(bytes, StandardCharsets.UTF_8);
                return ChatTemplate.parse(file.get().toString(), source, special);
            }
            String source = config.flatMap(map -> named(map, "default"))
                    .orElseThrow(() -> new FormatProblem(
                            folder,
                            "has no chat template, neither as "
                                    + FILE
                                    + " nor in "
                                    + CONFIG
                                    + "; add one, or use plain text rows"));
            String name = folder.resolve(CONFIG) + ", chat_template";
            ChatTemplate template = ChatTemplate.parse(name, source, special);
            return config.filter(map -> map.path("chat_template").isArray())
                    .flatMap(map -> named(map, TOOL_USE))
                    .map(other -> template.withToolUse(toolUse(name + " " + TOOL_USE, other, special)))
                    .orElse(template);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    private Optional<JsonNode> json(String name) throws IOException {
        Optional<Path> file = root.find(name);
        return file.isPresent() ? Optional.of(StrictJson.file(file.get())) : Optional.empty();
    }

    /** The template for conversations with tools. Its mistakes matter to conversations with tools only. */
    private static Supplier<ChatTemplate> toolUse(String name, String source, Map<String, String> special) {
        try {
            ChatTemplate template = ChatTemplate.parse(name, source, special);
            return () -> template;
        } catch (TemplateProblem problem) {
            return () -> {
                throw problem;
            };
        }
    }

    /** The template, or the one with this name of several. */
    private static Optional<String> named(JsonNode config, String name) {
        JsonNode template = config.path("chat_template");
        if (template.isTextual()) {
            return Optional.of(template.asText());
        }
        for (JsonNode named : template) {
            if (named.path("name").asText().equals(name)) {
                return Optional.of(named.path("template").asText());
            }
        }
        return Optional.empty();
    }

    private static void collect(JsonNode config, Map<String, String> special) {
        for (String name : SPECIAL_TOKENS) {
            JsonNode value = config.path(name);
            JsonNode text = value.isObject() ? value.path("content") : value;
            if (text.isTextual()) {
                special.put(name, text.asText());
            }
        }
    }
}
