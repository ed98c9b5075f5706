package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.tokenizer.bytelevel.PreTokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer.json as GGUF's metadata {@code tokenizer.*}: byte-level BPE with its merges ("gpt2"),
 * or SentencePiece with its scores ("llama").
 */
final class GgufVocabulary {
    /** GGUF's numbers of the token types. */
    static final int NORMAL = 1;

    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    private static final Set<String> LOOK_SPECIAL = Set.of("<pad>", "<mask>", "<2mass>", "[@BOS@]");

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
        GgufVocabulary vocabulary = new GgufVocabulary(folder, StrictJson.tokenizer(folder.tokenizer()), size);
        vocabulary.fill();
        return vocabulary.metadata();
    }

    private void fill() {
        JsonNode model = tokenizer.path("model");
        require(
                model.path("type").asText().equals("BPE"),
                "is not a BPE tokenizer; only BPE tokenizers can be written as GGUF here");
        for (Map.Entry<String, JsonNode> token : model.path("vocab").properties()) {
            put(token.getKey(), token.getValue(), NORMAL);
        }
        if (pieces()) {
            markBytes();
        }
        for (JsonNode token : tokenizer.path("added_tokens")) {
            String content = token.path("content").asText();
            boolean control = token.path("special").asBoolean() || isControlLike(content);
            for (String rule : List.of("lstrip", "rstrip", "single_word")) {
                require(
                        !token.path(rule).asBoolean(),
                        "has " + rule + " for token \"" + content + "\", which GGUF cannot express");
            }
            put(
                    pieces() && !control ? content.replace(SentencePieceVocabulary.SPACE, " ") : content,
                    token.path("id"),
                    control ? CONTROL : USER_DEFINED);
        }
    }

    /**
     * Whether llama.cpp's converter treats a token as a control token even if the folder does not
     * declare it as one.
     */
    private static boolean isControlLike(String token) {
        return LOOK_SPECIAL.contains(token)
                || (token.startsWith("<|") && token.endsWith("|>"))
                || (token.startsWith("<\uff5c") && token.endsWith("\uff5c>"))
                || (token.startsWith("<unused") && token.endsWith(">"));
    }

    /** Whether the tokenizer is SentencePiece BPE with byte fallback. */
    private boolean pieces() {
        return tokenizer.path("model").path("byte_fallback").asBoolean();
    }

    private void markBytes() {
        for (int value = 0; value < 256; value++) {
            int id = tokens.indexOf(PieceTokenizer.piece(value));
            require(id >= 0, "has no piece for the byte " + PieceTokenizer.piece(value));
            types.set(id, BYTE);
        }
        int unknown = tokens.indexOf(tokenizer.path("model").path("unk_token").asText());
        if (unknown >= 0) {
            types.set(unknown, UNKNOWN);
        }
    }

    private void put(String token, JsonNode id, int type) {
        require(
                id.isInt() && id.asInt() >= 0 && id.asInt() < tokens.size(),
                "gives token \"" + token + "\" the id " + id + ", but the model has " + tokens.size() + " tokens");
        tokens.set(id.asInt(), token);
        types.set(id.asInt(), type);
    }

    private Map<String, GgufValue> metadata() {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", GgufValue.text(pieces() ? "llama" : "gpt2"));
        metadata.put("tokenizer.ggml.pre", GgufValue.text(pieces() ? "default" : preTokenizer()));
        List<String> texts = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            texts.add(token == null ? "[PAD" + id + "]" : token);
        }
        metadata.put("tokenizer.ggml.tokens", GgufValue.texts(texts));
        if (pieces()) {
            metadata.put("tokenizer.ggml.scores", GgufValue.float32s(PieceScores.of(file, texts, types, merges())));
        }
        metadata.put("tokenizer.ggml.token_type", GgufValue.int32s(types));
        if (!pieces()) {
            metadata.put(
                    "tokenizer.ggml.merges",
                    GgufValue.texts(merges().stream()
                            .map(pair -> pair.left() + " " + pair.right())
                            .toList()));
        }
        SpecialTokens special = SpecialTokens.of(folder, texts);
        special.ids().forEach((role, id) -> metadata.put("tokenizer.ggml." + role + "_token_id", GgufValue.uint32(id)));
        metadata.put("tokenizer.ggml.add_bos_token", GgufValue.bool(special.adds(tokenizer, "bos")));
        metadata.put("tokenizer.ggml.add_eos_token", GgufValue.bool(special.adds(tokenizer, "eos")));
        metadata.put(
                "tokenizer.ggml.add_space_prefix",
                GgufValue.bool(pieces() && PieceTokenizer.spaceFirst(file, tokenizer)));
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
                "normalises text by " + normalizer + ", which GGUF cannot express");
        boolean wholeWordsFirst = tokenizer.path("model").path("ignore_merges").asBoolean();
        require(
                wholeWordsFirst == PreTokenizers.wholeWordsFirst(name),
                "has ignore_merges " + wholeWordsFirst + ", which GGUF cannot express for " + name + " tokenizers");
        return name;
    }

    private List<SentencePieceVocabulary.Pair> merges() {
        List<SentencePieceVocabulary.Pair> merges = new ArrayList<>();
        for (JsonNode merge : tokenizer.path("model").path("merges")) {
            String text = merge.asText();
            int space = text.indexOf(' ', 1);
            require(
                    merge.isArray() ? merge.size() == 2 : space > 0,
                    "holds the merge " + merge + ", expected two parts");
            merges.add(
                    merge.isArray()
                            ? new SentencePieceVocabulary.Pair(
                                    merge.path(0).asText(), merge.path(1).asText())
                            : new SentencePieceVocabulary.Pair(text.substring(0, space), text.substring(space + 1)));
        }
        return merges;
    }

    private void require(boolean holds, String reason) {
        if (!holds) {
            throw new FormatProblem(file, reason);
        }
    }
}
