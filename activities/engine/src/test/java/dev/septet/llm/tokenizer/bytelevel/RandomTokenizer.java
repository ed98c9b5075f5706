package dev.septet.llm.tokenizer.bytelevel;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A byte-level tokenizer.json with merges in a random order, and the library's tokenizer of it. */
final class RandomTokenizer implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MERGES = 4000;

    private final ObjectNode json;
    private final HuggingFaceTokenizer library;

    RandomTokenizer(ObjectNode json) {
        this.json = json;
        try {
            library = HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(MAPPER.writeValueAsBytes(json)),
                    Map.of("truncation", "do_not_truncate", "padding", "do_not_pad"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ObjectNode json() {
        return json;
    }

    /** The library's ids and spans of a text. */
    ByteLevelEncoder.Spans spans(String text) {
        Encoding encoding = library.encode(text, false, false);
        CharSpan[] spans = encoding.getCharTokenSpans();
        int[] ids = new int[spans.length];
        int[] starts = new int[spans.length];
        int[] ends = new int[spans.length];
        int codePoint = 0;
        int at = 0;
        for (int i = 0; i < spans.length; i++) {
            ids[i] = Math.toIntExact(encoding.getIds()[i]);
            at = text.offsetByCodePoints(at, spans[i].getStart() - codePoint);
            codePoint = spans[i].getStart();
            starts[i] = at;
            ends[i] = text.offsetByCodePoints(at, spans[i].getEnd() - codePoint);
        }
        return new ByteLevelEncoder.Spans(ids, starts, ends);
    }

    /** The library's ids of a text. */
    int[] encode(String text) {
        // Only the ids: the library's objects take far longer than its work.
        long encoding = TokenizersLibrary.LIB.encode(library.getHandle(), text, false);
        long[] wide = TokenizersLibrary.LIB.getTokenIds(encoding);
        TokenizersLibrary.LIB.deleteEncoding(encoding);
        int[] ids = new int[wide.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) wide[i];
        }
        return ids;
    }

    @Override
    public void close() {
        library.close();
    }

    /**
     * A tokenizer.json. The merges join random neighbours in nasty texts, so they overlap in every way and cross all cuts.
     *
     * @param preTokenizer a name of {@link PreTokenizers}
     */
    static ObjectNode json(String preTokenizer, boolean nfc, boolean ignoreMerges) {
        ObjectNode json = MAPPER.createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding");
        added(json);
        if (nfc) {
            json.putObject("normalizer").put("type", "NFC");
        } else {
            json.putNull("normalizer");
        }
        json.set("pre_tokenizer", PreTokenizers.json(Path.of("tokenizer.json"), preTokenizer));
        json.putNull("post_processor").putNull("decoder");
        ObjectNode model = json.putObject("model").put("type", "BPE").putNull("dropout");
        model.putNull("unk_token").putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", ignoreMerges);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int value = 0; value < 256; value++) {
            vocabulary.put(ByteLevelJson.word(new byte[] {(byte) value}), vocabulary.size());
        }
        merges(vocabulary, model.putArray("merges"));
        for (String word : List.of(" word", "WORDS", "123", "\n\n", "\u4f60\u597d", "'re", " (", "abcdabcd")) {
            String piece = ByteLevelJson.word(word.getBytes(StandardCharsets.UTF_8));
            if (!vocabulary.has(piece)) {
                vocabulary.put(piece, vocabulary.size());
            }
        }
        return json;
    }

    private static void added(ObjectNode json) {
        ArrayNode added = json.putArray("added_tokens");
        for (String text : NastyText.ADDED) {
            added.addObject()
                    .put("id", 100_000 + added.size())
                    .put("content", text)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", text.equals("<think>") || text.equals("\u00e9"))
                    .put("special", text.startsWith("<|"));
        }
    }

    private static void merges(ObjectNode vocabulary, ArrayNode merges) {
        Random random = new Random(5);
        List<String> pieces = new ArrayList<>();
        NastyText texts = new NastyText(6);
        while (merges.size() < MERGES) {
            if (pieces.size() < 2 || random.nextInt(40) == 0) {
                pieces.clear();
                for (byte one : texts.text(40).getBytes(StandardCharsets.UTF_8)) {
                    pieces.add(ByteLevelJson.word(new byte[] {one}));
                }
            }
            int at = random.nextInt(pieces.size() - 1);
            String both = pieces.get(at) + pieces.get(at + 1);
            if (both.length() <= 12) {
                merges.addArray().add(pieces.get(at)).add(pieces.get(at + 1));
                if (!vocabulary.has(both)) {
                    vocabulary.put(both, vocabulary.size());
                }
                pieces.set(at, both);
                pieces.remove(at + 1);
            } else {
                pieces.clear();
            }
        }
    }
}
