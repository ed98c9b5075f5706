package dev.septet.llm.format;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokenizer of a model folder, rebuilt from GGUF's vocabulary and merges (byte-level BPE,
 * "gpt2").
 */
final class GgufTokenizer {
    private final GgufFile gguf;
    private final List<String> tokens;
    private final List<Long> types;
    private final Map<String, Integer> special;

    private GgufTokenizer(
            GgufFile gguf, List<String> tokens, List<Long> types, Map<String, Integer> special) {
        this.gguf = gguf;
        this.tokens = tokens;
        this.types = types;
        this.special = Collections.unmodifiableMap(special);
    }

    static GgufTokenizer of(GgufFile gguf) {
        String model = gguf.requiredText("tokenizer.ggml.model");
        if (!model.equals("gpt2")) {
            throw new FormatProblem(
                    gguf.file(),
                    "has a tokenizer of kind "
                            + model
                            + "; only byte-level BPE (gpt2) is understood here");
        }
        List<String> tokens = gguf.requiredList("tokenizer.ggml.tokens", String.class);
        List<Long> types = gguf.requiredList("tokenizer.ggml.token_type", Long.class);
        if (types.size() != tokens.size()) {
            throw new FormatProblem(
                    gguf.file(),
                    "has " + tokens.size() + " tokens but " + types.size() + " token types");
        }
        Map<String, Integer> special = new LinkedHashMap<>();
        for (String role : SpecialTokens.FIELDS.keySet()) {
            gguf.integer("tokenizer.ggml." + role + "_token_id")
                    .ifPresent(
                            id -> {
                                if (id < 0 || id >= tokens.size()) {
                                    throw new FormatProblem(
                                            gguf.file(),
                                            "gives "
                                                    + role
                                                    + " the number "
                                                    + id
                                                    + ", which is no token");
                                }
                                special.put(role, id.intValue());
                            });
        }
        return new GgufTokenizer(gguf, tokens, types, special);
    }

    /** Numbers of the tokens with a role: bos, eos, unknown, padding. */
    Map<String, Integer> special() {
        return special;
    }

    void write(Path folder) throws IOException {
        ModelFolderWriter.json(folder.resolve(ModelFolder.TOKENIZER), tokenizer());
        ObjectNode map = StrictJson.MAPPER.createObjectNode();
        special.forEach((role, id) -> map.put(SpecialTokens.FIELDS.get(role), tokens.get(id)));
        ModelFolderWriter.json(folder.resolve("special_tokens_map.json"), map);
        ObjectNode config = map.deepCopy();
        config.put("add_prefix_space", false);
        config.put("clean_up_tokenization_spaces", false);
        config.put("model_max_length", gguf.requiredInteger("llama.context_length"));
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        ModelFolderWriter.json(folder.resolve(ModelFolder.TOKENIZER_CONFIG), config);
        Optional<String> template = gguf.text("tokenizer.chat_template");
        if (template.isPresent()) {
            Files.writeString(
                    folder.resolve(ModelFolder.CHAT_TEMPLATE),
                    template.get(),
                    StandardCharsets.UTF_8);
        }
        ObjectNode generation = StrictJson.MAPPER.createObjectNode();
        special.forEach(
                (role, id) -> {
                    if (!role.equals("unknown")) {
                        generation.put(SpecialTokens.FIELDS.get(role) + "_id", id);
                    }
                });
        ModelFolderWriter.json(folder.resolve(ModelFolder.GENERATION_CONFIG), generation);
    }

    private ObjectNode tokenizer() {
        String pre = gguf.text("tokenizer.ggml.pre").orElse("default");
        ObjectNode json = StrictJson.MAPPER.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (int id = 0; id < tokens.size(); id++) {
            long type = types.get(id);
            if (type == GgufVocabulary.CONTROL || type == GgufVocabulary.USER_DEFINED) {
                added(added.addObject(), id, type == GgufVocabulary.CONTROL);
            }
        }
        if (pre.equals("qwen2")) {
            json.putObject("normalizer").put("type", "NFC");
        } else {
            json.putNull("normalizer");
        }
        json.set("pre_tokenizer", PreTokenizers.json(gguf.file(), pre));
        json.set("post_processor", postProcessor());
        PreTokenizers.byteLevel(json.putObject("decoder"), true);
        model(json.putObject("model"), pre.equals("llama-bpe"));
        return json;
    }

    private void added(ObjectNode node, int id, boolean isSpecial) {
        node.put("id", id).put("content", tokens.get(id));
        node.put("single_word", false).put("lstrip", false).put("rstrip", false);
        node.put("normalized", false).put("special", isSpecial);
    }

    private ObjectNode postProcessor() {
        ObjectNode bytes = PreTokenizers.byteLevel(StrictJson.MAPPER.createObjectNode(), true);
        boolean atStart =
                special.containsKey("bos")
                        && gguf.flag("tokenizer.ggml.add_bos_token").orElse(false);
        boolean atEnd =
                special.containsKey("eos")
                        && gguf.flag("tokenizer.ggml.add_eos_token").orElse(false);
        if (!atStart && !atEnd) {
            return bytes;
        }
        ObjectNode template =
                StrictJson.MAPPER.createObjectNode().put("type", "TemplateProcessing");
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

    /** One text of a template, with bos before and eos after it where wanted. */
    private void sequence(ArrayNode target, String name, int typeId, boolean bos, boolean eos) {
        if (bos) {
            target.addObject()
                    .putObject("SpecialToken")
                    .put("id", token("bos"))
                    .put("type_id", typeId);
        }
        target.addObject().putObject("Sequence").put("id", name).put("type_id", typeId);
        if (eos) {
            target.addObject()
                    .putObject("SpecialToken")
                    .put("id", token("eos"))
                    .put("type_id", typeId);
        }
    }

    private String token(String role) {
        return tokens.get(special.getOrDefault(role, 0));
    }

    private void model(ObjectNode model, boolean wholeWordsFirst) {
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", wholeWordsFirst);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        ArrayNode merges = model.putArray("merges");
        for (String merge : gguf.requiredList("tokenizer.ggml.merges", String.class)) {
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new FormatProblem(
                        gguf.file(), "holds the merge \"" + merge + "\", expected two parts");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
    }
}
