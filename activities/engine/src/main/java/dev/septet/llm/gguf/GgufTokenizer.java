package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokenizer of a model folder, rebuilt from GGUF's vocabulary: byte-level BPE ("gpt2") or
 * SentencePiece ("llama").
 */
final class GgufTokenizer {
    private final GgufFile gguf;
    private final GgufTokens tokens;
    private final Map<String, Integer> special;

    private GgufTokenizer(GgufFile gguf, GgufTokens tokens, Map<String, Integer> special) {
        this.gguf = gguf;
        this.tokens = tokens;
        this.special = Collections.unmodifiableMap(special);
    }

    static GgufTokenizer of(GgufFile gguf) {
        GgufTokens tokens = GgufTokens.of(gguf);
        Map<String, Integer> special = new LinkedHashMap<>();
        List<String> roles = new ArrayList<>(SpecialTokens.FIELDS.keySet());
        roles.addAll(SpecialTokens.MORE_ENDS);
        for (String role : roles) {
            gguf.integer("tokenizer.ggml." + role + "_token_id").ifPresent(id -> {
                if (id < 0 || id >= tokens.size()) {
                    throw new FormatProblem(gguf.file(), "sets " + role + " to " + id + ", which is not a token id");
                }
                special.put(role, id.intValue());
            });
        }
        return new GgufTokenizer(gguf, tokens, special);
    }

    /** Adds the ids of the bos, eos and padding tokens to config.json. */
    void addEnds(ObjectNode config) {
        for (String role : List.of("bos", "eos", "padding")) {
            if (special.containsKey(role)) {
                config.put(SpecialTokens.FIELDS.get(role) + "_id", special.get(role));
            }
        }
    }

    void write(Path folder) throws IOException {
        ModelFolderWriter.json(folder.resolve(ModelFolder.TOKENIZER), tokenizer());
        ObjectNode map = StrictJson.MAPPER.createObjectNode();
        SpecialTokens.FIELDS.forEach((role, field) -> {
            if (special.containsKey(role)) {
                map.put(field, token(role));
            }
        });
        ModelFolderWriter.json(folder.resolve("special_tokens_map.json"), map);
        ObjectNode config = map.deepCopy();
        config.put("add_prefix_space", tokens.spaceFirst());
        config.put("clean_up_tokenization_spaces", false);
        String length = Architecture.of(gguf).key("context_length");
        config.put("model_max_length", gguf.requiredInteger(length));
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        ModelFolderWriter.json(folder.resolve(ModelFolder.TOKENIZER_CONFIG), config);
        Optional<String> template = gguf.text("tokenizer.chat_template");
        if (template.isPresent()) {
            Files.writeString(folder.resolve(ModelFolder.CHAT_TEMPLATE), template.get(), StandardCharsets.UTF_8);
        }
        ObjectNode generation = StrictJson.MAPPER.createObjectNode();
        addEnds(generation);
        List<Integer> ends = new ArrayList<>();
        for (String role : List.of("eos", "eot", "eom")) {
            if (special.containsKey(role) && !ends.contains(special.get(role))) {
                ends.add(special.get(role));
            }
        }
        if (ends.size() > 1) {
            ArrayNode all = generation.putArray("eos_token_id");
            ends.forEach(all::add);
        }
        ModelFolderWriter.json(folder.resolve(ModelFolder.GENERATION_CONFIG), generation);
    }

    private ObjectNode tokenizer() {
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding");
        tokens.added(json.putArray("added_tokens"));
        tokens.cuts(json);
        json.set("post_processor", postProcessor());
        json.set("decoder", tokens.decoder());
        tokens.model(json.putObject("model"), special.containsKey("unknown") ? token("unknown") : null);
        return json;
    }

    private JsonNode postProcessor() {
        boolean atStart = special.containsKey("bos")
                && gguf.flag("tokenizer.ggml.add_bos_token").orElse(tokens.startsTexts());
        boolean atEnd = special.containsKey("eos")
                && gguf.flag("tokenizer.ggml.add_eos_token").orElse(false);
        if (!atStart && !atEnd) {
            return tokens.postProcessor();
        }
        ObjectNode template = StrictJson.MAPPER.createObjectNode().put("type", "TemplateProcessing");
        sequence(template.putArray("single"), "A", 0, atStart, atEnd);
        ArrayNode pair = template.putArray("pair");
        sequence(pair, "A", 0, atStart, atEnd);
        sequence(pair, "B", 1, atStart, atEnd);
        ObjectNode ids = template.putObject("special_tokens");
        for (String role : List.of("bos", "eos")) {
            if (role.equals("bos") ? atStart : atEnd) {
                String token = token(role);
                ObjectNode entry = ids.putObject(token).put("id", token);
                entry.putArray("ids").add(special.get(role));
                entry.putArray("tokens").add(token);
            }
        }
        return template;
    }

    /** Adds one text to a template, with bos before and eos after it if requested. */
    private void sequence(ArrayNode target, String name, int typeId, boolean bos, boolean eos) {
        if (bos) {
            target.addObject().putObject("SpecialToken").put("id", token("bos")).put("type_id", typeId);
        }
        target.addObject().putObject("Sequence").put("id", name).put("type_id", typeId);
        if (eos) {
            target.addObject().putObject("SpecialToken").put("id", token("eos")).put("type_id", typeId);
        }
    }

    private String token(String role) {
        return tokens.text(special.getOrDefault(role, 0));
    }
}
