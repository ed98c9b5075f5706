package dev.septet.activities.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.spec.Precision;
import dev.septet.llm.runtime.Processor;
import dev.septet.llm.runtime.Torch;

import org.junit.jupiter.api.Test;

class EnginePlanTest {
    @Test
    void bf16IsComputedInFloat32WhereNothingMultipliesIt() {
        boolean bf16 = Processor.multipliesBf16() || Torch.gpus() > 0;
        assertThat(EnginePlan.precision(Precision.BF16).name())
                .isEqualTo(bf16 ? "BF16" : "FLOAT32");
        assertThat(EnginePlan.precision(Precision.FLOAT32).name()).isEqualTo("FLOAT32");
    }
}
