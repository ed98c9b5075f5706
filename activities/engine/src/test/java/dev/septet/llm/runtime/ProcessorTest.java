package dev.septet.llm.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {
    @Test
    void mklSlowsOtherMakersWideProcessorsOnly() {
        assertThat(slowed("AuthenticAMD", "fpu avx2 avx512f avx512bw")).isTrue();
        assertThat(slowed("AuthenticAMD", "fpu avx2")).isFalse();
        assertThat(slowed("GenuineIntel", "fpu avx2 avx512f avx512bw")).isFalse();
        assertThat(Processor.slowedByMkl(List.of("CPU architecture: 8"))).isFalse();
    }

    @Test
    void bf16TakesWideVectors() {
        assertThat(bf16("flags\t\t: fpu avx2 avx512f avx512bw avx512vl avx512dq"))
                .isTrue();
        assertThat(bf16("flags\t\t: fpu avx2 fma")).isFalse();
        assertThat(bf16("Features\t: fp asimd bf16")).isTrue();
        assertThat(bf16("Features\t: fp asimd")).isFalse();
    }

    private static boolean bf16(String features) {
        return Processor.multipliesBf16(List.of("processor\t: 0", features, "bogomips\t: 1"));
    }

    private static boolean slowed(String vendor, String flags) {
        return Processor.slowedByMkl(
                List.of("processor\t: 0", "vendor_id\t: " + vendor, "flags\t\t: " + flags, "bogomips\t: 1"));
    }
}
