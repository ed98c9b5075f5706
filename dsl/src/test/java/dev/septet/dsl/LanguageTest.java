package dev.septet.dsl;

import static dev.septet.dsl.PipelineTexts.compile;
import static dev.septet.dsl.PipelineTexts.spec;
import static dev.septet.dsl.PipelineTexts.train;
import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.SgdSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageTest {
    @Test
    void takesEitherBranchOfAnIf() {
        String text = "def quick = param('quick', true)\n"
                + train("method lora()\nif (quick) { epochs 1 } else { epochs 5 }");
        assertThat(spec(text).train().epochs()).isEqualTo(1);
        assertThat(spec(text, Map.of("quick", false)).train().epochs()).isEqualTo(5);
    }

    @Test
    void choosesWordsByACondition() {
        String text = "def big = param('big', true)\n"
                + train("method big ? full() : lora { rank 4 }\n" + "onNonFinite big ? stop : rollBack");
        assertThat(spec(text).train().method()).isInstanceOf(FullSpec.class);
        assertThat(spec(text, Map.of("big", false)).train().method())
                .isInstanceOfSatisfying(
                        LoraSpec.class, l -> assertThat(l.rank()).isEqualTo(4));
    }

    @ParameterizedTest
    @CsvSource({
        "2 * 3 + 1, 7",
        "10 - 2 - 3, 5",
        "7 % 4, 3",
        "9 / 3, 3",
        "(1 + 2) * 3, 9",
        "2.thousand / 1.thousand, 2",
        "1 < 2 && !(2 <= 1) ? 8 : 9, 8",
        "'a' + 'b' == 'ab' ? 8 : 9, 8",
        "1 != 1.0 || false ? 8 : 9, 9",
        "0x10, 16",
        "1_000, 1000",
        "-(-5), 5"
    })
    void calculatesWithConstants(String expression, int epochs) {
        String text = "def n = " + expression + "\n" + train("method lora()\nepochs n");
        assertThat(spec(text).train().epochs()).isEqualTo(epochs);
    }

    @ParameterizedTest
    @CsvSource({"90.seconds, PT1M30S", "1.5.hours, PT1H30M", "1.hour, PT1H", "3.days, PT72H", "limit.minutes, PT30M"})
    void readsDurations(String duration, Duration expected) {
        String text = "def limit = 30\n" + train("method lora()\ntimeout " + duration);
        assertThat(spec(text).train().policy().timeout()).isEqualTo(expected);
    }

    @Test
    void putsConstantsIntoTexts() {
        String text = "def size = param('size', 135)\ndef name = \"smol-${size}m\"\n"
                + train("method lora()").replace("'models/base'", "\"models/$name\"");
        assertThat(spec(text).initialize().model()).isEqualTo("models/smol-135m");
    }

    @Test
    void letsAParameterChooseANoun() {
        String text = "def numbers = param('numbers', 'bf16')\n"
                + train("method lora()").replace("train {", "setup { precision numbers }\ntrain {");
        assertThat(spec(text).setup().precision().name()).isEqualTo("BF16");
        assertThat(compile(text, Map.of("numbers", "int4")).printed())
                .contains("`precision` takes one of float32, bf16, but got text such as 'int4'");
    }

    @Test
    void keepsConstantsOfABlockInside() {
        String inner = train("def r = 4\nmethod lora { rank r }");
        assertThat(spec(inner).train().method())
                .isInstanceOfSatisfying(
                        LoraSpec.class, l -> assertThat(l.rank()).isEqualTo(4));
        String outside = inner.replace("train {", "setup { seed r }\ntrain {");
        assertThat(compile(outside, Map.of()).printed()).contains("`r` is not defined");
    }

    @Test
    void readsEveryMethodAndOptimizer() {
        assertThat(spec(train("method partial { layers 2 }")).train().method()).isEqualTo(new PartialSpec(2, false));
        assertThat(spec(train("method lora()")).train().method()).isEqualTo(LoraSpec.standard());
        assertThat(spec(train("method full()\noptimizer sgd()")).train().optimizer())
                .isEqualTo(SgdSpec.DEFAULT);
    }

    @Test
    void scalesAlphaWithTheRankUnlessSaid() {
        assertThat(spec(train("method lora { rank 4 }")).train().method())
                .isEqualTo(new LoraSpec(4, 8, LoraSpec.DEFAULT_DROPOUT, LoraSpec.ALL_LINEAR));
    }

    @Test
    void readsPercentagesAsWhatTheSpecCounts() {
        PipelineSpec spec = spec(train("method lora()").replace("train {", """
            evaluate {
                compare baseline, tolerance: 1.percent
                forgetting suite: 'general.jsonl', maxDrop: 5.percent
            }
            deploy { target directory('models/out') }
            monitor {
                every 1.day
                log 'audit.jsonl'
                drift perplexity, rise: 15.percent
            }
            train {
            """));
        assertThat(spec.prepare().split().train()).isEqualTo(90);
        assertThat(spec.evaluate().compare()).isEqualTo(new CompareSpec(0.01));
        assertThat(spec.evaluate().forgetting()).isEqualTo(new ForgettingSpec("general.jsonl", 0.05));
        assertThat(Objects.requireNonNull(spec.monitor()).drifts())
                .containsExactly(new DriftSpec(DriftSpec.Detector.PERPLEXITY, DriftSpec.Feature.PROMPT_LOSS, 0.15));
    }

    /** A trial's schedule is drawn together, so its warmup is as much shorter as its steps. */
    @Test
    void letsATrialBeShorterThanTheWarmup() {
        String search = "setup { search { learningRate 1e-4, 2e-4; steps 50 } }\n}\n";
        String text = train("method lora(); learningRate cosine(peak: 2e-4, warmup: 100.steps)")
                .replaceFirst("}\n$", search);
        assertThat(spec(text).setup().search()).isNotNull();
    }

    @Test
    void readsWindowsLineEndsAndAByteOrderMark() {
        String text = "\uFEFF" + train("method lora()").replace("\n", "\r\n");
        assertThat(spec(text)).isEqualTo(spec(train("method lora()")));
    }

    @Test
    void saysTheSameWhateverTheOrderOfStages() {
        String text = train("method lora()");
        String turned = text.replace("    prepare { dataset 'data/rows.jsonl' }\n", "")
                .replaceFirst("}\\n}\\n$", "}\n prepare { dataset 'data/rows.jsonl' }\n}\n");
        assertThat(spec(turned)).isEqualTo(spec(text));
    }
}
