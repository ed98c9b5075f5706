package dev.septet.llm.model.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.Torch;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
    private static final ModelConfig CONFIG =
            ModelConfig.read(GoldenModel.open("tied").folder());

    @Test
    void laysRowsEndToEndWithoutPadding() {
        try (NDManager scope = Torch.newScope()) {
            TokenBatch batch = TokenBatch.of(
                    scope,
                    CONFIG,
                    List.of(new int[] {1, 2, 3}, new int[] {4, 5, 6}, new int[] {7}, new int[] {8, 9, 10, 11}),
                    List.of(new byte[] {1, 0, 1}, new byte[] {0, 1, 0}, new byte[] {1}, new byte[] {0, 0, 1, 1}));
            assertThat(batch.ids().toLongArray()).containsExactly(1, 2, 4, 5, 8, 9, 10);
            assertThat(batch.positions().toLongArray()).containsExactly(0, 1, 0, 1, 0, 1, 2);
            assertThat(batch.runs()).containsExactly(2, 2, 1, 3);
            assertThat(batch.at().toLongArray()).containsExactly(1, 2, 5, 6);
            assertThat(batch.targets().toLongArray()).containsExactly(3, 5, 10, 11);
            assertThat(batch.count()).isEqualTo(4);
        }
    }

    @Test
    void neighboursOfEqualLengthMakeARun() {
        assertThat(TokenBatch.runs(new int[] {5, 5, 0, 5, 3, 5})).containsExactly(3, 5, 1, 3, 1, 5);
        assertThat(TokenBatch.runs(new int[] {0, 2})).containsExactly(1, 2);
        assertThat(TokenBatch.runs(new int[0])).isEmpty();
    }

    @Test
    void refusesWhatCannotBeForetold() {
        try (NDManager scope = Torch.newScope()) {
            assertThatThrownBy(() -> TokenBatch.of(scope, CONFIG, List.of(new int[] {1}), List.of(new byte[] {1})))
                    .hasMessage("a row needs at least 2 tokens to predict one");
            assertThatThrownBy(() -> TokenBatch.whole(scope, CONFIG, new int[0]))
                    .hasMessage("a sequence needs at least 1 token");
        }
    }
}
