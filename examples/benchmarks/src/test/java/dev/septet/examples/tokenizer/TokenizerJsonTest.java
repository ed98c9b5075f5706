package dev.septet.examples.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was learned, as the Hugging Face library reads it. */
@Tag("long")
class TokenizerJsonTest {
    private static final List<String> TEXTS = List.of(
            "the lower the better, the lowest the best",
            "it's 12:30, isn't it?  Two  spaces\n\nand\tlines ",
            "{\"team\":\"billing\"}",
            "Grüße aus Köln, 日本 🙂");

    @TempDir
    Path folder;

    private static List<BytePairs.Merge> merges() {
        BytePairs pairs = new BytePairs();
        for (int i = 0; i < 3; i++) {
            TEXTS.subList(0, 2).forEach(pairs::read);
        }
        return pairs.learn(40);
    }

    @Test
    void learnsTheMostFrequentPairsFirst() {
        BytePairs pairs = new BytePairs();
        pairs.read("low low low lot");
        assertThat(pairs.learn(2)).containsExactly(new BytePairs.Merge("l", "o"), new BytePairs.Merge("lo", "w"));
        assertThat(pairs.learn(99)).hasSizeLessThan(6);
    }

    @Test
    void everyTextComesBackFromItsTokens() throws IOException {
        List<BytePairs.Merge> merges = merges();
        TokenizerJson.write(folder, merges, 128);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(TokenizerJson.vocabularySize(merges));
            for (String text : TEXTS) {
                int[] ids = tokenizer.encodeContent(text);
                assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
            }
            assertThat(tokenizer.encodeContent(" the")).hasSize(1);
            assertThat(tokenizer.encodeTemplate("<|im_start|>user")[0]).isEqualTo(1);
            assertThat(tokenizer.encodeContent("<|im_end|>")).doesNotContain(2);
            assertThat(tokenizer.eos()).hasValue(2);
        }
    }

    @Test
    void writesAChatTemplate() throws IOException {
        TokenizerJson.write(folder, merges(), 128);
        assertThat(ChatTemplate.of(folder).render(List.of(new ChatMessage("user", "Hi")), true))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }
}
