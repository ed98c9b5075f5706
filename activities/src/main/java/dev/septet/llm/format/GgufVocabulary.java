package dev.septet.llm.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A byte-level BPE tokenizer.json as GGUF's metadata {@code tokenizer.*}. */
final class GgufVocabulary {
    /** What a token is, by GGUF's numbers. */
    static final int NORMAL = 1;

    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;

    private final Path file;
    private final ModelFolder folder;
    private final ObjectNode tokenizer;
    private final List<@Nullable String> tokens;
    private final List<Integer> types;

    private GgufVocabulary(ModelFolder folder, ObjectNode tokenizer, int size) {
        this.file = folder.tokenizer();
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.tokens = new ArrayList<>(Collections.nCopies(size, null));
        this.types = new ArrayList<>(Collections.nCopies(size, UNUSED));
    }

    /**
     * Reads tokenizer.json and its companions; {@code size} is the number of rows of the
     * embeddings.
     */
    static Map<String, GgufValue> metadata(ModelFolder folder, int size) throws IOException {
        GgufVocabulary vocabulary =
                new GgufVocabulary(folder, StrictJson.tokenizer(folder.tokenizer()), size);
        vocabulary.fill();
        return vocabulary.metadata();
    }

    private void fill() {
        JsonNode model = tokenizer.path("model");
        require(model.path("type").asText().equals("BPE"), "is not a BPE tokenizer");
        require(
                !model.path("byte_fallback").asBoolean(),
                "falls back to bytes, expected a byte-level tokenizer");
        for (Map.Entry<String, JsonNode> token : model.path("vocab").properties()) {
            put(token.getKey(), token.getValue(), NORMAL);
        }
        for (JsonNode token : tokenizer.path("added_tokens")) {
            put(
                    token.path("content").asText(),
                    token.path("id"),
                    token.path("special").asBoolean() ? CONTROL : USER_DEFINED);
        }
    }

    private void put(String token, JsonNode id, int type) {
        require(
                id.isInt() && id.asInt() >= 0 && id.asInt() < tokens.size(),
                "gives token \""
                        + token
                        + "\" the number "
                        + id
                        + ", but the model has "
                        + tokens.size()
                        + " tokens");
        tokens.set(id.asInt(), token);
        types.set(id.asInt(), type);
    }

    private Map<String, GgufValue> metadata() {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", GgufValue.text("gpt2"));
        metadata.put("tokenizer.ggml.pre", GgufValue.text(preTokenizer()));
        List<String> texts = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            texts.add(token == null ? "[PAD" + id + "]" : token);
        }
        metadata.put("tokenizer.ggml.tokens", GgufValue.texts(texts));
        metadata.put("tokenizer.ggml.token_type", GgufValue.int32s(types));
        metadata.put("tokenizer.ggml.merges", GgufValue.texts(merges()));
        SpecialTokens special = SpecialTokens.of(folder, texts);
        special.ids()
                .forEach(
                        (role, id) ->
                                metadata.put(
                                        "tokenizer.ggml." + role + "_token_id",
                                        GgufValue.uint32(id)));
        metadata.put(
                "tokenizer.ggml.add_bos_token", GgufValue.bool(special.adds(tokenizer, "bos")));
        metadata.put(
                "tokenizer.ggml.add_eos_token", GgufValue.bool(special.adds(tokenizer, "eos")));
        metadata.put("tokenizer.ggml.add_space_prefix", GgufValue.bool(false));
        Optional<String> template = folder.chatTemplate();
        template.ifPresent(text -> metadata.put("tokenizer.chat_template", GgufValue.text(text)));
        return metadata;
    }

    private String preTokenizer() {
        String name = PreTokenizers.name(file, tokenizer.path("pre_tokenizer"));
        JsonNode normalizer = tokenizer.path("normalizer");
        boolean composed = normalizer.path("type").asText().equals("NFC") && name.equals("qwen2");
        require(
                normalizer.isNull() || normalizer.isMissingNode() || composed,
                "normalises text by " + normalizer + ", which GGUF cannot say");
        boolean wholeWordsFirst = tokenizer.path("model").path("ignore_merges").asBoolean();
        require(
                wholeWordsFirst == name.equals("llama-bpe"),
                "has ignore_merges "
                        + wholeWordsFirst
                        + ", which GGUF cannot say of "
                        + name
                        + " tokenizers");
        return name;
    }

    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : tokenizer.path("model").path("merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asText() + " " + merge.path(1).asText()
                            : merge.asText());
        }
        return merges;
    }

    private void require(boolean holds, String reason) {
        if (!holds) {
            throw new FormatProblem(file, reason);
        }
    }
}
