package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelRowEncoderTest {
    private static final RowPlace PLACE = new RowPlace("rows", 1);
    private final ModelRowEncoder encoder = new ModelRowEncoder(TinyModels.chat(), 64);
    private final Tokenizer tokenizer = Tokenizer.open(TinyModels.chat());

    @AfterEach
    void close() {
        encoder.close();
        tokenizer.close();
    }

    private String learned(TokenDataset.Row row) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < row.tokens().length; i++) {
            if (row.mask()[i] != 0) {
                ids.add(row.tokens()[i]);
            }
        }
        return tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray(), false);
    }

    @Test
    void answersOfAChatCarryLoss() {
        Row row = new ChatRow(
                List.of(
                        new Message(ChatRole.USER, "a?"),
                        new Message(ChatRole.ASSISTANT, "b!"),
                        new Message(ChatRole.USER, "c?"),
                        new Message(ChatRole.ASSISTANT, "d!")),
                PLACE);
        TokenDataset.Row encoded = encoder.encode(row);
        assertThat(learned(encoded)).isEqualTo("b!<|im_end|>d!<|im_end|>");
        assertThat(tokenizer.decode(encoded.tokens(), false)).isEqualTo("""
            <|im_start|>user
            a?<|im_end|>
            <|im_start|>assistant
            b!<|im_end|>
            <|im_start|>user
            c?<|im_end|>
            <|im_start|>assistant
            d!<|im_end|>
            """);
    }

    @Test
    void completionsCarryLossAndTextsAreAllLoss() {
        TokenDataset.Row completion = encoder.encode(new CompletionRow("1+1=", "2", PLACE));
        assertThat(learned(completion)).isEqualTo("2<|im_end|>");
        TokenDataset.Row text = encoder.encode(new TextRow("once", PLACE));
        assertThat(learned(text)).isEqualTo("once<|im_end|>");
    }

    /** The digest was written when only the tokenizers library encoded texts. Prepared bytes depend on it. */
    @Test
    void tokensOfAllKindsOfTextsAreThoseOfTheLibrary() throws IOException {
        StringBuilder scripts = new StringBuilder();
        int[][] blocks = {
            {0, 0x17E},
            {0x180, 0x377},
            {0x400, 0x52F},
            {0x5D0, 0x5EA},
            {0x620, 0x6FF},
            {0x904, 0x939},
            {0xE01, 0xE3A},
            {0x1100, 0x11FF},
            {0x2010, 0x2027},
            {0x3041, 0x3096},
            {0x4E00, 0x4FFF},
            {0xAC00, 0xAC80},
            {0x1F600, 0x1F64F}
        };
        for (int[] block : blocks) {
            for (int point = block[0]; point <= block[1]; point++) {
                scripts.append(point % 3 == 0 ? " " : "").appendCodePoint(point).append(point % 7 == 0 ? "'s1" : "");
            }
        }
        List<String> texts = List.of(
                "It's 12,345 o'clock;  WE'LL see...\n\n\tif (x[10] == 007) { return y_1; }\r\n ",
                "\u00e9 e\u0301 \u1100\u1161 \ud83d\udc69\u200d\ud83d\udc67 \u2028\u00a0 it'\u017f \u061d \ud800",
                "a".repeat(500) + " ".repeat(50) + "1".repeat(20) + "\n".repeat(9) + "x",
                scripts.toString());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (ModelRowEncoder large = new ModelRowEncoder(TinyModels.chat(), 100_000);
                DataOutputStream out = new DataOutputStream(all)) {
            for (String text : texts) {
                for (Row row : List.of(new TextRow(text, PLACE), new CompletionRow(text, text, PLACE))) {
                    TokenDataset.Row encoded = large.encode(row);
                    for (int token : encoded.tokens()) {
                        out.writeInt(token);
                    }
                    out.write(encoded.mask());
                }
            }
        }
        assertThat(HexFormat.of().formatHex(Sha256.start().digest(all.toByteArray())))
                .isEqualTo("d2db6fc340866295259595fc4e845a932b226eb43c567f618a9e4e24c424ecbb");
    }

    @Test
    void refusesWhatCannotBeLearned() {
        assertThatThrownBy(() -> encoder.encode(new TextRow("x <|im_start|> y", PLACE)))
                .hasMessage("text holds the model's control token <|im_start|>");
        assertThatThrownBy(() -> encoder.encode(new TextRow("word ".repeat(60), PLACE)))
                .hasMessageContaining("more than maxTokens 64");
    }
}
