package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.tokenizer.bytelevel.PreTokenizers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A GGUF file's tokens as the parts of tokenizer.json that describe tokenization. */
final class GgufTokens {
    private static final String PIECES = "llama";
    private static final String BYTE_LEVEL = "gpt2";

    private final GgufFile gguf;
    private final boolean pieces;
    private final List<String> tokens;
    private final List<Long> types;

    private GgufTokens(GgufFile gguf, boolean pieces, List<String> tokens, List<Long> types) {
        this.gguf = gguf;
        this.pieces = pieces;
        this.tokens = tokens;
        this.types = types;
    }

    static GgufTokens of(GgufFile gguf) {
        String model = gguf.requiredText("tokenizer.ggml.model");
        if (!model.equals(BYTE_LEVEL) && !model.equals(PIECES)) {
            throw new FormatProblem(
                    gguf.file(),
                    "has a tokenizer of kind "
                            + model
                            + "; supported are byte-level BPE (gpt2) and SentencePiece's"
                            + " (llama)");
        }
        List<String> tokens = gguf.requiredList("tokenizer.ggml.tokens", String.class);
        List<Long> types = gguf.requiredList("tokenizer.ggml.token_type", Long.class);
        if (types.size() != tokens.size()) {
            throw new FormatProblem(
                    gguf.file(), "has " + tokens.size() + " tokens but " + types.size() + " token types");
        }
        return new GgufTokens(gguf, model.equals(PIECES), tokens, types);
    }

    int size() {
        return tokens.size();
    }

    String text(int id) {
        return tokens.get(id);
    }

    /** Whether a space is prepended to every text. */
    boolean spaceFirst() {
        return pieces && gguf.flag("tokenizer.ggml.add_space_prefix").orElse(true);
    }

    /** Whether texts begin with the bos token when the file does not declare it. */
    boolean startsTexts() {
        return pieces;
    }

    /** Writes the added tokens, which are matched in a text before pre-tokenization. */
    void added(ArrayNode added) {
        for (int id = 0; id < tokens.size(); id++) {
            long type = types.get(id);
            boolean control = type == GgufVocabulary.CONTROL || (pieces && type == GgufVocabulary.UNKNOWN);
            if (control || type == GgufVocabulary.USER_DEFINED) {
                ObjectNode node = added.addObject().put("id", id).put("content", tokens.get(id));
                node.put("single_word", false).put("lstrip", false).put("rstrip", false);
                node.put("normalized", false).put("special", control);
            }
        }
    }

    /** Writes {@code normalizer} and {@code pre_tokenizer}. */
    void cuts(ObjectNode json) {
        if (pieces) {
            json.set("normalizer", PieceTokenizer.normalizer(spaceFirst()));
            json.putNull("pre_tokenizer");
            return;
        }
        if (cut().equals("qwen2")) {
            json.putObject("normalizer").put("type", "NFC");
        } else {
            json.putNull("normalizer");
        }
        json.set("pre_tokenizer", PreTokenizers.json(gguf.file(), cut()));
    }

    /** The post-processor when no special tokens are added around texts. */
    JsonNode postProcessor() {
        return pieces ? NullNode.getInstance() : PreTokenizers.byteLevel(StrictJson.MAPPER.createObjectNode(), true);
    }

    ObjectNode decoder() {
        return pieces
                ? PieceTokenizer.decoder(spaceFirst())
                : PreTokenizers.byteLevel(StrictJson.MAPPER.createObjectNode(), true);
    }

    /**
     * Writes the {@code model}.
     *
     * @param unknown token for text that no other token covers; null without one
     */
    void model(ObjectNode model, @Nullable String unknown) {
        model.put("type", "BPE").putNull("dropout").put("unk_token", pieces ? unknown : null);
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", pieces).put("byte_fallback", pieces);
        model.put("ignore_merges", !pieces && PreTokenizers.wholeWordsFirst(cut()));
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocabulary.put(tokens.get(id), id);
        }
        if (vocabulary.size() < tokens.size()) {
            throw new FormatProblem(gguf.file(), "has two tokens with the same text");
        }
        ArrayNode merges = model.putArray("merges");
        if (pieces) {
            Map<String, Float> scores = scores();
            Optional<SentencePieceVocabulary.Pair> tied = SentencePieceVocabulary.tied(scores);
            if (tied.isPresent()) {
                throw new FormatProblem(
                        gguf.file(),
                        "gives the pieces \""
                                + tied.get().left()
                                + "\" and \""
                                + tied.get().right()
                                + "\" the same score, and tokenizer.json cannot express which is merged"
                                + " first; use the model's original folder instead");
            }
            SentencePieceVocabulary.merges(scores)
                    .forEach(p -> merges.addArray().add(p.left()).add(p.right()));
            return;
        }
        for (String merge : gguf.requiredList("tokenizer.ggml.merges", String.class)) {
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new FormatProblem(gguf.file(), "holds the merge \"" + merge + "\", expected two parts");
            }
            merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
    }

    /** Scores of the pieces that merges may produce. */
    private Map<String, Float> scores() {
        List<Double> all = gguf.requiredList("tokenizer.ggml.scores", Double.class);
        if (all.size() != tokens.size()) {
            throw new FormatProblem(gguf.file(), "has " + tokens.size() + " tokens but " + all.size() + " scores");
        }
        Map<String, Float> scores = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (types.get(id) == GgufVocabulary.NORMAL) {
                scores.put(tokens.get(id), all.get(id).floatValue());
            }
        }
        return scores;
    }

    private String cut() {
        return gguf.text("tokenizer.ggml.pre").orElse("default");
    }
}
