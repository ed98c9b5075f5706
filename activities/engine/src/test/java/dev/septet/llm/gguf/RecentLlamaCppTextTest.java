package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A recent llama.cpp cuts text into the tokens that Septet does, by SentencePiece's pieces too, and
 * renders conversations by the exported template to the same texts.
 */
@Tag("long")
class RecentLlamaCppTextTest {
    private static final List<List<ChatMessage>> CONVERSATIONS = List.of(
            List.of(new ChatMessage("user", "One?  ")),
            List.of(
                    new ChatMessage("user", "\nOne? <b>'é'</b>"),
                    new ChatMessage("assistant", " 1 "),
                    new ChatMessage("user", "Two?")));

    @TempDir
    static Path common;

    private static RecentLlamaCpp judge;

    @TempDir
    Path temporary;

    private Path folder = Path.of("");

    @BeforeAll
    static void start() throws Exception {
        judge = RecentLlamaCpp.start(common);
    }

    @AfterAll
    static void end() throws Exception {
        judge.close();
    }

    @BeforeEach
    void make() throws Exception {
        folder = FamilyFolder.tiny(temporary, "mistral");
    }

    @ParameterizedTest
    @CsvSource({"1,true", "2,false", "3,true", "4,false", "5,true", "6,false"})
    void joinsPiecesAsSeptetDoes(long seed, boolean spaceFirst) throws Exception {
        write(PieceVocabulary.of(seed, spaceFirst).tokenizer());
        Path gguf = export();
        Path back = temporary.resolve("back");
        GgufImport.write(gguf, back, ElementType.F32);
        try (Tokenizer ours = Tokenizer.open(folder);
                Tokenizer imported = Tokenizer.open(back)) {
            for (String text : PieceVocabulary.texts(seed)) {
                int[] theirs = judge.tokens(text);
                assertThat(ours.encodeTemplate(text)).as(text).containsExactly(theirs);
                assertThat(imported.encodeTemplate(text)).as(text).containsExactly(theirs);
                assertThat(ours.encode(text, true)).as(text).containsExactly(judge.tokensWithEnds(text));
            }
        }
    }

    /** Templates that ask for today's date get none of Septet, and are left out here. */
    @ParameterizedTest
    @ValueSource(strings = {"chatml", "qwen", "gemma", "mistral", "zephyr", "phi", "vicuna"})
    void rendersConversationsAsSeptetDoes(String name) throws Exception {
        Files.writeString(folder.resolve("chat_template.jinja"), template(name));
        export();
        ChatTemplate ours = ChatTemplate.of(folder);
        for (List<ChatMessage> messages : CONVERSATIONS) {
            assertThat(judge.rendered(messages)).isEqualTo(ours.render(messages, true));
        }
    }

    private static String template(String name) throws Exception {
        URL found = ChatTemplate.class.getResource("templates/" + name + ".jinja");
        return Files.readString(Path.of(Objects.requireNonNull(found, name).toURI()));
    }

    private void write(JsonNode tokenizer) throws Exception {
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\",\"unk_token\":\"<unk>\"}");
    }

    private Path export() throws Exception {
        Path gguf = temporary.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(folder), gguf, "judged", GgufForm.F16);
        judge.open(gguf, 256);
        return gguf;
    }
}
