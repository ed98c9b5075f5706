package dev.septet.activities.evaluate.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterFileTest {
    private static final String GOOD = """
        {"format":"septet.error-clusters","version":1,"baseModel":"%s","layer":2,"mean":[1.0,2.0],
         "deviation":[0.5,0.0],"clusters":[{"name":"refund, money","radius":0.25,"centroid":[1.0,0.0]},
         {"name":"login","radius":0.5,"centroid":[-1.0,0.0]}]}
        """.formatted("a".repeat(64)).strip();

    @TempDir
    Path folder;

    @Test
    void readsWhatItWrites() throws IOException {
        VectorSpace space = new VectorSpace(new float[] {1.1f, -2e-7f}, new float[] {0.3f, 1e9f});
        ClusterFile file = new ClusterFile(
                "b".repeat(64),
                7,
                space,
                List.of(new ClusterFile.Centroid(
                        "a, b", 0.75, new float[] {0.6f, 0.8f}, List.of(new ErrorClusters.NamedWord("a", 4)), 9, 4)));
        String json = file.json();
        ClusterFile again = read(json);
        assertThat(again.space().mean()).containsExactly(space.mean());
        assertThat(again.space().deviation()).containsExactly(space.deviation());
        assertThat(again.clusters().get(0).vector()).containsExactly(new float[] {0.6f, 0.8f});
        assertThat(again.clusters().get(0).radius()).isEqualTo(0.75);
        assertThat(again.layer()).isEqualTo(7);
        assertThat(again.baseModel()).isEqualTo("b".repeat(64));
        assertThat(new ClusterFiles(Map.of("a.json", again, "b.json", read(GOOD))).digests())
                .isEqualTo("clusters %s\nclusters %s\n".formatted(Sha256.of(json), Sha256.of(GOOD)));
    }

    @Test
    void aRowIsInTheNearestClusterWithinItsRadius() throws IOException {
        ClusterFile file = read(GOOD);
        assertThat(file.nameOf(new float[] {3, 9})).contains("refund, money");
        assertThat(file.nameOf(new float[] {0, 9})).contains("login");
        assertThat(file.nameOf(new float[] {1, 9})).isEmpty(); // the mean has no direction
        assertThat(file.nameOf(new float[] {Float.NaN, 9})).isEqualTo(Optional.empty());
        assertThat(file.nameOf(new float[] {3})).isEmpty();
        ClusterFile near = read(GOOD.replace("[0.5,0.0]", "[0.5,0.5]"));
        assertThat(near.nameOf(new float[] {3, 4})).contains(ClusterFile.OTHER); // 45 degrees: a distance of 0.29
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "septet.error-clusters | other | its `format` is not \"septet.error-clusters\"",
                "\"version\":1 | \"version\":2 | its `version` is not 1",
                "\"layer\":2 | \"layer\":0 | its `layer` is not a number from 1",
                "aaaa | zzzz | its `baseModel` is not a sha256",
                "[1.0,2.0] | [1.0,\"x\"] | `mean[1]` is not a number",
                "[1.0,2.0] | [1.0,1e39] | `mean[1]` is not a number",
                "[1.0,2.0] | [1.0] | `mean` and `deviation` have different lengths",
                "[-1.0,0.0] | [-1.0] | `clusters[1].centroid` has not the length of `mean`",
                "[-1.0,0.0] | [0.0,0.0] | `clusters[1].centroid` has the length 0",
                "\"radius\":0.5 | \"radius\":3 | `clusters[1].radius` is not a number from 0 to 2",
                "\"radius\":0.5 | \"radius\":\"x\" | `clusters[1].radius` is not a number from 0 to 2",
                "login | refund, money | `clusters[1].name` is the name of two clusters",
                "login | (other) | `clusters[1].name` is not a name of 1 to 200 characters",
                "login | a\\u202eb | `clusters[1].name` is not a name of 1 to 200 characters",
                "\"clusters\":[ | \"clusters\":[], \"x\":[ | `clusters` is not a list of 1 to 198 clusters",
                "{\"format\" | {\"format | it is not JSON",
            })
    void refusesByNameWhatIsDamaged(String from, String to, String reason) {
        assertThat(GOOD).contains(from);
        assertThatThrownBy(() -> read(GOOD.replace(from, to)))
                .hasMessageStartingWith("evaluate: `slices from: 'data/clusters.json'`: ")
                .hasMessageContaining(reason)
                .hasMessageContaining("septet data request RUN --save");
    }

    @Test
    void refusesAFileThatIsMissingOrTooLarge() throws IOException {
        Path file = folder.resolve("clusters.json");
        assertThatThrownBy(() -> ClusterFile.read(file, "c.json")).hasMessageContaining("there is no such file");
        try (var out = Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.position((64L << 20) + 1).write(ByteBuffer.wrap(new byte[1]));
        }
        assertThatThrownBy(() -> ClusterFile.read(file, "c.json")).hasMessageContaining("larger than 64 MB");
    }

    private ClusterFile read(String json) throws IOException {
        return ClusterFile.read(Files.writeString(folder.resolve("clusters.json"), json), "data/clusters.json");
    }
}
