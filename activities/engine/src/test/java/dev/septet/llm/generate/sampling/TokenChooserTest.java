package dev.septet.llm.generate.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenChooserTest {
    private static final float[] LOGITS = {2, 1, 0, -1, 1, -30};
    private static final int[] PROMPT = {1, 2, 3};
    private static final int DRAWS = 20_000;

    @Test
    void takesTheFirstOfTheMostProbableWhenGreedy() {
        TokenChooser chooser = new TokenChooser(Sampling.GREEDY, 6, PROMPT);
        assertThat(chooser.next(new float[] {0, 3, 3, 1, 2, 2}, 0)).isEqualTo(1);
    }

    @Test
    void drawsByTheSoftmaxOverTheTemperature() {
        for (double temperature : new double[] {0.5, 1, 2}) {
            double[] shares = shares(new Sampling(temperature, 1, 9));
            double total = 0;
            for (float logit : LOGITS) {
                total += Math.exp(logit / temperature);
            }
            for (int id = 0; id < LOGITS.length; id++) {
                assertThat(shares[id]).isCloseTo(Math.exp(LOGITS[id] / temperature) / total, within(0.015));
            }
        }
    }

    @Test
    void drawsFromTheFewestTokensThatHoldTopP() {
        // Shares are 0.50 0.18 0.07 0.02 0.18 0.00: the first two tokens hold 0.68.
        double[] shares = shares(new Sampling(1, 0.6, 9));
        assertThat(shares[0]).isCloseTo(0.731, within(0.015));
        assertThat(shares[1]).isCloseTo(0.269, within(0.015));
        assertThat(shares[2] + shares[3] + shares[4] + shares[5]).isZero();
        assertThat(shares(new Sampling(1, 0.01, 9))[0]).isCloseTo(1, within(1e-9));
    }

    @Test
    void drawsFromTheTopKThenFromTopPOfThem() {
        double[] two = shares(new Sampling(1, 1, 2, 9));
        assertThat(two[0]).isCloseTo(0.731, within(0.015));
        assertThat(two[1]).isCloseTo(0.269, within(0.015)); // the first of two equals
        assertThat(two[2] + two[3] + two[4] + two[5]).isZero();
        double[] three = shares(new Sampling(1, 1, 3, 9));
        assertThat(three[1] + three[4]).isCloseTo(2 * 0.212, within(0.02));
        // The two hold 0.73 and 0.27 of what they hold together: the first is enough for 0.7.
        assertThat(shares(new Sampling(1, 0.7, 2, 9))[0]).isCloseTo(1, within(1e-9));
        assertThat(shares(new Sampling(1, 1, 1, 9))[0]).isCloseTo(1, within(1e-9));
        assertThat(shares(new Sampling(1, 1, 100, 9))).isEqualTo(shares(new Sampling(1, 1, 9)));
        assertThatThrownBy(() -> new Sampling(1, 1, -1, 9)).hasMessage("top-k must be at least 0, got -1");
    }

    @Test
    void drawsTheSameAtTheSamePlaceOnly() {
        Sampling sampling = new Sampling(1, 1, 9);
        TokenChooser one = new TokenChooser(sampling, 6, PROMPT);
        TokenChooser same = new TokenChooser(sampling, 6, PROMPT.clone());
        TokenChooser other = new TokenChooser(sampling, 6, new int[] {1, 2, 4});
        int differing = 0;
        for (int position = 0; position < 100; position++) {
            assertThat(same.next(LOGITS, position)).isEqualTo(one.next(LOGITS, position));
            differing += other.next(LOGITS, position) == one.next(LOGITS, position) ? 0 : 1;
        }
        assertThat(differing).isGreaterThan(30);
    }

    @Test
    void neverTakesATokenThatTheTokenizerLacks() {
        TokenChooser chooser = new TokenChooser(Sampling.GREEDY, 2, PROMPT);
        assertThat(chooser.next(new float[] {0, 1, 9}, 0)).isEqualTo(1);
    }

    @Test
    void saysSoWhenScoresAreBroken() {
        TokenChooser chooser = new TokenChooser(Sampling.GREEDY, 6, PROMPT);
        float[] broken = {Float.NaN, Float.NaN};
        assertThatThrownBy(() -> chooser.next(broken, 0)).hasMessageContaining("the model's scores are not finite");
    }

    private static double[] shares(Sampling sampling) {
        TokenChooser chooser = new TokenChooser(sampling, 6, PROMPT);
        double[] shares = new double[LOGITS.length];
        for (int position = 0; position < DRAWS; position++) {
            shares[chooser.next(LOGITS, position)] += 1.0 / DRAWS;
        }
        return shares;
    }
}
