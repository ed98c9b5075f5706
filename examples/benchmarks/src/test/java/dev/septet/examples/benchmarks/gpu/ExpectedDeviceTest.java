package dev.septet.examples.benchmarks.gpu;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.septet.llm.runtime.Torch;
import org.junit.jupiter.api.Test;

class ExpectedDeviceTest {
    @Test
    void refusesToMeasureTheCpuForACard() {
        assumeThat(Torch.gpus()).isZero();

        assertThatCode(() -> ExpectedDevice.require(Torch.CPU)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ExpectedDevice.require("cuda"))
                .hasMessageStartingWith("the engine computes on cpu, but this measures cuda");
    }
}
