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
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.data.TokenDataset;
import java.util.ArrayList;
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

    @Test
    void refusesWhatCannotBeLearned() {
        assertThatThrownBy(() -> encoder.encode(new TextRow("x <|im_start|> y", PLACE)))
                .hasMessage("text holds the model's control token <|im_start|>");
        assertThatThrownBy(() -> encoder.encode(new TextRow("word ".repeat(60), PLACE)))
                .hasMessageContaining("more than maxTokens 64");
    }
}
