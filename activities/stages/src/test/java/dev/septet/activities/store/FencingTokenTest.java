package dev.septet.activities.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FencingTokenTest {
    @Test
    void ordersByStepThenByRequestThenByAttempt() {
        List<FencingToken> ordered = List.of(
                FencingToken.NONE,
                new FencingToken(0, 2),
                new FencingToken(1_000, 9),
                new FencingToken(2_000, 1),
                new FencingToken(2_000, 2),
                // Scheduled by a server whose clock is behind.
                new FencingToken(1_500, FencingToken.ATTEMPTS_OF_A_STEP + 1));
        List<FencingToken> tokens = new ArrayList<>(ordered);
        java.util.Collections.reverse(tokens);
        tokens.sort(null);
        assertThat(tokens).isEqualTo(ordered);
    }

    @Test
    void readsWhatItWrote() {
        for (FencingToken token : List.of(new FencingToken(0, 3), new FencingToken(1_764_291_234_567L, 300_001))) {
            assertThat(FencingToken.parse(token.toString())).isEqualTo(token);
        }
        assertThat(FencingToken.parse("17")).isEqualTo(new FencingToken(0, 17));
    }
}
