package dev.septet.llm.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Files named tokenizer.json that somebody wrote to do harm, by the kind of harm. */
public final class HostileTokenizers {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private HostileTokenizers() {
        vocabularies();
        models();
        texts();
        processors();
        structures();
    }

    /** All of them, by their names. */
    public static Map<String, byte[]> all() {
        return new HostileTokenizers().files;
    }

    private void vocabularies() {
        bytes("id-of-16-million", json -> vocabulary(json).put("zz", (1 << 24) - 1));
        bytes("id-negative", json -> vocabulary(json).put("zz", -7));
        bytes("id-of-32-bits", json -> vocabulary(json).put("zz", 4294967295L));
        bytes("id-twice", json -> vocabulary(json).put("zz", 5).put("zy", 5));
        bytes("no-pieces", json -> model(json).putObject("vocab"));
        bytes("merges-of-nothing", json -> model(json).putArray("merges").add("qq ww"));
        bytes(
                "merges-empty",
                json -> model(json).putArray("merges").addArray().add("").add(""));
        bytes("merges-of-three", json -> model(json).putArray("merges").add("a b c"));
        bytes("merges-of-numbers", json -> model(json).putArray("merges").add(7));
        bytes("merges-in-a-circle", json -> {
            vocabulary(json).put("ab", 900).put("aba", 901).put("abab", 902);
            ArrayNode merges = model(json).putArray("merges");
            for (int i = 0; i < 2000; i++) {
                merges.add(i % 2 == 0 ? "a b" : "ab ab").add("ab a");
            }
        });
        bytes("dropout-above-1", json -> model(json).put("dropout", 1.5));
        bytes("unknown-missing", json -> model(json).put("unk_token", "<none>"));
        bytes("prefix-longer-than-pieces", json -> model(json).put("continuing_subword_prefix", "\u4f60".repeat(40)));
        bytes("suffix-everywhere", json -> model(json).put("end_of_word_suffix", "</w>\u0000"));
        bytes(
                "byte-fallback-without-bytes",
                json -> model(json).put("byte_fallback", true).put("fuse_unk", true));
        bytes("added-empty", json -> added(json, 600, ""));
        bytes("added-of-a-megabyte", json -> added(json, 600, "x".repeat(1 << 20)));
        bytes("added-far-away", json -> added(json, (1 << 24) - 1, "<far>"));
        bytes("added-by-thousands", json -> {
            for (int i = 0; i < 20_000; i++) {
                added(json, 1000 + i, "<" + "a".repeat(i % 50) + i);
            }
        });
        unigram("unigram-unknown-out-of-range", json -> model(json).put("unk_id", 99_999));
        unigram("unigram-empty", json -> model(json).putArray("vocab"));
        unigram("unigram-empty-piece", json -> piece(json, "", -1));
        unigram("unigram-scores-of-infinity", json -> piece(json, "zz", -1e308));
        unigram(
                "unigram-scores-of-text",
                json -> pieces(json).addArray().add("zz").add("NaN"));
        unigram("unigram-no-scores", json -> pieces(json).addArray().add("zz"));
        unigram("unigram-no-bytes", json -> model(json).put("byte_fallback", true));
        unigram("unigram-long-pieces", json -> longPieces(json));
        unigram("unigram-without-unknown", json -> model(json).putNull("unk_id"));
    }

    private static void longPieces(ObjectNode json) {
        for (int i = 1; i <= 1500; i++) {
            piece(json, "a".repeat(i), -0.5 * i);
        }
    }

    private void models() {
        bytes("model-of-text", json -> json.put("model", "BPE"));
        bytes("model-unknown", json -> model(json).put("type", "Neural"));
        bytes("model-missing", json -> json.remove("model"));
        bytes(
                "words-without-unknown",
                json -> json.putObject("model")
                        .put("type", "WordLevel")
                        .putObject("vocab")
                        .put("a", 0));
        bytes(
                "word-pieces-endless",
                json -> json.putObject("model")
                        .put("type", "WordPiece")
                        .put("unk_token", "a")
                        .put("continuing_subword_prefix", "")
                        .put("max_input_chars_per_word", Long.MAX_VALUE)
                        .putObject("vocab")
                        .put("a", 0)
                        .put("", 1));
        bytes(
                "word-pieces-without-unknown",
                json -> json.putObject("model")
                        .put("type", "WordPiece")
                        .put("unk_token", "<none>")
                        .put("continuing_subword_prefix", "##")
                        .put("max_input_chars_per_word", 100)
                        .putObject("vocab")
                        .put("a", 0));
    }

    private void texts() {
        split("pattern-invalid", "(((");
        split("pattern-catastrophic", "(a+)+$|(a|a)*\u2603");
        split("pattern-of-spaces", "(\\s*\\s*)*x\\s+y");
        split("pattern-back-reference", "((a*)*)\\2\\1x");
        split("pattern-huge-repeat", "(a{1,90000}){1,90000}b");
        split("pattern-deep", "(".repeat(3000) + "a" + ")".repeat(3000));
        split("pattern-empty", "");
        split("pattern-look-around", "(?<=a{1,5000})(?!.*.*.*.*\u2603)");
        normalizer("replace-grows", node("Replace").put("content", "x".repeat(1 << 20)), "");
        normalizer("replace-catastrophic", node("Replace").put("content", ""), "(.*)*(.*)*\u2603$");
        bytes("prepends-by-thousands", json -> {
            ArrayNode all = json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
            for (int i = 0; i < 3000; i++) {
                all.add(node("Prepend").put("prepend", "abcdefgh".repeat(50)));
            }
        });
        bytes("doubling", json -> {
            ArrayNode all = json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
            for (int i = 0; i < 64; i++) {
                ObjectNode twice = node("Replace").put("content", "aa");
                twice.putObject("pattern").put("String", "a");
                all.add(twice);
            }
        });
        charsmap("charsmap-empty", new byte[0]);
        charsmap("charsmap-short", new byte[] {8, 0, 0, 0, 1});
        charsmap("charsmap-lies", new byte[] {-1, -1, -1, 127, 0, 0, 0, 0});
        byte[] noise = new byte[40_000];
        new Random(7).nextBytes(noise);
        noise[0] = 0;
        noise[1] = 64;
        noise[2] = 0;
        noise[3] = 0;
        charsmap("charsmap-noise", noise);
        bytes(
                "charsmap-no-base64",
                json -> json.set("normalizer", node("Precompiled").put("precompiled_charsmap", "@@@")));
        charsmap("charsmap-of-8-megabytes", new byte[8 << 20]);
        bytes(
                "metaspace-empty",
                json -> json.set("pre_tokenizer", node("Metaspace").put("replacement", "")));
        bytes(
                "metaspace-of-words",
                json -> json.set(
                        "pre_tokenizer",
                        node("Metaspace").put("replacement", "words").put("prepend_scheme", "ever")));
        bytes(
                "length-of-0",
                json -> json.set("pre_tokenizer", node("FixedLength").put("length", 0)));
        bytes(
                "delimiter-of-nothing",
                json -> json.set("pre_tokenizer", node("CharDelimiterSplit").put("delimiter", "")));
    }

    private void processors() {
        bytes("template-without-ids", json -> {
            ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
            template.putArray("single")
                    .addObject()
                    .putObject("SpecialToken")
                    .put("id", "[Z]")
                    .put("type_id", 0);
            template.putArray("pair");
            template.putObject("special_tokens");
        });
        bytes("template-without-text", json -> {
            ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
            template.putArray("single");
            template.putArray("pair");
            template.putObject("special_tokens");
        });
        bytes("template-of-a-million", json -> {
            ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
            ArrayNode single = template.putArray("single");
            template.putArray("pair");
            ObjectNode token =
                    template.putObject("special_tokens").putObject("Z").put("id", "Z");
            ArrayNode ids = token.putArray("ids");
            ArrayNode names = token.putArray("tokens");
            for (int i = 0; i < 2000; i++) {
                ids.add(i % 100);
                names.add("z");
                single.addObject().putObject("SpecialToken").put("id", "Z").put("type_id", 0);
            }
        });
        bytes("truncation-of-0", json -> truncation(json, 0, 0));
        bytes("truncation-stride", json -> truncation(json, 4, 100));
        bytes("padding-endless", json -> {
            ObjectNode padding = json.putObject("padding");
            padding.putObject("strategy").put("Fixed", 1L << 40);
            padding.put("direction", "Right").putNull("pad_to_multiple_of");
            padding.put("pad_id", 0).put("pad_type_id", 0).put("pad_token", "x");
        });
        bytes(
                "decoder-strips-all",
                json -> json.set(
                        "decoder",
                        node("Strip")
                                .put("content", "a")
                                .put("start", Long.MAX_VALUE)
                                .put("stop", Long.MAX_VALUE)));
        bytes("decoder-replaces", json -> {
            ObjectNode grows = node("Replace").put("content", "y".repeat(1 << 20));
            grows.putObject("pattern").put("Regex", "");
            json.set("decoder", grows);
        });
        bytes("decoder-unknown", json -> json.set("decoder", node("Nothing")));
    }

    private void structures() {
        bytes("version-2", json -> json.put("version", "2.0"));
        bytes("added-of-text", json -> json.put("added_tokens", "none"));
        bytes("sequences-in-sequences", json -> {
            ObjectNode inner = node("Lowercase");
            for (int i = 0; i < 25; i++) {
                ObjectNode outer = node("Sequence");
                outer.putArray("normalizers").add(inner).add(inner.deepCopy().removeAll());
                inner = outer;
            }
            json.set("normalizer", inner);
        });
        files.put("nothing", new byte[0]);
        files.put("brackets", "[".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
        files.put("objects", "{\"model\":".repeat(200_000).getBytes(StandardCharsets.UTF_8));
        files.put("no-json", new byte[] {0, 1, 2, -1, -2});
        files.put(
                "many-small-things",
                ("{\"model\":{\"vocab\":[" + "[],".repeat(20 << 20) + "[]]}}").getBytes(StandardCharsets.UTF_8));
        files.put(
                "twice-the-same-name", "{\"model\":{\"type\":\"BPE\"},\"model\":{}}".getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(String name, Consumer<ObjectNode> change) {
        put(name, "bytelevel", change);
    }

    private void unigram(String name, Consumer<ObjectNode> change) {
        put(name, "unigram", change);
    }

    private void put(String name, String fixture, Consumer<ObjectNode> change) {
        try {
            JsonNode json =
                    MAPPER.readTree(Files.readAllBytes(Fixtures.folder(fixture).resolve("tokenizer.json")));
            change.accept((ObjectNode) json);
            files.put(name, MAPPER.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void split(String name, String pattern) {
        bytes(name, json -> {
            ObjectNode split = node("Split").put("behavior", "Isolated").put("invert", false);
            split.putObject("pattern").put("Regex", pattern);
            json.set("pre_tokenizer", split);
        });
    }

    private void normalizer(String name, ObjectNode normalizer, String pattern) {
        normalizer.putObject("pattern").put("Regex", pattern);
        bytes(name, json -> json.set("normalizer", normalizer));
    }

    private void charsmap(String name, byte[] map) {
        String text = Base64.getEncoder().encodeToString(map);
        unigram(name, json -> json.set("normalizer", node("Precompiled").put("precompiled_charsmap", text)));
    }

    private static void truncation(ObjectNode json, long length, long stride) {
        json.putObject("truncation")
                .put("direction", "Right")
                .put("max_length", length)
                .put("strategy", "LongestFirst")
                .put("stride", stride);
    }

    private static ObjectNode node(String type) {
        return MAPPER.createObjectNode().put("type", type);
    }

    private static ObjectNode model(ObjectNode json) {
        return (ObjectNode) json.path("model");
    }

    private static ObjectNode vocabulary(ObjectNode json) {
        return (ObjectNode) json.path("model").path("vocab");
    }

    private static ArrayNode pieces(ObjectNode json) {
        return (ArrayNode) json.path("model").path("vocab");
    }

    private static void piece(ObjectNode json, String text, double score) {
        pieces(json).addArray().add(text).add(score);
    }

    private static void added(ObjectNode json, int id, String content) {
        json.withArray("added_tokens")
                .addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", false);
    }
}
