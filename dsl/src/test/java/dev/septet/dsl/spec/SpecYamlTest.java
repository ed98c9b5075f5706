package dev.septet.dsl.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.IntStream;

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
        long digests =
                IntStream.range(0, SPECS)
                        .mapToObj(seed -> SpecDigest.of(new RandomSpecs(seed).pipeline()))
                        .distinct()
                        .count();
        assertThat(digests).isEqualTo(SPECS);
    }

    @Test
    void refusesABombOfAliases() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, (alias + ", ").repeat(8) + alias));
        }
        assertThatThrownBy(() -> SpecYaml.read(bomb.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("this YAML is no pipeline");
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
                .hasMessageStartingWith("this YAML is no pipeline");
    }

    @Test
    void refusesDepthAndLength() {
        assertThatThrownBy(() -> SpecYaml.read("[".repeat(10_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpecYaml.read("#" + "x".repeat(2 << 20)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
