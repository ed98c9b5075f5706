package dev.septet.workers.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingEnvironmentTest {
    @Test
    void whatTheUserHasSetStays() {
        Map<String, String> all = TrainingEnvironment.of(Map.of());
        assertThat(all)
                .containsEntry("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128")
                .containsEntry("LRU_CACHE_CAPACITY", "128")
                .containsEntry("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
                .containsEntry("NVIDIA_TF32_OVERRIDE", "0");
        Map<String, String> set = Map.of("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "1024", "HOME", "/");
        assertThat(TrainingEnvironment.of(set))
                .doesNotContainKeys("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "HOME")
                .hasSize(all.size() - 1);
    }
}
