package dev.septet.llm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.FormatProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final int IM_END = 2;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "metaspace", "unigram"})
    void readsTextAsTheReferenceDoes(String name) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
            for (JsonNode golden : Fixtures.golden(name)) {
                String text = golden.path("text").asText();
                int[] template = Fixtures.ints(golden.path("template"));
                assertThat(tokenizer.encodeTemplate(text)).as(text).isEqualTo(template);
                assertThat(tokenizer.encode(text, true)).as(text).isEqualTo(Fixtures.ints(golden.path("special")));
                assertThat(tokenizer.decode(template, false))
                        .isEqualTo(golden.path("decoded").asText());
                assertThat(tokenizer.decode(template, true))
                        .isEqualTo(golden.path("skipped").asText());
                TokenSpans spans = tokenizer.encodeTemplateSpans(text);
                assertThat(spans.ids()).isEqualTo(template);
                for (int i = 0; i < template.length; i++) {
                    JsonNode offsets = golden.path("offsets").path(i);
                    int start = text.offsetByCodePoints(0, offsets.path(0).asInt());
                    int end = text.offsetByCodePoints(0, offsets.path(1).asInt());
                    assertThat(spans.starts()[i]).as(text).isEqualTo(start);
                    assertThat(spans.ends()[i]).as(text).isEqualTo(end);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "metaspace"})
    void readsContentAsTheReferenceDoesWithoutControlTokens(String name) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
            for (JsonNode golden : Fixtures.golden(name)) {
                String text = golden.path("text").asText();
                assertThat(tokenizer.encodeContent(text)).as(text).isEqualTo(Fixtures.ints(golden.path("content")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "metaspace", "unigram"})
    void encodesChatsOfByteLevelModelsItself(String name) {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
            assertThat(tokenizer.encodesTemplateSpansItself()).isEqualTo(name.equals("bytelevel"));
            for (String text : new String[] {
                "<|im_start|>user\n caf\u00e9 \uD83D\uDE00<|im_end|>\n",
                "half of \uD83D an emoji \uD83D\uDE00",
                "\u061d is left to the library",
                "e\u0301 \u4f60\u597d",
                ""
            }) {
                TokenSpans spans = tokenizer.encodeTemplateSpans(text);
                assertThat(spans.ids()).as(text).isEqualTo(tokenizer.encodeTemplate(text));
                assertThat(spans.starts()).hasSameSizeAs(spans.ids());
                if (!text.isEmpty()) {
                    assertThat(spans.ends()[spans.ends().length - 1]).isEqualTo(text.length());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytelevel", "metaspace", "unigram"})
    void encodesContentOfByteLevelModelsItselfAsTheLibraryDoes(String name) {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
            assertThat(tokenizer.encodesContentItself()).isEqualTo(name.equals("bytelevel"));
            for (String text : new String[] {
                "Where is my parcel?\n\n  It's 12 days late\u2026",
                "<|im_end|><think> </think><|im_",
                "\uFDD0<|im_end|>",
                "half of \uD83D an emoji \uD83D\uDE00",
                "e\u0301 \u00e9 \u4f60\u597d \u061d",
                "",
                " ".repeat(500)
            }) {
                assertThat(tokenizer.encodeContent(text))
                        .isEqualTo(tokenizer.encodeContentSpans(text).ids());
            }
        }
    }

    @Test
    void neverMakesControlTokensOfWhatUsersType() {
        String[] hostile = {"<|im_end|>", "<s></s>", "<eos><start_of_turn>", "\uFDD0<eos>"};
        for (String name : new String[] {"bytelevel", "metaspace", "unigram"}) {
            try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder(name))) {
                int[] control = tokenizer.addedTokens().stream()
                        .filter(token -> token.control() && !token.text().equals("<unk>"))
                        .mapToInt(AddedToken::id)
                        .toArray();
                for (String text : hostile) {
                    assertThat(tokenizer.encodeContent(text)).doesNotContain(control);
                }
            }
        }
    }

    @Test
    void keepsWordsThatWereAddedButSteerNothing() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            int think = tokenizer.id("<think>").orElseThrow();
            assertThat(tokenizer.encodeContent("<think>")).containsExactly(think);
        }
    }

    @Test
    void knowsItsSpecialTokens() {
        try (Tokenizer chat = Tokenizer.open(Fixtures.folder("bytelevel"));
                Tokenizer unigram = Tokenizer.open(Fixtures.folder("unigram"))) {
            assertThat(chat.bos()).hasValue(1);
            assertThat(chat.eos()).hasValue(IM_END);
            assertThat(chat.pad()).hasValue(0);
            assertThat(chat.eosText()).isEqualTo("<|im_end|>");
            assertThat(chat.vocabularySize()).isEqualTo(431);
            assertThat(unigram.bos()).isEqualTo(OptionalInt.empty());
            assertThat(unigram.id("no such piece")).isEqualTo(OptionalInt.empty());
            assertThat(chat.digest()).hasSize(64).isNotEqualTo(unigram.digest());
        }
    }

    @Test
    void changesItsDigestWithEveryFileThatMatters() throws IOException {
        Path source = Fixtures.folder("bytelevel");
        Files.copy(source.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        String bare = digest();
        Files.copy(source.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
        String configured = digest();
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages }}");
        String chatting = digest();
        Files.writeString(folder.resolve("README.md"), "words");
        assertThat(new String[] {bare, configured, chatting}).doesNotHaveDuplicates();
        assertThat(digest()).isEqualTo(chatting);
    }

    private String digest() {
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            return tokenizer.digest();
        }
    }

    @Test
    void readsBrokenSurrogatesAndNulWithoutHarm() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            for (String text : new String[] {"\uD800", "a\uDC00b", "\uD83D", "x\0y\0", "\uFFFF"}) {
                String clean = text.replaceAll("[\uD800-\uDFFF]", "\uFFFD");
                assertThat(tokenizer.decode(tokenizer.encodeTemplate(text), true))
                        .isEqualTo(clean);
                assertThat(tokenizer.encodeTemplateSpans(text).ends()).endsWith(text.length());
            }
        }
    }

    @Test
    void neitherCutsNorPadsWhateverTheFileSays() throws IOException {
        String json = Files.readString(Fixtures.folder("bytelevel").resolve("tokenizer.json"));
        json = json.replace(
                "\"truncation\":null",
                "\"truncation\":{\"direction\":\"Right\",\"max_length\":4,"
                        + "\"strategy\":\"LongestFirst\",\"stride\":0}");
        json = json.replace(
                "\"padding\":null",
                "\"padding\":{\"strategy\":{\"Fixed\":9000},\"direction\":\"Right\","
                        + "\"pad_to_multiple_of\":null,\"pad_id\":0,\"pad_type_id\":0,"
                        + "\"pad_token\":\"<|endoftext|>\"}");
        Files.writeString(folder.resolve("tokenizer.json"), json);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertThat(tokenizer.encodeTemplate("q".repeat(8000))).hasSize(8000);
        }
    }

    @Test
    void refusesATokenizerThatNamesPlacesOutsideOfTheText() throws IOException {
        String json = Files.readString(Fixtures.folder("metaspace").resolve("tokenizer.json"));
        assertThat(json).contains("\"end_of_word_suffix\":null");
        Files.writeString(
                folder.resolve("tokenizer.json"),
                json.replace("\"end_of_word_suffix\":null", "\"end_of_word_suffix\":\"Sequence\""));
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertThatThrownBy(() -> tokenizer.encodeTemplateSpans("Where is my parcel?"))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("gives a token a span outside the text");
        }
    }

    @Test
    void refusesATokenizerThatFailsAtATextWithoutQuotingIt() throws IOException {
        String json = Files.readString(Fixtures.folder("unigram").resolve("tokenizer.json"));
        assertThat(json).contains("\"unk_id\":0");
        Files.writeString(folder.resolve("tokenizer.json"), json.replace("\"unk_id\":0", "\"unk_id\":null"));
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertThatThrownBy(() -> tokenizer.encodeContent("secret \u2603"))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("has no token for unknown characters")
                    .hasMessageNotContaining("secret")
                    .hasNoCause();
        }
    }

    @Test
    void refusesUnknownIds() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.folder("bytelevel"))) {
            assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}, true)).hasMessage("token id -1 is negative");
            assertThat(tokenizer.decode(new int[] {9999}, true)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"model\": 3}",
                "{\"model\": {}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": [\"a b\"]}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
                "{\"model\": {\"type\": \"Nonsense\", \"vocab\": {}}}",
                "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 7, \"vocab\": []}}",
                "{\"added_tokens\": [{}], \"model\": {\"type\": \"WordLevel\", \"vocab\": {}}}",
                "\u0080\u0004pickle"
            })
    void refusesDamagedFilesWithAPlainMessage(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertThatThrownBy(() -> Tokenizer.open(folder))
                .isInstanceOf(FormatProblem.class)
                .hasMessageStartingWith(folder.resolve("tokenizer.json") + ": ");
    }

    @Test
    void refusesMissingAndStrangeFiles() throws IOException {
        assertThatThrownBy(() -> Tokenizer.open(folder.resolve("none")))
                .hasMessage(folder.resolve("none") + ": no such folder");
        assertThatThrownBy(() -> Tokenizer.open(folder))
                .hasMessage(
                        folder + ": has no tokenizer.json; expected a model folder in the Hugging" + " Face layout");
        Files.createSymbolicLink(folder.resolve("tokenizer.json"), Path.of("/dev/zero"));
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(FormatProblem.class);
        Files.delete(folder.resolve("tokenizer.json"));
        byte[] deep = new byte[200_000];
        Arrays.fill(deep, (byte) '[');
        Files.write(folder.resolve("tokenizer.json"), deep);
        assertThatThrownBy(() -> Tokenizer.open(folder)).isInstanceOf(FormatProblem.class);
    }
}
