package dev.septet.activities.evaluate.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilhouetteTest {
    /** By hand: angles of 0, 60 and 180 degrees have distances of 0.5, 1.5 and 2. */
    @Test
    void isTheMeanOfTheDefinition() {
        List<float[]> points = List.of(at(0), at(60), at(180));
        double first = (2 - 0.5) / 2;
        double second = (1.5 - 0.5) / 1.5;
        assertThat(new Silhouette(points).of(new int[] {0, 0, 1}, 2)).isCloseTo((first + second) / 3, within(1e-6));
        assertThat(new Silhouette(points).of(new int[] {0, 0, 0}, 1)).isZero();
    }

    @Test
    void kMeansFindsSeparateDirectionsWhateverTheSeed() {
        List<float[]> points = new ArrayList<>();
        for (int point = 0; point < 60; point++) {
            points.add(at(120 * (point % 3) + point / 3));
        }
        for (long seed = 0; seed < 20; seed++) {
            int[] nearest = new SphericalKMeans(points).of(3, seed).nearest();
            for (int point = 0; point < 60; point++) {
                assertThat(nearest[point]).isEqualTo(nearest[point % 3]);
            }
            assertThat(nearest[0]).isNotEqualTo(nearest[1]);
            assertThat(new Silhouette(points).of(nearest, 3)).isGreaterThan(0.9);
        }
    }

    private static float[] at(double degrees) {
        return new float[] {(float) Math.cos(Math.toRadians(degrees)), (float) Math.sin(Math.toRadians(degrees))};
    }
}
