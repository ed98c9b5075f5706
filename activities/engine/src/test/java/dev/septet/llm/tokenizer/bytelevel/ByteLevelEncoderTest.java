package dev.septet.llm.tokenizer.bytelevel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.tokenizer.Fixtures;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoder gives the ids of the tokenizers library, or leaves a file or a text to it. */
class ByteLevelEncoderTest {
    private static final String FIRST_OF_UNICODE_14 = "\u061d";

    @ParameterizedTest
    @CsvSource({
        "gpt-2, false, false",
        "smollm, false, false",
        "llama-bpe, false, true",
        "llama-bpe, true, false",
        "qwen2, true, false",
        "gpt-2, true, true"
    })
    void encodesNastyTextsAsTheLibraryDoes(String preTokenizer, boolean nfc, boolean ignoreMerges) {
        try (RandomTokenizer library = new RandomTokenizer(numbered(preTokenizer, nfc, ignoreMerges))) {
            ByteLevelEncoder encoder = encoder(library);
            NastyText texts = new NastyText(7);
            for (int i = 0; i < 1200; i++) {
                same(encoder, library, texts.text(1 + i % 60));
            }
            for (String unit :
                    List.of("a", "ab", "1", " ", "\n", " \n", "'", "!", "\u00e9", "e\u0301", "\ud83d\ude00", "\0")) {
                same(encoder, library, unit.repeat(3000));
                same(encoder, library, unit.repeat(300) + "b");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe"})
    void knowsTheClassOfManyCharacters(String preTokenizer) {
        everyCharacter(preTokenizer, 23);
    }

    @Tag("nightly")
    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2"})
    void knowsTheClassOfEveryCharacter(String preTokenizer) {
        everyCharacter(preTokenizer, 1);
    }

    /**
     * @param step one of how many characters beyond U+3000 to use
     */
    private static void everyCharacter(String preTokenizer, int step) {
        try (RandomTokenizer library = new RandomTokenizer(numbered(preTokenizer, false, false))) {
            ByteLevelEncoder encoder = encoder(library);
            StringBuilder text = new StringBuilder();
            for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x3000 ? 1 : step) {
                if (CharacterClass.of(point) == CharacterClass.UNKNOWN) {
                    continue;
                }
                String one = Character.toString(point);
                text.append("a")
                        .append(one)
                        .append("a'")
                        .append(one)
                        .append(" ")
                        .append(one)
                        .append("1");
                text.append(one).append(one).append("(").append(one).append("\n");
                if (text.length() > 20_000) {
                    same(encoder, library, text.toString());
                    text.setLength(0);
                }
            }
            same(encoder, library, text.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "cuts"})
    void readsTheFilesOfTheLibrary(String name) throws Exception {
        ObjectNode json = (ObjectNode) new JsonMapper()
                .readTree(
                        name.equals("cuts")
                                ? Tiny.resource("cuts/tokenizer.json").toFile()
                                : Fixtures.folder(name)
                                        .resolve("tokenizer.json")
                                        .toFile());
        if (name.equals("cuts")) {
            json.set("pre_tokenizer", PreTokenizers.json(Path.of("tokenizer.json"), "qwen2"));
        }
        try (RandomTokenizer library = new RandomTokenizer(json)) {
            NastyText texts = new NastyText(8);
            for (int i = 0; i < 300; i++) {
                same(encoder(library), library, texts.text(50));
            }
        }
    }

    @Test
    void leavesTextsToTheLibraryThatItDoesNotKnow() {
        try (RandomTokenizer library = new RandomTokenizer(numbered("llama-bpe", false, false))) {
            ByteLevelEncoder encoder = encoder(library);
            for (String text : List.of(FIRST_OF_UNICODE_14, "it'\u017f", "\uffff", "\ud800", "\ud83d\ude00\udc00")) {
                assertThat(encoder.encode("so " + text + " it is")).isNull();
            }
            assertThat(encoder.encode("a".repeat((1 << 20) + 1))).isNull();
            assertThat(encoder.encode("")).isEmpty();
        }
    }

    @Test
    void leavesTextsToTheLibraryThatHaveAByteWithoutAToken() {
        ObjectNode json = numbered("smollm", false, false);
        ObjectNode vocabulary = (ObjectNode) model(json).path("vocab");
        for (int unused : new int[] {0x01, 0xF1}) {
            vocabulary.remove(ByteLevelJson.word(new byte[] {(byte) unused}));
        }
        model(json).putArray("merges");
        try (RandomTokenizer library = new RandomTokenizer(json)) {
            json.path("added_tokens")
                    .forEach(token -> ((ObjectNode) token)
                            .put("id", library.encode(token.path("content").asText())[0]));
            ByteLevelEncoder encoder = encoder(library);
            same(encoder, library, "a \ud83d\ude00 b");
            assertThat(encoder.encode("a \u0001 b")).isNull();
            assertThat(encoder.encode(Character.toString(0x50000))).isNull();
        }
    }

    @Test
    void givesThreadsTheSameIds() throws Exception {
        try (RandomTokenizer library = new RandomTokenizer(numbered("gpt-2", false, false))) {
            ByteLevelEncoder encoder = encoder(library);
            List<String> texts = new ArrayList<>();
            NastyText nasty = new NastyText(9);
            for (int i = 0; i < 200; i++) {
                texts.add(nasty.text(50));
            }
            List<int[]> expected = texts.stream().map(library::encode).toList();
            ExecutorService pool = Executors.newFixedThreadPool(4);
            try {
                List<Future<List<int[]>>> results = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    results.add(pool.submit(
                            () -> texts.stream().map(encoder::encode).toList()));
                }
                for (Future<List<int[]>> result : results) {
                    assertThat(result.get()).usingRecursiveComparison().isEqualTo(expected);
                }
            } finally {
                pool.shutdown();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> leavesFilesToTheLibraryThatItDoesNotKnow() {
        Map<String, Consumer<ObjectNode>> changes = new LinkedHashMap<>();
        changes.put("dropout", json -> model(json).put("dropout", 0.1));
        changes.put("no dropout, written as a number", json -> model(json).put("dropout", 0.0));
        changes.put("prefix", json -> model(json).put("continuing_subword_prefix", "##"));
        changes.put("suffix", json -> model(json).put("end_of_word_suffix", "</w>"));
        changes.put("setting of the model", json -> model(json).put("new_setting", false));
        changes.put("type", json -> model(json).put("type", "WordPiece"));
        changes.put("no type", json -> model(json).remove("type"));
        changes.put("no tokens", json -> model(json).putObject("vocab"));
        changes.put("an id twice", json -> ((ObjectNode) model(json).path("vocab")).put("zzz", 3));
        changes.put("a negative id", json -> ((ObjectNode) model(json).path("vocab")).put("zzz", -3));
        changes.put(
                "merge of nothing",
                json -> model(json).withArray("merges").addArray().add("").add("a"));
        changes.put("merge of three", json -> model(json).withArray("merges").add("a b c"));
        changes.put("normalizer", json -> json.putObject("normalizer").put("type", "NFKC"));
        changes.put(
                "normalizer with a setting",
                json -> json.putObject("normalizer").put("type", "NFC").put("x", 1));
        changes.put("no pre-tokenizer", json -> json.putNull("pre_tokenizer"));
        changes.put("prefix space", json -> splitter(json, 1).put("add_prefix_space", true));
        changes.put("behavior", json -> splitter(json, 0).put("behavior", "MergedWithNext"));
        changes.put("inverted", json -> splitter(json, 0).put("invert", true));
        changes.put("expression", json -> splitter(json, 0).putObject("pattern").put("Regex", "\\p{L}+"));
        changes.put(
                "plain pattern", json -> splitter(json, 0).putObject("pattern").put("String", " "));
        changes.put(
                "default rule",
                json -> json.set("pre_tokenizer", PreTokenizers.json(Path.of("tokenizer.json"), "default")));
        for (String setting : List.of("lstrip", "rstrip", "single_word")) {
            changes.put(setting, json -> added(json).put(setting, true));
        }
        changes.put(
                "added token twice",
                json -> json.withArray("added_tokens").add(added(json).deepCopy()));
        changes.put("added token without normalized", json -> added(json).remove("normalized"));
        changes.put("added token not in NFC", json -> {
            json.putObject("normalizer").put("type", "NFC");
            added(json).put("content", "e\u0301").put("normalized", true);
        });
        Function<String, int[]> never = text -> new int[0];
        return changes.entrySet().stream()
                .map(change -> DynamicTest.dynamicTest(change.getKey(), () -> {
                    ObjectNode json = RandomTokenizer.json("llama-bpe", false, false);
                    assertThat(new ByteLevelJson(json).encoder()).isNotNull();
                    change.getValue().accept(json);
                    assertThat(new ByteLevelJson(json).encoder()).isNull();
                    assertThat(ByteLevelEncoder.of(json, never)).isNull();
                }));
    }

    @Test
    void leavesAFileToTheLibraryWhoseAddedTokensHaveOtherIdsThere() {
        ObjectNode json = RandomTokenizer.json("gpt-2", false, false);
        try (RandomTokenizer library = new RandomTokenizer(json)) {
            assertThat(library.encode("<think>")).hasSize(1).doesNotContain(100_002);
            assertThat(ByteLevelEncoder.of(json, library::encode)).isNull();
        }
    }

    private static void same(ByteLevelEncoder encoder, RandomTokenizer library, String text) {
        int[] ids = encoder.encode(text);
        if (ids == null && library.json().path("normalizer").isObject()) {
            assertThat(Normalizer.isNormalized(text, Normalizer.Form.NFC)).isFalse();
            return;
        }
        sameSpans(encoder, library, text);
        int[] expected = library.encode(text);
        // From the cache.
        int[] again = encoder.encode(text);
        if (!Arrays.equals(ids, expected) || !Arrays.equals(again, expected)) {
            String printable = text.chars()
                    .mapToObj(unit ->
                            unit > ' ' && unit < 127 ? "" + (char) unit : String.format(Locale.ROOT, "\\u%04x", unit))
                    .collect(Collectors.joining());
            assertThat(ids).as(printable).isEqualTo(expected);
            assertThat(again).as(printable).isEqualTo(expected);
        }
    }

    private static void sameSpans(ByteLevelEncoder encoder, RandomTokenizer library, String text) {
        if (text.length() > 5000) {
            return; // the library's objects take a hundred times the memory of the text
        }
        ByteLevelEncoder.Spans spans = Objects.requireNonNull(encoder.spans(text));
        ByteLevelEncoder.Spans expected = library.spans(text);
        if (!spans.same(expected)) {
            assertThat(spans).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    @Test
    void leavesTheSpansToTheLibraryWhereAPostProcessorCutsThem() {
        ObjectNode json = numbered("gpt-2", false, false);
        ObjectNode bytes = json.putObject("post_processor").put("type", "ByteLevel");
        bytes.put("add_prefix_space", true).put("use_regex", true).put("trim_offsets", true);
        try (RandomTokenizer library = new RandomTokenizer(json)) {
            assertThat(encoder(library).encode("a  b")).isEqualTo(library.encode("a  b"));
            assertThat(encoder(library).spans("a  b")).isNull();
        }
        bytes.put("trim_offsets", false);
        try (RandomTokenizer library = new RandomTokenizer(json)) {
            assertThat(encoder(library).agreesOnSpans(library::spans)).isTrue();
        }
    }

    private static ByteLevelEncoder encoder(RandomTokenizer library) {
        return Objects.requireNonNull(ByteLevelEncoder.of(library.json(), library::encode));
    }

    /** A file with the ids that the library gives added tokens: one by one after the vocabulary. */
    private static ObjectNode numbered(String preTokenizer, boolean nfc, boolean ignoreMerges) {
        ObjectNode json = RandomTokenizer.json(preTokenizer, nfc, ignoreMerges);
        try (RandomTokenizer library = new RandomTokenizer(json)) {
            json.path("added_tokens")
                    .forEach(token -> ((ObjectNode) token)
                            .put("id", library.encode(token.path("content").asText())[0]));
        }
        return json;
    }

    private static ObjectNode model(ObjectNode json) {
        return (ObjectNode) json.path("model");
    }

    private static ObjectNode splitter(ObjectNode json, int number) {
        return (ObjectNode) json.path("pre_tokenizer").path("pretokenizers").path(number);
    }

    private static ObjectNode added(ObjectNode json) {
        return (ObjectNode) json.path("added_tokens").path(0);
    }
}
