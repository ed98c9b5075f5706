package dev.septet.examples.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the tokenizer files that Hugging Face libraries and llama.cpp's converter read. */
public final class TokenizerJson {
    /** Ends a document; also used as padding. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    /** Begins a turn. */
    public static final String TURN_START = "<|im_start|>";

    /** Ends a turn. */
    public static final String TURN_END = "<|im_end|>";

    /** Control tokens, with the ids 0, 1 and 2. */
    public static final List<String> CONTROL = List.of(END_OF_TEXT, TURN_START, TURN_END);

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String TEMPLATE = "{% for message in messages %}"
            + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
            + "{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private TokenizerJson() {}

    /** Number of tokens of a vocabulary with these merges. */
    public static int vocabularySize(List<BytePairs.Merge> merges) {
        return CONTROL.size() + 256 + merges.size();
    }

    /** Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json. */
    public static void write(Path folder, List<BytePairs.Merge> merges, int maxPositions) throws IOException {
        Files.createDirectories(folder);
        writeJson(folder.resolve("tokenizer.json"), tokenizer(merges));
        writeJson(folder.resolve("tokenizer_config.json"), config(maxPositions));
        ObjectNode roles = JSON.objectNode();
        putRoles(roles);
        writeJson(folder.resolve("special_tokens_map.json"), roles);
    }

    private static ObjectNode tokenizer(List<BytePairs.Merge> merges) {
        ObjectNode root = JSON.objectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (int id = 0; id < CONTROL.size(); id++) {
            added.add(JSON.objectNode()
                    .put("id", id)
                    .put("content", CONTROL.get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true));
        }
        root.putNull("normalizer");
        root.set("pre_tokenizer", byteLevel());
        root.putNull("post_processor");
        root.set("decoder", byteLevel());
        root.set("model", model(merges));
        return root;
    }

    private static ObjectNode byteLevel() {
        return JSON.objectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static ObjectNode model(List<BytePairs.Merge> merges) {
        ObjectNode model = JSON.objectNode().put("type", "BPE").putNull("dropout");
        model.putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false)
                .put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        CONTROL.forEach(token -> vocabulary.put(token, vocabulary.size()));
        ByteAlphabet.sorted().forEach(letter -> vocabulary.put(letter, vocabulary.size()));
        merges.forEach(merge -> vocabulary.put(merge.joined(), vocabulary.size()));
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(merge -> pairs.add(merge.left() + " " + merge.right()));
        return model;
    }

    private static ObjectNode config(int maxPositions) {
        ObjectNode config = JSON.objectNode();
        putRoles(config);
        return config.put("add_bos_token", false)
                .put("add_prefix_space", false)
                .put("clean_up_tokenization_spaces", false)
                .put("model_max_length", maxPositions)
                .put("tokenizer_class", "GPT2Tokenizer")
                .put("chat_template", TEMPLATE);
    }

    private static void putRoles(ObjectNode node) {
        node.put("bos_token", END_OF_TEXT)
                .put("eos_token", TURN_END)
                .put("pad_token", END_OF_TEXT)
                .put("unk_token", END_OF_TEXT);
    }

    private static void writeJson(Path file, JsonNode json) throws IOException {
        String text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json);
        Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
    }
}
