package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {
    @Test
    void hasNoFormThatAnotherDominates() {
        double[] bytes = {400, 200, 100, 100, 150};
        double[] loss = {1.0, 1.0, 1.5, 1.6, 1.5};
        assertThat(ParetoFront.of(bytes, loss, true)).containsExactly(false, true, true, false, false);
        double[] match = {0.9, 0.9, 0.8, 0.7, 0.95};
        assertThat(ParetoFront.of(bytes, match, false)).containsExactly(false, false, true, false, true);
    }

    @Test
    void keepsEqualFormsAndNoMissingNumbers() {
        assertThat(ParetoFront.of(new double[] {100, 100}, new double[] {1, 1}, true))
                .containsExactly(true, true);
        assertThat(ParetoFront.of(new double[] {50, 100}, new double[] {Double.NaN, 1}, true))
                .containsExactly(false, true);
        assertThat(ParetoFront.of(new double[] {50, 100}, new double[] {Double.POSITIVE_INFINITY, 1}, true))
                .containsExactly(true, true);
        assertThat(ParetoFront.of(new double[0], new double[0], true)).isEmpty();
    }

    /** By the definition: a form is on the front if, among the forms that are at least as good, it is a smallest one. */
    @Test
    void isWhatTheDefinitionSays() {
        Random random = new Random(7);
        for (int trial = 0; trial < 300; trial++) {
            int forms = 1 + random.nextInt(7);
            double[] bytes = random.ints(forms, 0, 4).asDoubleStream().toArray();
            double[] values = random.ints(forms, 0, 4).asDoubleStream().toArray();
            boolean[] front = ParetoFront.of(bytes, values, true);
            for (int at = 0; at < forms; at++) {
                boolean dominated = false;
                for (int other = 0; other < forms; other++) {
                    dominated |= (bytes[other] < bytes[at] && values[other] <= values[at])
                            || (bytes[other] <= bytes[at] && values[other] < values[at]);
                }
                assertThat(front[at]).isEqualTo(!dominated);
            }
        }
    }
}
