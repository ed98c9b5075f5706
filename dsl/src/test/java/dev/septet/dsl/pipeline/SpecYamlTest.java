package dev.septet.dsl.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecYamlTest {
    private static final int SPECS = 500;

    @Test
    void comesBackFromYamlAndJsonAsItWas() throws JsonProcessingException {
        for (int seed = 0; seed < SPECS; seed++) {
            PipelineSpec spec = new RandomSpecs(seed).pipeline();
            String yaml = SpecYaml.write(spec);
            assertThat(SpecYaml.read(yaml)).as("seed %d", seed).isEqualTo(spec);
            assertThat(SpecYaml.write(SpecYaml.read(yaml))).isEqualTo(yaml);

            String json = SpecJson.mapper().writeValueAsString(spec);
            PipelineSpec back = SpecJson.mapper().readValue(json, PipelineSpec.class);
            assertThat(back).as("seed %d", seed).isEqualTo(spec);
            assertThat(SpecDigest.of(back)).isEqualTo(SpecDigest.of(spec));
        }
    }

    @Test
    void hasAnotherDigestForAnotherSpec() {
        long digests = IntStream.range(0, SPECS)
                .mapToObj(seed -> SpecDigest.of(new RandomSpecs(seed).pipeline()))
                .distinct()
                .count();
        assertThat(digests).isEqualTo(SPECS);
    }

    /** The digest is the one of the version that knew no `longer:`. */
    @Test
    void aSpecThatSaysNothingOfLongRowsKeepsItsDigest() {
        assertThat(SpecDigest.of(prepare(null)))
                .isEqualTo("776f875fa80ea5e6aa89cc87c3c9ca930d688e979ce5b9dd3c73f45c6110f6ee")
                .isEqualTo(SpecDigest.of(prepare(PrepareSpec.LongRows.FAIL)))
                .isNotEqualTo(SpecDigest.of(prepare(PrepareSpec.LongRows.DROP)))
                .isNotEqualTo(SpecDigest.of(prepare(PrepareSpec.LongRows.TRUNCATE)));
        assertThat(prepare(null)).isEqualTo(prepare(PrepareSpec.LongRows.FAIL));
    }

    private static PrepareSpec prepare(PrepareSpec.@Nullable LongRows longer) {
        return new PrepareSpec(
                "rows.jsonl",
                null,
                DatasetFormat.AUTO,
                3,
                List.of(),
                true,
                null,
                new SplitSpec(80, 10, 10),
                64,
                longer,
                PrepareSpec.DEFAULT_POLICY);
    }

    @Test
    void refusesABombOfAliases() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String alias = "*a" + (i - 1);
            bomb.append(String.format(Locale.ROOT, "a%d: &a%d [%s]\n", i, i, (alias + ", ").repeat(8) + alias));
        }
        assertThatThrownBy(() -> SpecYaml.read(bomb.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("this YAML is not a pipeline");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: a\nname: b\n",
                "name: !!javax.script.ScriptEngineManager [!!java.net.URL ['http://127.0.0.1:1']]",
                "- 1\n- 2\n",
                "train:\n  method:\n    type: java.lang.Runtime\n",
                "name: 'not a name'\n",
                "a: [",
                "",
                "\"\\x00\": 1"
            })
    void refusesWhatIsNoPipeline(String yaml) {
        assertThatThrownBy(() -> SpecYaml.read(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("this YAML is not a pipeline");
    }

    @Test
    void refusesDepthAndLength() {
        assertThatThrownBy(() -> SpecYaml.read("[".repeat(10_000))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpecYaml.read("#" + "x".repeat(2 << 20))).isInstanceOf(IllegalArgumentException.class);
    }
}
