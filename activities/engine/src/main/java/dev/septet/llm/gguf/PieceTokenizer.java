package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.StrictJson;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The parts of tokenizer.json around SentencePiece's model: spaces become a mark, a space may be
 * prepended to every text, and text that no piece covers becomes bytes.
 */
final class PieceTokenizer {
    private PieceTokenizer() {}

    /** The piece of a byte from 0 to 255. */
    static String piece(int value) {
        return String.format(Locale.ROOT, "<0x%02X>", value);
    }

    /** The {@code normalizer}, which prepends a space to every text if requested. */
    static ObjectNode normalizer(boolean spaceFirst) {
        ObjectNode replace = StrictJson.MAPPER.createObjectNode().put("type", "Replace");
        replace.putObject("pattern").put("String", " ");
        replace.put("content", SentencePieceVocabulary.SPACE);
        if (!spaceFirst) {
            return replace;
        }
        ObjectNode sequence = StrictJson.MAPPER.createObjectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("normalizers");
        steps.addObject().put("type", "Prepend").put("prepend", SentencePieceVocabulary.SPACE);
        steps.add(replace);
        return sequence;
    }

    static ObjectNode decoder(boolean spaceFirst) {
        ObjectNode sequence = StrictJson.MAPPER.createObjectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("decoders");
        ObjectNode replace = steps.addObject().put("type", "Replace");
        replace.putObject("pattern").put("String", SentencePieceVocabulary.SPACE);
        replace.put("content", " ");
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        if (spaceFirst) {
            steps.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        return sequence;
    }

    /**
     * Whether a tokenizer prepends a space to every text.
     *
     * @throws FormatProblem when it splits or changes texts in a way that GGUF cannot express
     */
    static boolean spaceFirst(Path file, ObjectNode tokenizer) {
        JsonNode normalizer = tokenizer.path("normalizer");
        JsonNode cut = tokenizer.path("pre_tokenizer");
        if (cut.path("type").asText().equals("Metaspace") && absent(normalizer)) {
            String scheme = cut.path("prepend_scheme").asText("always");
            boolean marks = cut.path("replacement").asText().equals(SentencePieceVocabulary.SPACE);
            if (marks && !cut.path("split").asBoolean(true) && !scheme.equals("first")) {
                return scheme.equals("always");
            }
            throw new FormatProblem(file, "marks spaces by " + cut + ", which GGUF cannot express");
        }
        boolean whole = absent(cut)
                || (cut.path("type").asText().equals("Split")
                        && cut.path("pattern").path("String").asText().equals(" "));
        for (boolean first : new boolean[] {false, true}) {
            if (whole && normalizer.equals(normalizer(first))) {
                return first;
            }
        }
        throw new FormatProblem(
                file,
                "normalises text by "
                        + normalizer
                        + " and cuts it by "
                        + cut
                        + ", which GGUF cannot express for SentencePiece");
    }

    private static boolean absent(JsonNode node) {
        return node.isNull() || node.isMissingNode();
    }
}
