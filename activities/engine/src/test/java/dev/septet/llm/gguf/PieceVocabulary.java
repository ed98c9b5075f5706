package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.runtime.CounterRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer.json of SentencePiece's kind whose pieces and scores are drawn at random, so that
 * pieces compete for the same letters: most of its 320 tokens are joined from a handful of letters.
 */
record PieceVocabulary(ObjectNode tokenizer) {
    static final int TOKENS = 320;
    static final String CONTROL = "<|turn|>";
    static final String USER = "\n\n";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String LETTERS = "\u2581aeé東";
    private static final List<String> SPECIAL = List.of("<unk>", "<s>", "</s>", CONTROL);

    /**
     * @param seed of pieces and scores
     * @param spaceFirst whether a space is put before every text
     */
    static PieceVocabulary of(long seed, boolean spaceFirst) {
        List<String> pieces = pieces(seed);
        Map<String, Float> scores = new HashMap<>();
        int[] order = CounterRandom.stream(seed, "scores").permutation(pieces.size());
        for (int i = 0; i < order.length; i++) {
            scores.put(pieces.get(i), (float) -order[i]);
        }
        ObjectNode tokenizer = MAPPER.createObjectNode().put("version", "1.0");
        ObjectNode model = tokenizer.putObject("model");
        model.put("type", "BPE").put("unk_token", "<unk>").put("fuse_unk", true);
        model.put("byte_fallback", true).put("ignore_merges", false);
        ObjectNode ids = model.putObject("vocab");
        ArrayNode added = tokenizer.putArray("added_tokens");
        for (String token : SPECIAL) {
            add(added, token, ids.size(), true);
            ids.put(token, ids.size());
        }
        add(added, USER, ids.size(), false);
        ids.put(USER, ids.size());
        for (int value = 0; value < 256; value++) {
            ids.put(PieceTokenizer.piece(value), ids.size());
        }
        pieces.forEach(piece -> ids.put(piece, ids.size()));
        ArrayNode merges = model.putArray("merges");
        SentencePieceVocabulary.merges(scores)
                .forEach(pair -> merges.addArray().add(pair.left()).add(pair.right()));
        tokenizer.set("normalizer", PieceTokenizer.normalizer(spaceFirst));
        tokenizer.putNull("pre_tokenizer");
        tokenizer.set("decoder", PieceTokenizer.decoder(spaceFirst));
        ObjectNode ends = tokenizer.putObject("post_processor").put("type", "TemplateProcessing");
        for (String name : List.of("single", "pair")) {
            ArrayNode parts = ends.putArray(name);
            parts.addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
            parts.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        }
        ((ArrayNode) ends.path("pair"))
                .addObject()
                .putObject("Sequence")
                .put("id", "B")
                .put("type_id", 1);
        ObjectNode start = ends.putObject("special_tokens").putObject("<s>").put("id", "<s>");
        start.putArray("ids").add(SPECIAL.indexOf("<s>"));
        start.putArray("tokens").add("<s>");
        return new PieceVocabulary(tokenizer);
    }

    /** The letters, and pieces that each are two others joined. */
    private static List<String> pieces(long seed) {
        CounterRandom random = CounterRandom.stream(seed, "pieces");
        List<String> pieces = new ArrayList<>(List.of(LETTERS.split("")));
        for (int draw = 0; pieces.size() < TOKENS - 256 - SPECIAL.size() - 1; draw++) {
            String joined = pieces.get(random.below(pieces.size(), 2L * draw))
                    + pieces.get(random.below(pieces.size(), 2L * draw + 1));
            if (joined.length() < 8 && !pieces.contains(joined)) {
                pieces.add(joined);
            }
        }
        return pieces;
    }

    private static void add(ArrayNode added, String token, int id, boolean special) {
        ObjectNode node = added.addObject().put("id", id).put("content", token);
        node.put("single_word", false).put("lstrip", false).put("rstrip", false);
        node.put("normalized", false).put("special", special);
    }

    /** Texts of its letters, spaces and special tokens, and some letters that are no pieces. */
    static List<String> texts(long seed) {
        CounterRandom random = CounterRandom.stream(seed, "texts");
        String[] parts = {"a", "e", "é", "東", " ", "a", "e", " ", "x", "👍🏽", "\n", USER, CONTROL};
        List<String> texts = new ArrayList<>(List.of("", " ", "  a", "a ", "\u2581a", "</s>a"));
        for (int text = 0; text < 40; text++) {
            StringBuilder drawn = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                drawn.append(parts[random.below(parts.length, 30L * text + i)]);
            }
            texts.add(drawn.toString());
        }
        return texts;
    }
}
